import Evidence

/// Collects what each name of a file is bound to, before anything is followed: code uses names above and below their
/// bindings.
struct ScopeBuilder {
    let root: Scope
    /// The scope of each function and type.
    private(set) var scopes: [ObjectIdentifier: Scope] = [:]

    init(_ statements: [Statement]) {
        root = Scope(.module, parent: nil)
        add(statements, to: root)
    }

    private mutating func add(_ statements: [Statement], to scope: Scope) {
        for statement in statements { add(statement, to: scope) }
    }

    private mutating func add(_ statement: Statement, to scope: Scope) {
        switch statement {
        case .expression(let expression), .returned(let expression): add(expression, to: scope)
        case .failed(let expression): if let expression { add(expression, to: scope) }
        case .bind(let targets, let value, _):
            if let value { add(value, to: scope) }
            for target in targets { bind(target, to: value, in: scope) }
        case .function(let function):
            scope.functions[function.name] = function
            add(function, to: scope)
        case .type(let type):
            scope.types[type.name] = type
            let inner = Scope(.type(type), parent: scope)
            scopes[ObjectIdentifier(type)] = inner
            for decorator in type.decorators { add(decorator, to: scope) }
            add(type.body, to: inner)
        case .imports(let names):
            for name in names { scope.imports[name.local] = name }
        case .conditional(let condition, let then, let otherwise):
            add(condition, to: scope)
            let fails = Self.fails(then)
            for (name, emptyCounts) in Self.missing(in: condition) {
                var (holder, name) = (scope.holder(of: name), name)
                for own in ["self.", "this."] where name.hasPrefix(own) {
                    (holder, name) = (scope.type, String(name.dropFirst(own.count)))
                }
                // `if (!process.env.JWT_SECRET) throw …` asks a variable itself, which no scope binds.
                if holder == nil, name.contains(".") { holder = scope }
                if fails { holder?.required.insert(name) }
                if !emptyCounts { holder?.absenceChecked.insert(name) }
            }
            add(then, to: scope)
            add(otherwise, to: scope)
        case .block(let statements): add(statements, to: scope)
        }
    }

    private mutating func add(_ function: Function, to scope: Scope) {
        let inner = Scope(.function(function), parent: scope)
        scopes[ObjectIdentifier(function)] = inner
        for decorator in function.decorators { add(decorator, to: scope) }
        for parameter in function.parameters {
            if let fallback = parameter.fallback { add(fallback, to: scope) }
            if let pattern = parameter.pattern { bind(pattern, to: nil, in: inner) }
            inner.bind(parameter.name, .init(value: nil, parameter: parameter, position: parameter.position))
            if parameter.isField {
                scope.type?.bind(
                    parameter.name, .init(value: nil, parameter: parameter, position: parameter.position))
            }
        }
        add(function.body, to: inner)
    }

    private mutating func add(_ expression: Expression, to scope: Scope) {
        if case .function(let function) = expression.kind { add(function, to: scope) }
        if case .assign(let target, let value) = expression.kind { bind(target, to: value, in: scope) }
        for child in expression.children { add(child, to: scope) }
    }

    // MARK: patterns

    private func bind(_ target: Expression, to value: Expression?, in scope: Scope) {
        switch target.kind {
        case .name(let name):
            scope.bind(name, .init(value: value, parameter: nil, position: target.position))
        case .member(let object, let member):
            guard let value else { return }
            if let name = object.name, name == "self" || name == "this" || name == "cls", let type = scope.type {
                type.bind(member, .init(value: value, parameter: nil, position: target.position, home: scope))
            } else {
                bind(path: target, to: value, in: scope)
            }
        case .index: if let value { bind(path: target, to: value, in: scope) }
        case .assign(let inner, let fallback):
            // A default in a pattern stands in for what is not there, and not for an empty text.
            let both = value.map { Expression(.either([$0, fallback], emptyCounts: false), at: $0.position) }
            bind(inner, to: both ?? fallback, in: scope)
        case .object(let entries):
            for entry in entries {
                guard let key = entry.key else { continue }
                let member = value.map { Expression(.member($0, key), at: entry.position) }
                bind(entry.value, to: member, in: scope)
            }
        case .list(let targets):
            if case .list(let values)? = value?.kind, values.count == targets.count {
                for (target, value) in zip(targets, values) { bind(target, to: value, in: scope) }
            } else {
                for target in targets { bind(target, to: nil, in: scope) }
            }
        default: break
        }
    }

    private func bind(path target: Expression, to value: Expression, in scope: Scope) {
        guard let path = target.path else { return }
        scope.bind(path, .init(value: value, parameter: nil, position: target.position))
    }

    // MARK: checks

    /// Whether a branch does nothing but fail, at its end.
    private static func fails(_ statements: [Statement]) -> Bool {
        guard let last = statements.last else { return false }
        switch last {
        case .failed: return true
        case .block(let inner): return fails(inner)
        default: return false
        }
    }

    /// The names whose absence the condition states: `not A`, `!A || !B`, `A is None`, `a.length < 32`.
    static func missing(in condition: Expression) -> [(name: String, emptyCounts: Bool)] {
        switch condition.kind {
        case .operation("not", let operands), .operation("!", let operands):
            return operands.compactMap(\.path).map { ($0, true) }
        case .either(let list, _): return list.flatMap { missing(in: $0) }
        case .operation(let sign, let operands) where ["is", "==", "==="].contains(sign) && operands.count == 2:
            guard let name = operands[1].name, ["None", "null", "undefined", "nil"].contains(name) else { return [] }
            return operands[0].path.map { [($0, false)] } ?? []
        default: return []
        }
    }
}

extension Expression {
    /// `a.b["c"]` as `a.b.c`; nil where it is more than names.
    var path: String? {
        switch kind {
        case .name(let name): name
        case .member(let object, let member): object.path.map { $0 + "." + member }
        case .index(let object, let index): index.text.flatMap { text in object.path.map { $0 + "." + text } }
        default: nil
        }
    }
}
