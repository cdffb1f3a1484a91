import Evidence

/// A repository's own function that reads the variable it is given the name of: `getEnv("JWT_SECRET", "default")`. One of
/// another file is known by its name.
enum EnvironmentHelper {
    static func read(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName,
            let first = arguments.first?.value, let variable = reading.string(first, in: scope),
            isVariableName(variable)
        else { return nil }
        let words = NameWords.of(name)
        let own = callee.name.flatMap { function(named: $0, in: scope) }
        let inner = own.flatMap { read(in: $0, of: reading) }
        guard isReader(name) || inner != nil else { return nil }
        let fallback = arguments.count > 1 ? arguments[1].value : nil
        let stops = own.map { fails($0.body) } ?? !words.isDisjoint(with: ["must", "require", "required"])
        return VariableRead(
            names: [variable], position: first.position, fallback: fallback,
            emptyCounts: inner?.emptyCounts ?? true,
            isRequired: fallback == nil && stops, loader: reading.spelling(callee, in: scope))
    }

    /// Declared, or a closure that a name is bound to.
    private static func function(named name: String, in scope: Scope) -> Function? {
        guard let holder = scope.holder(of: name) else { return nil }
        if let function = holder.functions[name] { return function }
        guard case .function(let function)? = holder.bindings[name]?.first?.value?.kind else { return nil }
        return function
    }

    /// `getEnv`, `mustGetenv`, `envOr`, `lookup_env`, and not `EnvironmentRead` or `setEnv`.
    private static func isReader(_ name: String) -> Bool {
        let words = SigningSecretName.words(of: name).map { $0.lowercased() }
        guard let first = words.first else { return false }
        let all = Set(words)
        guard !all.isDisjoint(with: ["env", "getenv", "environment", "envvar"]),
            all.isDisjoint(with: ["set", "prod", "production", "provider", "prefix", "prefixed"])
        else { return false }
        if first == "environment" { return words.count == 1 && name.first?.isLowercase == true }
        return [
            "get", "env", "getenv", "must", "lookup", "read", "require", "required", "fetch", "load", "need", "ensure",
            "optional", "mandatory", "string", "from", "safe", "try", "find", "value", "secret",
        ].contains(first)
    }

    /// The read to which it hands its first parameter.
    private static func read(in function: Function, of reading: FileReading) -> VariableRead? {
        guard let parameter = function.parameters.first, let scope = reading.scope(of: function) else { return nil }
        for expression in expressions(of: function.body).flatMap({ $0.all(limit: 60) }) {
            if case .index(let object, let index) = expression.kind, index.name == parameter.name {
                let text = Expression(.text("VARIABLE_NAME"), at: expression.position)
                let whole = Expression(.index(object, text), at: expression.position)
                if let read = reading.dialect.variable(whole, in: scope, of: reading) { return read }
            }
            if case .call(let callee, let arguments) = expression.kind, arguments.first?.value.name == parameter.name {
                var named = arguments
                let text = Expression(.text("VARIABLE_NAME"), at: expression.position)
                named[0] = .init(label: arguments[0].label, value: text, position: expression.position)
                let call = Expression(.call(callee, named), at: expression.position)
                if let read = reading.dialect.variable(call, in: scope, of: reading) { return read }
            }
        }
        return nil
    }

    static func expressions(of statements: [Statement]) -> [Expression] {
        statements.flatMap { statement -> [Expression] in
            switch statement {
            case .expression(let expression), .returned(let expression): [expression]
            case .bind(_, let value, _): value.map { [$0] } ?? []
            case .failed(let expression): expression.map { [$0] } ?? []
            case .conditional(let condition, let then, let otherwise):
                [condition] + expressions(of: then) + expressions(of: otherwise)
            case .block(let inner): expressions(of: inner)
            case .function, .type, .imports: []
            }
        }
    }

    private static func fails(_ statements: [Statement]) -> Bool {
        statements.contains { statement in
            switch statement {
            case .failed: true
            case .conditional(_, let then, let otherwise): fails(then) || fails(otherwise)
            case .block(let inner): fails(inner)
            default: false
            }
        }
    }

    /// `JWT_SECRET`
    static func isVariableName(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count > 1, isCapital(first) else { return false }
        return text.utf8.allSatisfy { isCapital($0) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F }
    }

    private static func isCapital(_ byte: UInt8) -> Bool { byte >= 0x41 && byte <= 0x5A }
}

/// The words of a name in code, in small letters: `getEnvOrDefault` has `get`, `env`, `or`, `default`.
enum NameWords {
    static func of(_ name: String) -> Set<String> { Set(SigningSecretName.words(of: name).map { $0.lowercased() }) }
}
