import Evidence

/// Reads of the environment: `os`, python-decouple, Starlette, environs, django-environ, python-dotenv, Dynaconf.
struct PythonVariables {
    let scope: Scope
    let reading: FileReading

    func read(_ expression: Expression) -> VariableRead? {
        switch expression.kind {
        case .call(let callee, let arguments): return call(expression, callee, arguments)
        case .index(let object, let index):
            // Cheap first: this is asked of every index of the file.
            guard object.name != nil || object.path != nil, let name = reading.string(index, in: scope),
                let owner = reading.canonical(object, in: scope)
            else { return nil }
            switch owner {
            case "os.environ":
                return VariableRead(names: [name], position: index.position, isRequired: true, loader: "os.environ")
            case "dotenv.dotenv_values()":
                return VariableRead(names: [name], position: index.position, isRequired: true, loader: "dotenv_values")
            default: return nil
            }
        case .member(let object, let name):
            guard object.name != nil, name == name.uppercased(), let owner = reading.canonical(object, in: scope),
                owner == "dynaconf.Dynaconf()" || owner == "dynaconf.LazySettings()"
            else { return nil }
            return VariableRead(
                names: [dynaconfPrefix(of: object) + name], position: expression.position, loader: "dynaconf")
        default: return nil
        }
    }

    private func call(
        _ expression: Expression, _ callee: Expression, _ arguments: [Expression.Argument]
    ) -> VariableRead? {
        // Cheap first: this is asked of every call of the file.
        switch callee.kind {
        case .name(let name):
            guard name.count < 24, scope.holder(of: name) != nil || Self.guesses.contains(name) else { return nil }
        case .member(_, let member): guard Self.members.contains(member) else { return nil }
        default: return nil
        }
        guard let first = arguments.first(where: { $0.label != "*" }),
            let name = reading.canonical(callee, in: scope)
        else { return nil }
        guard let form = form(of: name) else { return helper(expression, arguments) }
        guard let variable = reading.string(first.value, in: scope), !variable.isEmpty
        else { return nil }
        if form.isGuessed, !Self.isVariable(variable) { return nil }
        let fallback = arguments.value("default", at: 1).flatMap { Self.isType($0) ? nil : $0 }
        var names = [variable]
        if name.hasPrefix("dynaconf."), case .member(let object, _) = callee.kind {
            names = [dynaconfPrefix(of: object) + variable]
        }
        return VariableRead(
            names: names, position: first.value.position, fallback: fallback,
            isRequired: form.isRequired && fallback == nil, loader: form.loader)
    }

    /// A function of the repository that is given the variable's name.
    private func helper(_ expression: Expression, _ arguments: [Expression.Argument]) -> VariableRead? {
        guard var read = EnvironmentHelper.read(expression, in: scope, of: reading) else { return nil }
        read.fallback = arguments.value("default", at: 1).flatMap { Self.isType($0) ? nil : $0 }
        return read
    }

    private static let members: Set<String> = guesses.union([
        "get", "pop", "setdefault", "str", "bytes", "get_value", "string", "json", "config", "env",
    ])
    private static let guesses: Set<String> = [
        "get_env", "get_env_var", "get_env_variable", "getenv", "env_var", "read_env", "require_env", "env_or_default",
        "env", "config", "get_required_env", "get_env_value", "env_or_raise",
    ]

    private struct Form {
        let loader: String
        var isRequired = false
        /// A function of another file that is called like one that reads the environment.
        var isGuessed = false
    }

    private func form(of name: String) -> Form? {
        switch name {
        case "os.getenv", "getenv": return Form(loader: "os.getenv")
        case "os.environ.get", "os.environ.pop", "os.environ.setdefault": return Form(loader: "os.environ")
        case "dotenv.dotenv_values().get": return Form(loader: "dotenv_values")
        case "decouple.config", "decouple.AutoConfig()", "decouple.Config()":
            return Form(loader: "decouple", isRequired: true)
        case "starlette.config.Config()", "starlette.config.Config().get":
            return Form(loader: "starlette Config", isRequired: true)
        case "dynaconf.Dynaconf().get", "dynaconf.settings.get", "dynaconf.LazySettings().get":
            return Form(loader: "dynaconf")
        default: break
        }
        for maker in ["environ.Env()", "environs.Env()", "environs.env", "environ.FileAwareEnv()"] {
            if name == maker { return Form(loader: "env", isRequired: true) }
            if name.hasPrefix(maker + "."),
                ["str", "bytes", "get_value", "string", "json"].contains(name.dropFirst(maker.count + 1))
            {
                return Form(loader: "env", isRequired: true)
            }
        }
        if ["env", "config", "env.str"].contains(name) || ["config.env", "utils.env"].contains(name) {
            return Form(loader: name, isRequired: true, isGuessed: true)
        }
        return nil
    }

    static func isVariable(_ text: String) -> Bool {
        text.contains { $0.isUppercase } && text.allSatisfy { $0.isUppercase || $0.isNumber || $0 == "_" }
    }

    /// `cast` in the place of a default: `config("X", str)`.
    private static func isType(_ expression: Expression) -> Bool {
        ["str", "bytes", "Secret", "int", "bool"].contains(expression.name ?? "")
    }

    private func dynaconfPrefix(of object: Expression) -> String {
        guard let name = object.name, let holder = scope.holder(of: name),
            case .call(_, let arguments)? = holder.bindings[name]?.first?.value?.kind,
            let prefix = arguments.value("envvar_prefix")
        else { return "DYNACONF_" }
        if prefix.name == "False" { return "" }
        return prefix.text.map { $0.isEmpty ? "" : $0 + "_" } ?? "DYNACONF_"
    }
}
