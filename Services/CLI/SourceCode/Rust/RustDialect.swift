import Evidence

struct RustDialect: Dialect {
    let language = SourceFacts.Language.rust
    let settings: RustSettings

    // MARK: reads

    private static let lookups: Set<String> = [
        "env.var", "std.env.var", "dotenvy.var", "dotenv.var", "dotenv.dotenv.var", "std.env.var_os", "env.var_os",
        "env!",
        "option_env!", "var",
    ]

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard case .call(let callee, let arguments) = expression.kind, let first = arguments.first?.value else {
            return nil
        }
        if let path = callee.path, Self.lookups.contains(path), let name = reading.string(first, in: scope) {
            guard path != "var" || EnvironmentHelper.isVariableName(name) else { return nil }
            return VariableRead(
                names: [name], position: first.position,
                loader: path.hasSuffix("!") ? path : path.split(separator: ".").suffix(2).joined(separator: "::"))
        }
        if let name = callee.name, ["arg", "clap", "structopt"].contains(name) { return option(arguments) }
        if let name = callee.lastName, ["get_string", "get", "get_str"].contains(name),
            let holder = callee.object?.lastName?.lowercased(),
            ["config", "settings", "cfg", "conf"].contains(where: holder.hasSuffix),
            let key = reading.string(first, in: scope),
            SigningSecretName.isOfInterest(key)
        {
            return VariableRead(
                names: [settings.variable(of: key)], position: first.position, loader: "config")
        }
        return EnvironmentHelper.read(expression, in: scope, of: reading)
    }

    /// clap: `#[arg(long, env = "JWT_SECRET", default_value = "x")]`
    private func option(_ arguments: [Expression.Argument]) -> VariableRead? {
        guard let variable = arguments.first(where: { $0.label == "env" })?.value, let name = variable.text else {
            return nil
        }
        let fallback = arguments.first { $0.label == "default_value" || $0.label == "default_value_t" }?.value
        return VariableRead(
            names: [name], position: variable.position, fallback: fallback, isRequired: fallback == nil, loader: "clap")
    }

    /// envy and figment fill a struct by its fields' names.
    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard let prefix = settings.structPrefix, SigningSecretName.isOfInterest(name),
            let binding = scope.bindings[name]?.first, binding.value == nil
        else { return nil }
        return VariableRead(names: [prefix + name.uppercased()], position: binding.position, loader: "serde")
    }

    // MARK: forms

    private static let keepingObjects: Set<String> = [
        "as_bytes", "as_ref", "to_string", "into", "clone", "to_owned", "trim", "as_str", "as_slice", "to_vec",
        "into_bytes", "expose_secret", "ok", "unwrap_or_default", "into_string", "map", "map_err", "and_then",
        "as_deref",
        "cloned", "context", "with_context", "filter", "get_or_init",
    ]
    private static let makers: Set<String> = [
        "String.from", "EncodingKey.from_secret", "DecodingKey.from_secret", "EncodingKey.from_base64_secret",
        "DecodingKey.from_base64_secret", "Secret.new", "SecretString.new", "SecretString.from", "HS256Key.from_bytes",
        "HS384Key.from_bytes", "HS512Key.from_bytes", "Hmac.new_from_slice", "HmacSha256.new_from_slice", "Some", "Ok",
        "Lazy.new", "LazyLock.new", "OnceCell.new", "Arc.new", "Box.new", "Zeroizing.new", "Vec.from", "Cow.from",
        "Cow.Borrowed", "hmac.Key.new",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        switch expression.kind {
        case .call(let callee, let arguments):
            guard let name = callee.lastName else { return nil }
            switch name {
            case "unwrap", "expect":
                guard let object = expression.object else { return nil }
                return Expression(
                    .either([object, SyntaxExpressions.fault(at: expression.position)], emptyCounts: false),
                    at: expression.position)
            case "unwrap_or", "unwrap_or_else", "or_else", "or", "map_or":
                guard let object = expression.object, var second = arguments.first?.value else { return nil }
                if case .function(let function) = second.kind {
                    second =
                        FileReading.returns(of: function.body).first ?? SyntaxExpressions.fault(at: second.position)
                }
                return Expression(.either([object, second], emptyCounts: false), at: expression.position)
            default: break
            }
            if let path = callee.path,
                Self.makers.contains(path)
                    || Self.makers.contains(path.split(separator: ".").suffix(2).joined(separator: "."))
            {
                let value = path == "hmac.Key.new" ? arguments.last?.value : arguments.first?.value
                if case .function(let function)? = value?.kind { return FileReading.returns(of: function.body).first }
                return value
            }
            return Self.keepingObjects.contains(name) ? expression.object : nil
        default: return nil
        }
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        let values = arguments.map(\.value)
        switch name {
        case "digest" where ["Sha256", "Sha384", "Sha512", "sha256"].contains(expression.root ?? ""):
            return ((expression.root ?? "") + "::digest", values)
        case "format!": return ("a text", values)
        case "generate", "random", "new_v4": return (callee.path ?? name, [])
        case "encode" where expression.root == "hex" || expression.root == "base64":
            return (callee.path ?? name, values)
        default: return nil
        }
    }

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        guard let name = expression.calledName else { return false }
        return name.hasPrefix("from_rsa") || name.hasPrefix("from_ec") || name.hasPrefix("from_ed")
            || name == "from_jwk" || name == "from_pem"
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        RustTokenUses(call: expression, scope: scope, reading: reading).tell()
        guard case .call(_, let arguments) = expression.kind, let members = arguments.members else { return }
        for member in members {
            guard let key = member.key, key == "exp" else { continue }
            Lifetimes.tell(
                key, reading.meaning(of: member.value, in: scope), at: member.position, in: scope, of: reading)
        }
    }
}
