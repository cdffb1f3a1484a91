import Evidence

/// Reads of the environment: Node, Deno, Bun, Vite, SvelteKit, Workers' bindings, NestJS's `ConfigService`, env-var, and
/// schemas over `process.env`.
struct JavaScriptVariables {
    let scope: Scope
    let reading: FileReading

    private static let environments: Set<String> = [
        "process.env", "node:process.env", "import.meta.env", "Bun.env", "bun.env", "$env/dynamic/private.env",
        "globalThis.process.env", "global.process.env",
    ]

    func read(_ expression: Expression) -> VariableRead? {
        switch expression.kind {
        case .member(let object, let name):
            return member(name, of: object, at: expression.position)
        case .index(let object, let index):
            guard object.name != nil || object.path != nil, let name = reading.string(index, in: scope) else {
                return nil
            }
            return member(name, of: object, at: index.position)
        case .name(let name):
            guard let imported = scope.holder(of: name)?.imports[name], imported.module == "$env/static/private",
                let original = imported.original
            else { return nil }
            return VariableRead(
                names: [original], position: expression.position, isRequired: true, loader: "$env/static/private")
        case .call(let callee, let arguments): return call(expression, callee, arguments)
        default: return nil
        }
    }

    private func member(_ name: String, of object: Expression, at position: SourcePosition) -> VariableRead? {
        guard let path = object.path else { return nil }
        // Cheap first: this is asked of every member of the file.
        guard path.hasSuffix("env") || path.hasSuffix("Env") || PythonVariables.isVariable(name) else { return nil }
        if let owner = reading.canonical(object, in: scope), Self.environments.contains(owner) {
            return VariableRead(names: [name], position: position, loader: owner)
        }
        guard PythonVariables.isVariable(name) else { return nil }
        if let read = EnvironmentSchema(scope: scope, reading: reading).field(name, of: object) { return read }
        // Bindings of a Worker: `env` as a parameter, `c.env` of its context.
        if path == "env", let binding = scope.holder(of: "env")?.bindings["env"]?.first, binding.parameter != nil {
            return VariableRead(names: [name], position: position, loader: "env")
        }
        if path.hasSuffix(".env"), object.name == nil,
            ["c", "ctx", "context", "this", "event", "platform"].contains(
                path.split(separator: ".").first.map(String.init) ?? "")
        {
            return VariableRead(names: [name], position: position, loader: "env")
        }
        return nil
    }

    private static let guesses: Set<String> = [
        "getEnv", "getEnvVar", "getEnvVariable", "requireEnv", "requiredEnv", "getRequiredEnv", "mustEnv", "mustGetEnv",
        "getEnvOrThrow", "envOrThrow", "assertEnv", "ensureEnv", "env", "getenv", "readEnv", "getEnvironmentVariable",
    ]

    private func call(
        _ expression: Expression, _ callee: Expression, _ arguments: [Expression.Argument]
    ) -> VariableRead? {
        if let read = chain(expression) { return read }
        guard let first = arguments.first, let last = last(of: callee),
            let name = reading.string(first.value, in: scope)
        else {
            return nil
        }
        let fallback = arguments.value(nil, at: 1).flatMap { $0.entries == nil ? $0 : nil }
        if last == "get" || last == "getOrThrow" {
            guard case .member(let object, _) = callee.kind,
                let path = object.path ?? reading.canonical(object, in: scope)
            else { return nil }
            if path == "Deno.env" || path == "Netlify.env" {
                return VariableRead(names: [name], position: first.value.position, loader: path + ".get")
            }
            guard PythonVariables.isVariable(name), path.lowercased().contains("config") || isConfigService(object)
            else {
                return nil
            }
            return VariableRead(
                names: [name], position: first.value.position, fallback: fallback,
                isRequired: last == "getOrThrow", loader: "ConfigService." + last)
        }
        guard PythonVariables.isVariable(name) else { return nil }
        guard Self.guesses.contains(last), scope.holder(of: last)?.functions[last] == nil else {
            guard case .name = callee.kind else { return nil }
            return EnvironmentHelper.read(expression, in: scope, of: reading)
        }
        let stops = ["require", "must", "throw", "assert", "ensure"].contains { last.lowercased().contains($0) }
        return VariableRead(
            names: [name], position: first.value.position, fallback: fallback, isRequired: stops && fallback == nil,
            loader: last)
    }

    private func last(of callee: Expression) -> String? {
        switch callee.kind {
        case .name(let name): name
        case .member(_, let member): member
        default: nil
        }
    }

    private func isConfigService(_ object: Expression) -> Bool {
        guard let name = object.path?.split(separator: ".").last.map(String.init) else { return false }
        let holder = scope.holder(of: name) ?? scope.type
        return holder?.bindings[name]?.first?.parameter?.type == "ConfigService"
    }

    /// env-var: `env.get('JWT_SECRET').required().default('x').asString()`
    private func chain(_ expression: Expression) -> VariableRead? {
        guard case .call(let callee, _) = expression.kind, case .member(_, let member) = callee.kind,
            member.hasPrefix("as")
        else { return nil }
        var object: Expression? = callee
        var fallback: Expression?
        var isRequired = false
        while let here = object {
            switch here.kind {
            case .member(let inner, _): object = inner
            case .call(let inner, let arguments):
                guard case .member(let owner, let member) = inner.kind else { return nil }
                if member == "default" { fallback = arguments.first?.value }
                if member == "required" { isRequired = true }
                if member == "get", reading.canonical(owner, in: scope) == "env-var",
                    let name = arguments.first?.value.text
                {
                    return VariableRead(
                        names: [name], position: arguments[0].position, fallback: fallback,
                        isRequired: isRequired && fallback == nil, loader: "env-var")
                }
                object = owner
            default: return nil
            }
        }
        return nil
    }
}
