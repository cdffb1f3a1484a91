import Evidence

extension Expression {
    /// The name of what is called.
    var calledName: String? {
        if case .call(let callee, _) = kind { return callee.lastName }
        return nil
    }

    var arguments: [Argument] {
        if case .call(_, let arguments) = kind { return arguments }
        return []
    }

    /// What the last member is taken of: of `a.b(…)`, `a`.
    var object: Expression? {
        switch kind {
        case .call(let callee, _): if case .member(let object, _) = callee.kind { object } else { nil }
        case .member(let object, _): object
        default: nil
        }
    }

    /// The calls of `a(…).b(…).c(…)`, from the last to the first.
    var chain: [Expression] {
        var calls: [Expression] = []
        var node: Expression? = self
        while let current = node {
            switch current.kind {
            case .call(let callee, _):
                calls.append(current)
                if case .member(let object, _) = callee.kind { node = object } else { node = nil }
            case .member(let object, _): node = object
            default: node = nil
            }
        }
        return calls
    }

    /// The call of that name in the chain.
    func link(_ names: String...) -> Expression? {
        chain.first { call in call.calledName.map(names.contains) ?? false }
    }

    /// The first name of a chain: of `Jwts.builder().x()`, `Jwts`.
    var root: String? {
        var node = self
        while true {
            switch node.kind {
            case .call(let callee, _): node = callee
            case .member(let object, _): node = object
            case .index(let object, _): node = object
            case .name(let name): return name
            default: return nil
            }
        }
    }

    /// This and every expression within, also in closures; no more than `limit`.
    func all(limit: Int = 300) -> [Expression] {
        var found: [Expression] = []
        var open = [self]
        while let next = open.popLast(), found.count < limit {
            found.append(next)
            if case .function(let function) = next.kind {
                open += EnvironmentHelper.expressions(of: function.body).reversed()
            } else {
                open += next.children.reversed()
            }
        }
        return found
    }
}

extension [Expression.Argument] {
    /// The members of a literal behind a type: `Config{Secret: x}`.
    var members: [Expression.Entry]? { lazy.compactMap(\.value.entries).first }
}

extension FileReading {
    /// The calls of the whole chain that a call stands in: `a.b().c()` for the call of `b`.
    func chain(around call: Expression) -> [Expression] {
        for whole in allExpressions {
            let chain = whole.chain
            if chain.contains(where: { $0.position == call.position && $0.calledName == call.calledName }),
                chain.count > call.chain.count
            {
                return chain
            }
        }
        return call.chain
    }

    /// What a name stands for, where it stands for one thing.
    func meaning(of expression: Expression, in scope: Scope, depth: Int = 0) -> Expression {
        guard depth < 8, let path = expression.path, let holder = scope.holder(of: path),
            let bindings = holder.bindings[path], bindings.count == 1, let value = bindings[0].value
        else { return expression }
        return meaning(of: value, in: holder, depth: depth + 1)
    }

    /// A local name that is put into a member is known by the member: other files know it by that alone.
    func widen(_ name: String, _ value: Expression, in scope: Scope) {
        guard value.path != nil, let first = follow(value, in: scope)?.expression.alternatives.first,
            let index = facts.reads.firstIndex(where: { $0.position == first.position }),
            !facts.reads[index].bound.contains(".")
        else { return }
        let read = facts.reads[index]
        facts.reads[index] = SecretRead(read.expression, bound: name, loader: read.loader, at: read.position)
    }

    /// Adds a call that signs or verifies, with its key followed as far as this file goes.
    func tellUse(
        _ action: TokenUse.Action, _ call: String, key: Expression?, algorithms: [String] = [],
        issuer: Expression? = nil, audience: Expression? = nil, at position: SourcePosition, in scope: Scope
    ) {
        var expression = key.flatMap { follow($0, in: scope)?.expression }
        if expression?.alternatives.isEmpty ?? false { expression = nil }
        let isPair = TokenAlgorithms.areAsymmetric(algorithms)
        if isPair, expression?.alternatives.allSatisfy({ if case .asymmetric = $0 { false } else { true } }) ?? true {
            let name = key.map { spelling($0, in: scope) } ?? algorithms[0]
            expression = KeyExpression([.asymmetric(name, key?.position ?? position)])
        }
        if let key, !isPair, let followed = follow(key, in: scope) {
            let name = keyName(key, in: scope)
            tell(followed, as: name, word: name, at: key.position, isKey: true)
        }
        facts.uses.append(
            TokenUse(
                action, call: call, key: expression, keyName: key.map { keyName($0, in: scope) } ?? "",
                algorithms: algorithms, issuer: issuer.flatMap { string($0, in: scope) },
                audience: audience.flatMap { string($0, in: scope) }, at: position))
    }
}

extension FileReading {
    /// Whether `import NAME` stands in the file; the languages of this syntax have no other way to say it.
    func imports(oneOf names: Set<String>) -> Bool {
        var isImport = false
        for case .expression(let expression) in statements {
            guard let name = expression.root else { continue }
            if isImport, names.contains(name) { return true }
            isImport = name == "import"
        }
        return false
    }

    /// Every expression of the file, to a bound.
    var allExpressions: [Expression] { Self.all(in: statements, depth: 0).flatMap { $0.all(limit: 200) } }

    private static func all(in statements: [Statement], depth: Int) -> [Expression] {
        guard depth < 20 else { return [] }
        return statements.flatMap { statement -> [Expression] in
            switch statement {
            case .function(let function): all(in: function.body, depth: depth + 1)
            case .type(let type): all(in: type.body, depth: depth + 1)
            default: EnvironmentHelper.expressions(of: [statement])
            }
        }
    }
}
