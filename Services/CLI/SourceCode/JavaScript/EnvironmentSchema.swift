import Evidence

/// Schemas that take `process.env` apart: zod, Joi, yup, envalid, envsafe, t3-env. A field is a read of the variable with
/// its name.
struct EnvironmentSchema {
    let scope: Scope
    let reading: FileReading

    private static let makers: Set<String> = ["object", "cleanEnv", "createEnv", "envsafe", "keys", "strictObject"]
    private static let passing: Set<String> = [
        "parse", "safeParse", "parseAsync", "validate", "validateSync", "cast", "unknown", "required", "prefs",
        "strict",
        "passthrough", "strip", "refine", "superRefine", "transform", "noUnknown", "options", "extend", "merge",
        "attempt",
    ]

    func visit(_ expression: Expression) {
        guard case .call(let callee, _) = expression.kind, let last = last(of: callee), Self.makers.contains(last)
        else {
            return
        }
        for entry in entries(of: expression) {
            if let key = entry.key, EnvironmentNames.all.contains(key), let read = read(entry) {
                reading.tellEnvironment(read, in: scope)
            }
            guard SigningSecretName.isOfInterest(entry.key ?? "") else { continue }
            guard let key = entry.key, PythonVariables.isVariable(key), let read = read(entry),
                let followed = reading.follow(read, in: scope)
            else { continue }
            let owner = owner(of: entry)
            reading.tell(followed, as: owner.isEmpty ? key : owner + "." + key, word: key, at: entry.position)
        }
    }

    /// The field of what a schema came to: `env.JWT_SECRET`.
    func field(_ name: String, of object: Expression) -> VariableRead? {
        guard let owner = object.name, let holder = scope.holder(of: owner), let bindings = holder.bindings[owner],
            bindings.count == 1, let value = bindings[0].value
        else { return nil }
        return EnvironmentSchema(scope: holder, reading: reading).entries(of: value).first { $0.key == name }.flatMap(
            read)
    }

    private func last(of callee: Expression) -> String? {
        switch callee.kind {
        case .name(let name): name
        case .member(_, let member): member
        default: nil
        }
    }

    private func entries(of expression: Expression, depth: Int = 0) -> [Expression.Entry] {
        guard depth < 8 else { return [] }
        switch expression.kind {
        case .name(let name):
            guard let holder = scope.holder(of: name), let value = holder.bindings[name]?.first?.value else {
                return []
            }
            return EnvironmentSchema(scope: holder, reading: reading).entries(of: value, depth: depth + 1)
        case .member(let object, let member):
            return member == "value" || member == "data" ? entries(of: object, depth: depth + 1) : []
        case .call(let callee, let arguments):
            guard let last = last(of: callee) else { return [] }
            if Self.makers.contains(last) {
                if last == "createEnv" {
                    let options = arguments.first?.value.entries ?? []
                    return ["server", "shared"].flatMap { options[$0]?.entries ?? [] }
                }
                return (last == "cleanEnv" ? arguments.value(nil, at: 1) : arguments.first?.value)?.entries ?? []
            }
            guard Self.passing.contains(last), case .member(let object, _) = callee.kind else { return [] }
            return entries(of: object, depth: depth + 1)
        default: return []
        }
    }

    /// The name of what the schema with that entry came to, by which the rest of the code speaks of it.
    private func owner(of entry: Expression.Entry) -> String {
        for scope in sequence(first: scope, next: \.parent) {
            for name in scope.names.reversed() {
                guard let value = scope.bindings[name]?.first?.value, value.entries == nil else { continue }
                let schema = EnvironmentSchema(scope: scope, reading: reading)
                if schema.entries(of: value).contains(where: { $0.position == entry.position }) { return name }
            }
        }
        return ""
    }

    /// `z.string().min(32).default('x')`, `str({ default: 'x' })`; nil for what is no schema.
    private func read(_ entry: Expression.Entry) -> VariableRead? {
        guard let key = entry.key, case .call = entry.value.kind else { return nil }
        var fallback: Expression?
        var isOptional = false
        var object: Expression? = entry.value
        while let here = object {
            switch here.kind {
            case .member(let inner, let member):
                if ["optional", "nullish", "nullable"].contains(member) { isOptional = true }
                object = inner
            case .call(let inner, let arguments):
                if case .member(_, let member) = inner.kind, ["default", "catch", "prefault"].contains(member) {
                    fallback = fallback ?? arguments.first?.value
                }
                if let options = arguments.first?.value.entries {
                    fallback = fallback ?? options["default"] ?? options["devDefault"]
                }
                object = inner
            default: object = nil
            }
        }
        return VariableRead(
            names: [key], position: entry.position, fallback: fallback, isRequired: fallback == nil && !isOptional,
            loader: "schema")
    }
}
