import Evidence

struct RubyDialect: Dialect {
    let language = SourceFacts.Language.ruby

    // MARK: reads

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        switch expression.kind {
        case .index(let object, let index):
            guard object.name == "ENV" || object.path == "Figaro.env", let name = reading.string(index, in: scope)
            else {
                return nil
            }
            return VariableRead(names: [name], position: index.position, loader: "ENV")
        case .member(let object, let name):
            // Rails looks the variable up first, then its encrypted credentials, which are not here.
            if ["Rails.application.secret_key_base", "Rails.application.secrets.secret_key_base"]
                .contains(expression.path)
            {
                let credentials = Expression(.name("Rails credentials"), at: expression.position)
                return VariableRead(
                    names: ["SECRET_KEY_BASE"], position: expression.position, fallback: credentials, loader: "Rails")
            }
            // Figaro: `Figaro.env.jwt_secret`
            guard object.path == "Figaro.env" else { return nil }
            return VariableRead(
                names: [name.uppercased()], position: expression.position, isRequired: name.hasSuffix("!"),
                loader: "Figaro")
        case .call(let callee, let arguments):
            guard let first = arguments.first?.value else { return nil }
            if callee.path == "ENV.fetch" {
                guard let name = reading.string(first, in: scope) else { return nil }
                let fallback = arguments.count > 1 ? block(arguments[1].value) : nil
                return VariableRead(
                    names: [name], position: first.position, fallback: fallback, isRequired: fallback == nil,
                    loader: "ENV.fetch")
            }
            if callee.path == "ENV.dig" || callee.path == "ENV.values_at" {
                return reading.string(first, in: scope)
                    .map { VariableRead(names: [$0], position: first.position, loader: "ENV") }
            }
            return EnvironmentHelper.read(expression, in: scope, of: reading)
        default: return nil
        }
    }

    /// `{ "default" }` gives what it holds, or raises.
    private func block(_ expression: Expression) -> Expression {
        guard case .function(let function) = expression.kind else { return expression }
        return FileReading.returns(of: function.body).first ?? SyntaxExpressions.fault(at: expression.position)
    }

    // MARK: forms

    private static let keeping: Set<String> = [
        "to_s", "strip", "chomp", "freeze", "dup", "presence", "to_str", "b", "force_encoding", "encode", "decode64",
        "strict_decode64", "urlsafe_decode64", "html_safe", "fetch",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        switch expression.kind {
        case .member(let object, let name):
            // `ENV["X"].presence || "d"`: an empty one is passed over.
            return Self.keeping.contains(name) && name != "fetch" ? object : nil
        case .call(let callee, let arguments):
            guard let name = callee.lastName, Self.keeping.contains(name) else { return nil }
            if name.contains("decode64"), let first = arguments.first { return first.value }
            guard name != "fetch", name != "encode", let object = expression.object else { return nil }
            return object
        default: return nil
        }
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        let values = arguments.map(\.value)
        switch name {
        case _ where callee.path?.hasPrefix("OpenSSL.HMAC") ?? false: return nil
        case "hexdigest", "digest", "base64digest", "generate_key", "pbkdf2_hmac":
            return (expression.root.map { $0 + "." + name } ?? name, values)
        case "hex", "random_bytes", "base64", "urlsafe_base64", "uuid":
            return expression.root == "SecureRandom" ? ("SecureRandom." + name, []) : nil
        default: return nil
        }
    }

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        guard let path = expression.calledName != nil ? expression.chain.last?.calleePath : expression.path else {
            return false
        }
        return path.hasPrefix("OpenSSL.PKey") || path.hasPrefix("Ed25519.") || path.hasPrefix("RbNaCl.")
            || path.hasPrefix("JWT.JWK")
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        RubyTokenUses(call: expression, scope: scope, reading: reading).tell()
        if expression.path == "Rails.env" {
            reading.tellEnvironmentOnce("RAILS_ENV", fallback: "development", at: expression.position)
        }
    }

    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading
    ) {
        Lifetimes.tell(name, value, at: position, in: scope, of: reading)
        if name.contains(".") { reading.widen(name, value, in: scope) }
        // devise-jwt: `jwt.secret = ENV["DEVISE_JWT_SECRET_KEY"]`; it signs and verifies by itself.
        guard
            name == "jwt.secret" || name == "config.jwt_secret" || name == "c.jwt_secret"
                || name.hasSuffix("token_secret_signature_key")
        else { return }
        for action in [TokenUse.Action.sign, .verify] {
            reading.tellUse(action, name, key: value, algorithms: ["HS256"], at: position, in: scope)
        }
    }
}

extension Expression {
    /// The whole name of what is called.
    var calleePath: String? {
        if case .call(let callee, _) = kind { return callee.path }
        return path
    }
}

extension FileReading {
    /// Adds where the environment is told apart by something else than a variable's read.
    func tellEnvironmentOnce(_ variable: String, fallback: String?, at position: SourcePosition) {
        guard !facts.environmentReads.contains(where: { $0.position == position }) else { return }
        facts.environmentReads.append(EnvironmentRead(variable, fallback: fallback, at: position))
    }
}
