import Evidence

/// ruby-jwt, Rack's and Rails' verifiers of tokens, and tokens made of a bare HMAC.
struct RubyTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading

    func tell() {
        guard case .call(let callee, let arguments) = call.kind, let path = callee.path else { return }
        let plain = arguments.filter { $0.label == nil }.map(\.value)
        switch path {
        case "JWT.encode":
            let payload = plain.first.map { reading.meaning(of: $0, in: scope) }
            use(
                .sign, path, key: plain.count > 1 ? plain[1] : nil,
                plain.count > 2 ? algorithms([plain[2]]) : ["HS256"], issuer: payload?.entries?["iss"],
                audience: payload?.entries?["aud"])
            if let life = payload?.entries?["exp"] {
                Lifetimes.tell("exp", reading.meaning(of: life, in: scope), at: life.position, in: scope, of: reading)
            }
        case "JWT.decode": decoded(arguments, plain)
        case "OpenSSL.HMAC.digest", "OpenSSL.HMAC.hexdigest", "OpenSSL.HMAC.base64digest": digest(path, plain)
        case "JSON.JWT.decode": use(.verify, path, key: plain.count > 1 ? plain[1] : nil)
        default: return
        }
    }

    private func use(
        _ action: TokenUse.Action, _ name: String, key: Expression?, _ algorithms: [String] = [],
        issuer: Expression? = nil,
        audience: Expression? = nil
    ) {
        reading.tellUse(
            action, name, key: key, algorithms: algorithms, issuer: issuer, audience: audience, at: call.position,
            in: scope)
    }

    private func algorithms(_ expressions: [Expression?]) -> [String] {
        TokenAlgorithms.named(in: expressions, scope: scope, of: reading)
    }

    /// `JWT.decode token, key, true, { algorithm: "HS256", iss: …, verify_iss: true }`
    private func decoded(_ arguments: [Expression.Argument], _ plain: [Expression]) {
        // Without a check the key is none.
        if plain.count > 2, plain[2].name == "false" || plain[1].name == "nil" { return }
        let options = plain.lazy.compactMap { self.reading.meaning(of: $0, in: self.scope).entries }.first ?? []
        func option(_ names: String...) -> Expression? {
            for name in names {
                if let value = options[name] ?? arguments.first(where: { $0.label == name })?.value { return value }
            }
            return nil
        }
        let keys = option("jwks")
        use(
            .verify, "JWT.decode", key: keys == nil && plain.count > 1 ? plain[1] : nil,
            algorithms([option("algorithm", "algorithms")]), issuer: option("iss"), audience: option("aud"))
    }

    /// `OpenSSL::HMAC.digest("SHA256", key, signing_input)`
    private func digest(_ path: String, _ plain: [Expression]) {
        guard plain.count > 2 else { return }
        let names =
            (reading.follow(plain[1], in: scope)?.expression.variables ?? []) + [reading.keyName(plain[1], in: scope)]
        let isNamed = names.contains { SigningSecretName.purpose(of: $0) == .signing }
        guard isNamed || reading.isSigningInput(plain[2], in: scope) else { return }
        use(reading.actionByName(in: scope), path, key: plain[1])
    }
}
