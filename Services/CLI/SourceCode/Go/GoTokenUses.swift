import Evidence

/// Calls and literals of Go's token libraries.
struct GoTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading
    let hasJose: Bool

    func tell() {
        guard case .call = call.kind else { return }
        guard let name = call.calledName else { return }
        GoFlags.tell(call, in: scope, of: reading)
        let arguments = call.arguments.map(\.value)
        switch name {
        case "SignedString": signed(arguments.first)
        case "Parse", "ParseWithClaims", "ParseFromRequest", "ParseString", "ParseRequest": parsed(name, arguments)
        case "Sign", "Verify": jwx(name, arguments)
        case "WithJwt" where call.root == "rest", "WithJwtTransition" where call.root == "rest":
            use(.verify, "rest.\(name)", key: arguments.first, ["HS256"])
        case "NewSigner": joseSigner(arguments.first)
        case "Claims": joseClaims(arguments)
        case "New" where call.root == "jwtauth":
            guard arguments.count > 1 else { return }
            both("jwtauth.New", key: arguments[1], algorithms([arguments[0]]))
        case "New" where call.root == "hmac": digest(arguments)
        case "JWT" where call.root == "echojwt" || call.root == "middleware":
            use(.verify, "\(call.root ?? "").JWT", key: arguments.first, ["HS256"])
        case "GinJWTMiddleware":
            guard let members = call.arguments.members, let key = members["Key"] else { return }
            let named = algorithms([members["SigningAlgorithm"]])
            both("GinJWTMiddleware", key: key, named.isEmpty ? ["HS256"] : named)
        case "Config", "JWTConfig": middleware(name)
        default: return
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

    private func both(_ name: String, key: Expression, _ algorithms: [String]) {
        use(.sign, name, key: key, algorithms)
        use(.verify, name, key: key, algorithms)
    }

    private func algorithms(_ expressions: [Expression?]) -> [String] {
        TokenAlgorithms.named(in: expressions, scope: scope, of: reading)
    }

    // MARK: golang-jwt

    private func signed(_ key: Expression?) {
        let made = call.object.map { reading.meaning(of: $0, in: scope) }
        let claims = made.flatMap {
            $0.arguments.count > 1 ? reading.meaning(of: $0.arguments[1].value, in: scope) : nil
        }
        use(
            .sign, "SignedString", key: key, algorithms([made?.arguments.first?.value]),
            issuer: claims.flatMap { claim(["iss", "Issuer"], in: $0) },
            audience: claims.flatMap { claim(["aud", "Audience"], in: $0) })
    }

    private func claim(_ names: Set<String>, in claims: Expression) -> Expression? {
        for part in claims.all(limit: 80) {
            for member in part.entries ?? [] where member.key.map(names.contains) ?? false {
                // `jwt.ClaimStrings{"lockstep"}`
                if case .call(_, let arguments) = member.value.kind, case .list(let list)? = arguments.first?.value.kind
                {
                    return list.first
                }
                return member.value
            }
        }
        return nil
    }

    private func option(_ names: String..., in arguments: [Expression]) -> Expression? {
        arguments.first { $0.calledName.map(names.contains) ?? false }
    }

    private func parsed(_ name: String, _ arguments: [Expression]) {
        if option("WithKey", "WithVerify", "WithKeySet", "WithKeyProvider", in: arguments) != nil {
            jwx(name, arguments)
            return
        }
        guard let (key, checks) = arguments.lazy.compactMap({ self.keyFunction($0) }).first else { return }
        var named = algorithms([option("WithValidMethods", in: arguments)])
        if named.isEmpty { named = algorithms(checks) }
        use(
            .verify, call.root == "jwt" ? "jwt.\(name)" : name, key: key, named,
            issuer: option("WithIssuer", in: arguments)?.arguments.first?.value,
            audience: option("WithAudience", in: arguments)?.arguments.first?.value)
    }

    /// What a key function gives back, and all that it looks at.
    private func keyFunction(_ argument: Expression) -> (key: Expression?, checks: [Expression])? {
        var function: Function?
        if case .function(let literal) = argument.kind { function = literal }
        let name = argument.lastName ?? ""
        let isNamed = name.lowercased().hasSuffix("keyfunc") || NameWords.of(name).isSuperset(of: ["key", "func"])
        if let own = argument.path.flatMap({ scope.holder(of: $0)?.functions[$0] }) { function = own }
        if function == nil, case .member(let object, let member) = argument.kind,
            let type = reading.type(of: object, in: scope)
        {
            function = reading.scope(of: type)?.functions[member]
        }
        // A function that makes the key function
        if function == nil, argument.calledName == name, let own = scope.holder(of: name)?.functions[name],
            case .function(let inner)? = FileReading.returns(of: own.body).last?.kind
        {
            function = inner
        }
        guard let function else { return isNamed ? (argument, []) : nil }
        let results = FileReading.returns(of: function.body).filter { $0.name != "nil" }
        let inner = reading.scope(of: function) ?? scope
        let key = results.last { reading.follow($0, in: inner) != nil } ?? results.last
        return (key, EnvironmentHelper.expressions(of: function.body))
    }

    // MARK: jwx

    private func jwx(_ name: String, _ arguments: [Expression]) {
        guard let root = call.root, root == "jwt" || root == "jws" else { return }
        let action: TokenUse.Action = name == "Sign" ? .sign : .verify
        let issuer = option("WithIssuer", in: arguments)?.arguments.first?.value
        let audience = option("WithAudience", in: arguments)?.arguments.first?.value
        if let option = option("WithKey", "WithVerify", in: arguments) {
            let values = option.arguments.map(\.value)
            use(
                action, "\(root).\(name)", key: values.last, algorithms([values.first]), issuer: issuer,
                audience: audience)
        } else if let option = option("WithKeySet", "WithKeyProvider", in: arguments) {
            use(action, "\(root).\(name)", key: option, issuer: issuer, audience: audience)
        } else if arguments.count >= 3, arguments[1].root == "jwa" {
            // jwx 1
            use(action, "\(root).\(name)", key: arguments[2], algorithms([arguments[1]]))
        }
    }

    // MARK: go-jose

    private func joseSigner(_ made: Expression?) {
        guard let made, made.calledName == "SigningKey", let members = made.arguments.members else { return }
        use(.sign, "jose.NewSigner", key: members["Key"], algorithms([members["Algorithm"]]))
    }

    private func joseClaims(_ arguments: [Expression]) {
        guard hasJose, arguments.count >= 2, call.root != "jwt" else { return }
        use(.verify, "Claims", key: arguments[0])
    }

    // MARK: middleware

    /// `echojwt.Config{SigningKey: …}`, `jwtware.Config{SigningKey: jwtware.SigningKey{Key: …}}`
    private func middleware(_ name: String) {
        guard let root = call.root, ["echojwt", "middleware", "jwtware"].contains(root),
            let members = call.arguments.members, let key = members["SigningKey"]
        else { return }
        let inner = key.calledName == "SigningKey" ? key.arguments.members : nil
        let named = algorithms([inner?["JWTAlg"] ?? members["SigningMethod"]])
        use(.verify, "\(root).\(name)", key: inner?["Key"] ?? key, named.isEmpty ? ["HS256"] : named)
    }

    // MARK: by hand

    /// `hmac.New(sha256.New, key)`: a token's only where its key is called one.
    private func digest(_ arguments: [Expression]) {
        guard arguments.count == 2 else { return }
        let names =
            (reading.follow(arguments[1], in: scope)?.expression.variables ?? [])
            + [reading.keyName(arguments[1], in: scope)]
        guard names.contains(where: { SigningSecretName.purpose(of: $0) == .signing }) else { return }
        let algorithm = arguments[0].root.flatMap { ["sha256": "HS256", "sha512": "HS512"][$0] }
        use(
            reading.actionByName(in: scope), "hmac.New", key: arguments[1], algorithm.map { [$0] } ?? [])
    }
}
