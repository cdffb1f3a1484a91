import Evidence

/// Keys that a framework takes from its settings: Flask-JWT-Extended, Simple JWT for Django, click, AWS CDK.
struct PythonFrameworks {
    let scope: Scope
    let reading: FileReading

    func visit(_ expression: Expression) {
        guard case .call(let callee, let arguments) = expression.kind else { return }
        let last =
            switch callee.kind {
            case .name(let name), .member(_, let name): name
            default: ""
            }
        switch last {
        case "create_access_token", "create_refresh_token", "jwt_required", "verify_jwt_in_request", "JWTManager":
            extended(last, callee, at: expression.position)
        case "update", "from_mapping":
            guard callee.path?.hasSuffix("config." + last) == true else { return }
            for argument in arguments {
                guard let label = argument.label, label != "*" else { continue }
                reading.tell(argument.value, as: "app.config." + label, in: scope, word: label, at: argument.position)
            }
        case "from_prefixed_env":
            guard reading.root.imports.values.contains(where: { $0.module == "flask_jwt_extended" }) else { return }
            let prefix = arguments.value("prefix", at: 0).flatMap { reading.string($0, in: scope) } ?? "FLASK"
            let name = prefix + "_JWT_SECRET_KEY"
            reading.facts.reads.append(
                SecretRead(
                    KeyExpression([.variable(name, emptyCounts: false, expression.position)]),
                    bound: "app.config.JWT_SECRET_KEY", loader: "from_prefixed_env", at: expression.position))
        default: break
        }
        option(last, arguments)
        // argparse: `parser.add_argument("--jwt-secret", default=os.getenv("JWT_SECRET", "x"))`
        if last == "add_argument", let value = arguments.value("default") {
            let name = arguments.value("dest").flatMap { reading.string($0, in: scope) } ?? Self.option(of: arguments)
            reading.tell(value, as: "args." + name, in: scope, word: name, at: value.position)
        }
        CloudKit.visit(arguments.map { ($0.label, $0.value) }, in: scope, of: reading)
    }

    func visit(binding name: String, to value: Expression) {
        guard name == "SIMPLE_JWT", let entries = value.entries else { return }
        let signing = entries.last { $0.key == "SIGNING_KEY" }
        let fallback = Expression(.name("SECRET_KEY"), at: value.position)
        let key = signing?.value ?? fallback
        let details = FileReading.UseDetails(
            algorithms: reading.strings(entries["ALGORITHM"], in: scope),
            issuer: entries["ISSUER"].flatMap { reading.string($0, in: scope) },
            audience: entries["AUDIENCE"].flatMap { reading.string($0, in: scope) })
        let position = signing?.position ?? value.position
        reading.addUse(.sign, call: "SIMPLE_JWT", key: key, in: scope, details, at: position)
        let verifying = entries.last { $0.key == "VERIFYING_KEY" }.flatMap { entry in
            entry.value.text?.isEmpty == true || entry.value.name == "None" ? nil : entry
        }
        reading.addUse(
            .verify, call: "SIMPLE_JWT", key: verifying?.value ?? key, in: scope, details,
            at: verifying?.position ?? position)
    }

    /// Flask-JWT-Extended reads `JWT_SECRET_KEY` of the application's settings, else `SECRET_KEY`.
    private func extended(_ last: String, _ callee: Expression, at position: SourcePosition) {
        guard let name = reading.canonical(callee, in: scope), name.hasPrefix("flask_jwt_extended") else { return }
        let actions: [TokenUse.Action] =
            switch last {
            case "JWTManager": [.sign, .verify]
            case "create_access_token", "create_refresh_token": [.sign]
            default: [.verify]
            }
        for action in actions where !reading.facts.uses.contains(where: { $0.call == last && $0.action == action }) {
            reading.addUse(action, call: last, key: setting(at: position), in: scope, at: position)
        }
    }

    private func setting(at position: SourcePosition) -> Expression {
        for key in ["JWT_SECRET_KEY", "SECRET_KEY"] {
            for scope in sequence(first: scope, next: \.parent) {
                if let path = scope.names.first(where: { $0.hasSuffix("config." + key) }) {
                    let parts = path.split(separator: ".").map(String.init)
                    return parts.dropFirst().reduce(Expression(.name(parts[0]), at: position)) { object, member in
                        Expression(.member(object, member), at: position)
                    }
                }
            }
        }
        let app = Expression(.member(Expression(.name("app"), at: position), "config"), at: position)
        return Expression(.member(app, "JWT_SECRET_KEY"), at: position)
    }

    /// `@click.option("--jwt-secret", envvar="JWT_SECRET", default="x")`, and Typer's the same.
    private func option(_ last: String, _ arguments: [Expression.Argument]) {
        guard let value = arguments.value("envvar") else { return }
        let names = reading.strings(value, in: scope)
        guard names.contains(where: SigningSecretName.isOfInterest) else { return }
        let read = VariableRead(
            names: names, position: value.position,
            fallback: arguments.value("default", at: last == "Option" ? 0 : nil),
            isRequired: arguments.value("required")?.name == "True", loader: "click")
        guard let followed = reading.follow(read, in: scope) else { return }
        let bound = Self.option(of: arguments)
        reading.tell(followed, as: bound, word: bound, at: value.position)
    }

    /// `--jwt-secret` as code names it.
    private static func option(of arguments: [Expression.Argument]) -> String {
        let flags = arguments.compactMap { $0.label == nil ? $0.value.text : nil }.filter { $0.hasPrefix("-") }
        let flag = flags.first { $0.hasPrefix("--") } ?? flags.first ?? ""
        return String(flag.drop { $0 == "-" }.map { $0 == "-" ? "_" : $0 })
    }
}
