import Evidence

/// Calls of the token libraries of the JVM.
struct JavaTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading

    func tell() {
        guard let name = call.calledName else { return }
        let first = call.arguments.first?.value
        switch name {
        case "signWith": jjwtSigns()
        case "setSigningKey", "verifyWith": jjwtVerifies(name, key: first)
        case "sign": if isJavaJWT { javaJWTSigns(first) }
        case "require" where call.root == "JWT": javaJWTVerifies(first)
        case "MACSigner": use(.sign, "MACSigner", key: first, algorithms([nimbusHeader]))
        case "MACVerifier": use(.verify, "MACVerifier", key: first)
        case "RSASSASigner", "ECDSASigner": use(.sign, name, key: call)
        case "RSASSAVerifier", "ECDSAVerifier": use(.verify, name, key: call)
        case "withSecretKey":
            let algorithm = algorithms([outer("macAlgorithm")?.arguments.first?.value])
            use(.verify, "withSecretKey", key: first, algorithm.isEmpty ? ["HS256"] : algorithm)
        case "withJwkSetUri", "withPublicKey", "withIssuerLocation", "fromIssuerLocation", "fromOidcIssuerLocation",
            "jwkSetUri":
            use(.verify, name, key: call)
        case "ImmutableSecret": use(.sign, name, key: first)
        case "init": digest(first)
        default: break
        }
    }

    private func use(
        _ action: TokenUse.Action, _ name: String, key: Expression?, _ algorithms: [String] = [],
        issuer: Expression? = nil, audience: Expression? = nil
    ) {
        reading.tellUse(
            action, name, key: key, algorithms: algorithms, issuer: issuer, audience: audience, at: call.position,
            in: scope)
    }

    private func algorithms(_ expressions: [Expression?]) -> [String] {
        TokenAlgorithms.named(in: expressions, scope: scope, of: reading)
    }

    // MARK: jjwt

    /// `signWith(key)`, `signWith(key, SignatureAlgorithm.HS256)`, and the older `signWith(SignatureAlgorithm.HS256, key)`
    private func jjwtSigns() {
        let values = call.arguments.map(\.value)
        guard let first = values.first else { return }
        let named = algorithms([first.path?.contains("lgorithm") ?? false || first.root == "Jwts" ? first : nil])
        if !named.isEmpty, values.count > 1 {
            use(
                .sign, "signWith", key: values[1], named, issuer: claim("issuer", "setIssuer"),
                audience: claim("audience", "setAudience"))
        } else {
            use(
                .sign, "signWith", key: first, values.count > 1 ? algorithms([values[1]]) : [],
                issuer: claim("issuer", "setIssuer"), audience: audience)
        }
    }

    /// `.audience().add("x").and()` or `.setAudience("x")`
    private var audience: Expression? {
        if let set = call.link("setAudience") { return set.arguments.first?.value }
        guard let add = call.link("add"), add.object?.calledName == "audience" else { return nil }
        return add.arguments.first?.value
    }

    private func claim(_ names: String...) -> Expression? {
        call.chain.first { $0.calledName.map(names.contains) ?? false }?.arguments.first?.value
    }

    private func jjwtVerifies(_ name: String, key: Expression?) {
        // What is required stands before or behind; behind, the call is within a longer chain.
        use(
            .verify, name, key: key, issuer: claim("requireIssuer") ?? outer("requireIssuer")?.arguments.first?.value,
            audience: claim("requireAudience") ?? outer("requireAudience")?.arguments.first?.value)
    }

    /// The call of that name further on in the chain that this call is in.
    private func outer(_ name: String) -> Expression? {
        guard let function = scope.function ?? enclosing else { return nil }
        for whole in EnvironmentHelper.expressions(of: function.body).flatMap({ $0.all(limit: 100) }) {
            let chain = whole.chain
            guard chain.contains(where: { $0.position == call.position && $0.calledName == call.calledName }) else {
                continue
            }
            if let found = chain.first(where: { $0.calledName == name }) { return found }
        }
        return nil
    }

    private var enclosing: Function? {
        if case .function(let function) = scope.kind { return function }
        return nil
    }

    // MARK: java-jwt

    private var isJavaJWT: Bool { call.root == "JWT" || call.link("create") != nil }

    private func algorithm(_ expression: Expression?) -> (key: Expression?, names: [String]) {
        guard let expression else { return (nil, []) }
        let meaning = reading.meaning(of: expression, in: scope)
        let made = meaning.all(limit: 10).first { $0.root == "Algorithm" && $0.calledName != nil } ?? meaning
        guard made.root == "Algorithm", let name = made.calledName else { return (expression, []) }
        let names = [TokenAlgorithms.named(name)].compactMap { $0 }
        return (TokenAlgorithms.areAsymmetric(names) ? made : made.arguments.first?.value, names)
    }

    private func javaJWTSigns(_ expression: Expression?) {
        let (key, names) = algorithm(expression)
        use(.sign, "JWT.sign", key: key, names, issuer: claim("withIssuer"), audience: claim("withAudience"))
    }

    private func javaJWTVerifies(_ expression: Expression?) {
        let (key, names) = algorithm(expression)
        use(
            .verify, "JWT.require", key: key, names, issuer: outer("withIssuer")?.arguments.first?.value,
            audience: outer("withAudience")?.arguments.first?.value)
    }

    // MARK: by hand

    /// `mac.init(key)`: a token's only where its key is called one.
    private func digest(_ key: Expression?) {
        guard let key, let object = call.object else { return }
        let made = reading.meaning(of: object, in: scope)
        guard made.calledName == "getInstance", made.root == "Mac" else { return }
        let names = (reading.follow(key, in: scope)?.expression.variables ?? []) + [reading.keyName(key, in: scope)]
        guard names.contains(where: { SigningSecretName.purpose(of: $0) == .signing }) else { return }
        use(reading.actionByName(in: scope), "Mac.init", key: key, algorithms(made.arguments.map(\.value)))
    }

    // MARK: Nimbus

    /// The header of the token that the signer in this function signs.
    private var nimbusHeader: Expression? {
        guard let function = scope.function else { return nil }
        return EnvironmentHelper.expressions(of: function.body).lazy.flatMap { $0.all(limit: 100) }
            .first { $0.calledName == "JWSHeader" }
    }
}
