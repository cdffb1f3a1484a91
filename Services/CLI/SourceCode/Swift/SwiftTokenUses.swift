import Evidence

/// jwt-kit's calls, those of its predecessors, and tokens made of a bare HMAC.
struct SwiftTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading

    func tell() {
        guard case .call(let callee, let arguments) = call.kind, let name = callee.lastName else { return }
        switch name {
        case "add"
        where ["hmac", "rsa", "ecdsa", "eddsa", "pss", "jwk", "jwks"].contains(arguments.first?.label ?? ""),
            "use" where ["jwk", "jwks", "jwksJSON"].contains(arguments.first?.label ?? ""):
            added(arguments)
        case "hs256", "hs384", "hs512", ".hs256", ".hs384", ".hs512": older(name, arguments)
        case "sign" where isKeys: signed(arguments)
        case "verify" where isKeys && !hasKeyInFile: use(.verify, "verify", key: nil)
        case "authenticationCode": digest(.sign, key: labelled("using", arguments), over: labelled("for", arguments))
        case "isValidAuthenticationCode":
            digest(.verify, key: labelled("using", arguments), over: labelled("authenticating", arguments))
        default: return
        }
    }

    private func labelled(_ label: String, _ arguments: [Expression.Argument]) -> Expression? {
        arguments.first { $0.label == label }?.value
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

    /// `keys.add(hmac: key, digestAlgorithm: .sha256)`: who holds a key can verify.
    private func added(_ arguments: [Expression.Argument]) {
        guard let first = arguments.first, let label = first.label else { return }
        guard label == "hmac" else {
            use(.verify, "keys.\(call.calledName ?? "add")", key: call)
            return
        }
        use(.verify, "keys.add", key: first.value, algorithm(of: call))
    }

    private func algorithm(of add: Expression) -> [String] {
        let digest = add.arguments.first { $0.label == "digestAlgorithm" }?.value.lastName
        guard let size = digest.map({ $0.filter(\.isNumber) }), !size.isEmpty else { return [] }
        return ["HS" + size]
    }

    /// `app.jwt.signers.use(.hs256(key: s))`, `JWTSigner.hs256(key:)`, `JWTVerifier.hs256(key:)`
    private func older(_ name: String, _ arguments: [Expression.Argument]) {
        guard let key = labelled("key", arguments) else { return }
        let algorithm = name.filter { $0 != "." }.uppercased()
        let isSigner = call.root == "JWTSigner"
        use(
            isSigner ? .sign : .verify, isSigner ? "JWTSigner.\(name)" : "hs\(algorithm.dropFirst(2))", key: key,
            [algorithm])
    }

    private static let holders: Set<String> = ["jwt", "keys", "signers", "keycollection", "jwtkeys"]

    /// Whether the call is on what holds the keys of tokens.
    private var isKeys: Bool {
        guard let object = call.object, hasKeyInFile || isOfLibrary else { return false }
        let name = (object.lastName ?? "").lowercased()
        return Self.holders.contains(name) || name.hasSuffix("keycollection") || name.hasSuffix("signers")
    }

    /// Whether jwt-kit is at hand: others have keys that sign, too.
    private var isOfLibrary: Bool {
        if call.object?.path?.lowercased().contains("jwt") ?? false { return true }
        return reading.imports(oneOf: ["JWTKit", "JWT", "VaporJWT", "SwiftJWT", "HummingbirdAuth"])
    }

    /// The call of this file that adds a shared key.
    private var keyInFile: Expression? {
        reading.allExpressions.first { part in
            if part.calledName == "add", part.arguments.first?.label == "hmac" { return true }
            return part.calledName.map { [".hs256", ".hs384", ".hs512"].contains($0) } ?? false
        }
    }

    private var hasKeyInFile: Bool { keyInFile != nil }

    private func signed(_ arguments: [Expression.Argument]) {
        let payload = arguments.first.map { reading.meaning(of: $0.value, in: scope) }
        let added = keyInFile
        let name = added?.calledName ?? ""
        use(
            .sign, "sign", key: added?.arguments.first?.value,
            added.map { name.hasPrefix(".") ? [name.dropFirst().uppercased()] : algorithm(of: $0) } ?? [],
            issuer: payload.flatMap { claim(["iss", "issuer"], of: $0) },
            audience: payload.flatMap { claim(["aud", "audience"], of: $0) })
    }

    private func claim(_ labels: Set<String>, of payload: Expression) -> Expression? {
        guard let value = payload.arguments.first(where: { $0.label.map(labels.contains) ?? false })?.value else {
            return nil
        }
        // `.init(value: "portal")`
        return value.arguments.first?.value ?? value
    }

    private func digest(_ action: TokenUse.Action, key: Expression?, over text: Expression?) {
        guard let key else { return }
        let names = (reading.follow(key, in: scope)?.expression.variables ?? []) + [reading.keyName(key, in: scope)]
        let isNamed = names.contains { SigningSecretName.purpose(of: $0) == .signing }
        guard isNamed || text.map({ reading.isSigningInput($0, in: scope) }) ?? false else { return }
        use(action, "HMAC.\(call.calledName ?? "")", key: key)
    }
}
