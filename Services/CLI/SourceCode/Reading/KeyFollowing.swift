import Evidence

/// What an expression came to.
struct Followed {
    var expression: KeyExpression
    /// By what its first variable is read.
    var loader: String?
    /// Where the variables stand that went into what is computed.
    var inputs: [SourcePosition] = []

    static let nothing = Followed(expression: KeyExpression([]), loader: nil)

    /// A text that is always there is what is left where nothing else is, wherever in the code it stands.
    func textsLast() -> Followed {
        func isText(_ alternative: KeyExpression.Alternative) -> Bool {
            if case .literal = alternative { true } else { false }
        }
        let list = expression.alternatives.filter { !isText($0) } + expression.alternatives.filter(isText)
        return Followed(
            expression: KeyExpression(list, isRequired: expression.isRequired), loader: loader, inputs: inputs)
    }

    /// No program has more; what follows them would be asked for none.
    private static let alternativeLimit = 64

    /// This one, and `other` where it gives nothing.
    func or(_ other: Followed, emptyCounts: Bool) -> Followed {
        var list = expression.alternatives.map { alternative -> KeyExpression.Alternative in
            if case .variable(let name, false, let position) = alternative, emptyCounts {
                return .variable(name, emptyCounts: true, position)
            }
            return alternative
        }
        for alternative in other.expression.alternatives
        where list.count < Self.alternativeLimit && !list.contains(alternative) {
            list.append(alternative)
        }
        return Followed(
            expression: KeyExpression(list, isRequired: other.expression.isRequired), loader: loader ?? other.loader,
            inputs: inputs + other.inputs)
    }

    /// Every variable in it, also those that something is computed from.
    var variables: [String] {
        expression.variables + expression.inputVariables
    }
}

extension KeyExpression {
    /// The variables that go into what is computed; other inputs are names of the code.
    var inputVariables: [String] {
        alternatives.flatMap { alternative -> [String] in
            guard case .computed(_, let inputs, _) = alternative else { return [] }
            return inputs.filter { input in input.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" } }
        }
    }
}

extension FileReading {
    private static let depthLimit = 24
    /// Words for no value at all.
    static let absent: Set<String> = ["None", "null", "undefined", "nil"]

    /// The sources of a key; nil where they are not in this file.
    func follow(_ expression: Expression, in scope: Scope, depth: Int = 0) -> Followed? {
        depth < Self.depthLimit ? bounded { sources(of: expression, in: scope, depth: depth) } : nil
    }

    private func sources(of expression: Expression, in scope: Scope, depth: Int) -> Followed? {
        if var read = dialect.variable(expression, in: scope, of: self) {
            if let path = expression.path, isRequired(path, in: scope) {
                read.isRequired = true
                read.emptyCounts = true
            }
            return follow(read, in: scope, depth: depth + 1)
        }
        if dialect.isAsymmetric(expression, in: scope, of: self) {
            return single(.asymmetric(spelling(expression, in: scope), expression.position))
        }
        if let same = dialect.same(expression, in: scope, of: self) { return follow(same, in: scope, depth: depth + 1) }
        if let (how, inputs) = dialect.computation(expression, in: scope, of: self) {
            return computed(how, from: inputs, at: expression.position, in: scope, depth: depth)
        }
        switch expression.kind {
        case .text(let text): return text.isEmpty ? .nothing : single(.literal(text, expression.position))
        case .name(let name):
            if Self.absent.contains(name) { return .nothing }
            return follow(name, in: scope, depth: depth + 1)
        case .member(let object, let member):
            return follow(member, of: object, path: expression.path, in: scope, depth: depth + 1)
        case .index(let object, let index):
            guard let text = string(index, in: scope) else { return nil }
            return follow(text, of: object, path: expression.path, in: scope, depth: depth + 1)
        case .either(let list, let emptyCounts):
            return follow(anyOf: list, emptyCounts: emptyCounts, in: scope, depth: depth + 1)
        case .choice(_, let then, let otherwise):
            return follow(anyOf: [then, otherwise], emptyCounts: false, in: scope, depth: depth + 1)?.textsLast()
        case .assign(_, let value): return follow(value, in: scope, depth: depth + 1)
        case .template(let parts):
            if parts.count == 1, case .expression(let inner) = parts[0] {
                return follow(inner, in: scope, depth: depth + 1)
            }
            return computed("a text", from: expression.children, at: expression.position, in: scope, depth: depth)
        case .operation("fail", _):
            // What stands where a value would: the program stops.
            return Followed(expression: KeyExpression([], isRequired: true), loader: nil)
        case .operation("+", let operands), .operation("%", let operands):
            guard operands.count > 1 else { return nil }
            return computed("a text", from: operands, at: expression.position, in: scope, depth: depth)
        case .operation("and", let operands), .operation("&&", let operands):
            return operands.last.flatMap { follow($0, in: scope, depth: depth + 1) }
        case .call(let callee, _): return follow(call: expression, callee, in: scope, depth: depth + 1)
        case .number, .list, .object, .function, .operation, .other: return nil
        }
    }

    private func isRequired(_ path: String, in scope: Scope) -> Bool {
        sequence(first: scope, next: \.parent).contains { $0.required.contains(path) }
    }

    func follow(_ read: VariableRead, in scope: Scope, depth: Int = 0) -> Followed? {
        var list = read.names.map {
            KeyExpression.Alternative.variable($0, emptyCounts: read.emptyCounts, read.position)
        }
        var isRequired = read.isRequired
        var inputs: [SourcePosition] = []
        if let fallback = read.fallback {
            let followed =
                follow(fallback, in: scope, depth: depth + 1)
                ?? single(.loader(spelling(fallback, in: scope), fallback.position))
            // A field that is filled from a variable, and whose default reads the same one.
            list += followed.expression.alternatives.filter {
                if case .variable(let name, _, _) = $0 { !read.names.contains(name) } else { true }
            }
            inputs = followed.inputs + followed.expression.alternatives.map(\.position)
            isRequired = isRequired || followed.expression.isRequired
        }
        return Followed(expression: KeyExpression(list, isRequired: isRequired), loader: read.loader, inputs: inputs)
    }

    private func single(_ alternative: KeyExpression.Alternative) -> Followed {
        Followed(expression: KeyExpression([alternative]), loader: nil)
    }

    private func computed(
        _ how: String, from inputs: [Expression], at position: SourcePosition, in scope: Scope, depth: Int
    ) -> Followed {
        var variables: [String] = []
        var loader: String?
        var places: [SourcePosition] = []
        for input in inputs {
            guard let followed = follow(input, in: scope, depth: depth + 1) else {
                // What is not in this file goes in by its name: without inputs it would look made up here.
                let name = keyName(input, in: scope)
                if !name.isEmpty, !variables.contains(name) { variables.append(name) }
                continue
            }
            places += followed.inputs + followed.expression.alternatives.map(\.position)
            variables += followed.expression.variables.filter { !variables.contains($0) }
            for case .computed(_, let more, _) in followed.expression.alternatives {
                variables += more.filter { !variables.contains($0) }
            }
            for case .loader(let name, _) in followed.expression.alternatives { variables.append(name) }
            loader = loader ?? followed.loader
        }
        let spelled = how + (variables.isEmpty ? "" : " of " + variables.joined(separator: ", "))
        return Followed(
            expression: KeyExpression([.computed(spelled, inputs: variables, position)]), loader: loader, inputs: places
        )
    }

    private func follow(
        anyOf list: [Expression], emptyCounts: Bool, in scope: Scope, depth: Int
    ) -> Followed? {
        follow(anyOf: list.map { ($0, scope) }, emptyCounts: emptyCounts, depth: depth)
    }

    private func follow(
        anyOf list: [(expression: Expression, scope: Scope)], emptyCounts: Bool, depth: Int
    ) -> Followed? {
        let all = list.map { follow($0.expression, in: $0.scope, depth: depth) }
        guard all.contains(where: { $0 != nil }) else { return nil }
        var result: Followed?
        for (place, followed) in zip(list, all) {
            let next =
                followed ?? single(.loader(spelling(place.expression, in: place.scope), place.expression.position))
            result = result?.or(next, emptyCounts: emptyCounts) ?? next
        }
        return result
    }

    // MARK: names

    private func follow(_ name: String, in scope: Scope, depth: Int) -> Followed? {
        guard let holder = scope.holder(of: name) else { return nil }
        guard let bindings = holder.bindings[name] else {
            // Ruby calls without brackets, and a property may be computed.
            guard let function = holder.functions[name], function.parameters.isEmpty else { return nil }
            return follow(returnsOf: function, depth: depth)
        }
        return follow(bindings: bindings, of: name, in: holder, depth: depth)
    }

    /// A name that is bound several times (in branches, or again where it was empty) has each of them as an alternative.
    func follow(bindings: [Scope.Binding], of name: String, in scope: Scope, depth: Int = 0) -> Followed? {
        let key = "\(ObjectIdentifier(scope).hashValue) \(name)"
        guard following.insert(key).inserted else { return .nothing }
        defer { following.remove(key) }
        if case .type(let type) = scope.kind, let read = dialect.field(name, of: type, in: scope, of: self) {
            return follow(read, in: scope, depth: depth + 1)
        }
        let values = bindings.compactMap { binding in binding.value.map { ($0, binding.home ?? scope) } }
        // Code asks for an empty value too, unless it asks for no value alone.
        let emptyCounts = !scope.absenceChecked.contains(name)
        guard !values.isEmpty, !bindings.contains(where: { $0.parameter != nil }),
            var followed = follow(anyOf: values, emptyCounts: emptyCounts && values.count > 1, depth: depth + 1)
        else { return nil }
        if values.count > 1 { followed = followed.textsLast() }
        if scope.required.contains(name) {
            followed = followed.or(Followed(expression: KeyExpression([], isRequired: true)), emptyCounts: emptyCounts)
        }
        return followed
    }

    private func follow(
        _ member: String, of object: Expression, path: String?, in scope: Scope, depth: Int
    ) -> Followed? {
        if let path, let holder = scope.holder(of: path), let bindings = holder.bindings[path] {
            return follow(bindings: bindings, of: path, in: holder, depth: depth)
        }
        if let type = type(of: object, in: scope), let inner = self.scope(of: type) {
            if let bindings = inner.bindings[member] {
                return follow(bindings: bindings, of: member, in: inner, depth: depth)
            }
            if let function = inner.functions[member] { return follow(returnsOf: function, depth: depth) }
        }
        if let entries = object.entries ?? entries(of: object, in: scope, depth: depth),
            let value = entries[member]
        {
            return follow(value, in: scope, depth: depth + 1)
        }
        return nil
    }

    /// The object that a name or member is bound to.
    func entries(of object: Expression, in scope: Scope, depth: Int = 0) -> [Expression.Entry]? {
        guard depth < Self.depthLimit else { return nil }
        switch object.kind {
        case .object(let entries): return entries
        case .name(let name):
            guard let bindings = scope.holder(of: name)?.bindings[name], bindings.count == 1,
                let value = bindings[0].value
            else { return nil }
            return entries(of: value, in: scope, depth: depth + 1)
        case .member(let inner, let member):
            return entries(of: inner, in: scope, depth: depth + 1)?[member]
                .flatMap { entries(of: $0, in: scope, depth: depth + 1) }
        case .call(let callee, let arguments):
            // `Object.freeze({…})`, `dict(a=…)`
            if callee.path == "Object.freeze" || callee.path == "Object.seal" { return arguments.first?.value.entries }
            // `Config{Secret: x}`, `new Config { Secret = x }`
            if arguments.count == 1, arguments[0].label == nil, let entries = arguments[0].value.entries,
                callee.path?.split(separator: ".").last?.first?.isUppercase == true
            {
                return entries
            }
            if callee.name == "dict" {
                return arguments.map { .init(key: $0.label, value: $0.value, position: $0.position) }
            }
            return nil
        default: return nil
        }
    }

    // MARK: calls

    private func follow(call: Expression, _ callee: Expression, in scope: Scope, depth: Int) -> Followed? {
        if let name = callee.name, let function = scope.holder(of: name)?.functions[name] {
            if let followed = follow(returnsOf: function, depth: depth) { return followed }
        }
        if let name = callee.name, let value = scope.holder(of: name)?.bindings[name]?.first?.value,
            case .function(let function) = value.kind, let followed = follow(returnsOf: function, depth: depth)
        {
            return followed
        }
        if case .member(let object, let name) = callee.kind, let type = type(of: object, in: scope),
            let function = self.scope(of: type)?.functions[name],
            let followed = follow(returnsOf: function, depth: depth)
        {
            return followed
        }
        guard LoaderNames.mayLoad(callee) else { return nil }
        let spelled = spelling(call, in: scope)
        return LoaderNames.speaksOfLoading(spelled) ? single(.loader(spelled, call.position)) : nil
    }

    func follow(returnsOf function: Function, depth: Int = 0) -> Followed? {
        guard let scope = scope(of: function) else { return nil }
        let key = "\(ObjectIdentifier(function).hashValue)"
        guard following.insert(key).inserted else { return .nothing }
        defer { following.remove(key) }
        let values = Self.returns(of: function.body)
        guard !values.isEmpty else { return nil }
        return follow(anyOf: values, emptyCounts: values.count > 1, in: scope, depth: depth + 1)?.textsLast()
    }

    static func returns(of statements: [Statement]) -> [Expression] {
        statements.flatMap { statement -> [Expression] in
            switch statement {
            case .returned(let expression): [expression]
            case .conditional(_, let then, let otherwise): returns(of: then) + returns(of: otherwise)
            case .block(let inner): returns(of: inner)
            default: []
            }
        }
    }

    // MARK: types

    /// The type of this file whose instance an expression is, where that is plain.
    func type(of expression: Expression, in scope: Scope, depth: Int = 0) -> TypeDeclaration? {
        guard depth < 8 else { return nil }
        switch expression.kind {
        case .name(let name):
            if name == "self" || name == "this" || name == "cls" {
                if case .type(let type)? = scope.type?.kind { return type }
                return nil
            }
            guard let holder = scope.holder(of: name) else { return nil }
            if let type = holder.types[name] { return type }
            guard let binding = holder.bindings[name]?.first else { return nil }
            if let type = binding.parameter?.type { return scope.holder(of: type)?.types[type] }
            return binding.value.flatMap { self.type(of: $0, in: holder, depth: depth + 1) }
        case .member(let object, let member):
            guard let owner = type(of: object, in: scope, depth: depth + 1), let inner = self.scope(of: owner),
                let value = inner.bindings[member]?.first
            else { return nil }
            if let type = value.parameter?.type { return scope.holder(of: type)?.types[type] }
            return value.value.flatMap { self.type(of: $0, in: inner, depth: depth + 1) }
        case .call(let callee, _):
            guard let name = callee.name, let holder = scope.holder(of: name) else { return nil }
            if let type = holder.types[name] { return type }
            guard let function = holder.functions[name], let inner = self.scope(of: function) else { return nil }
            return Self.returns(of: function.body).lazy
                .compactMap { self.type(of: $0, in: inner, depth: depth + 1) }.first
        default: return nil
        }
    }
}
