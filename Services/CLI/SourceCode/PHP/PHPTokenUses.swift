import Evidence

/// Calls of PHP's token libraries.
struct PHPTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading

    func tell() {
        guard case .call(let callee, let arguments) = call.kind else { return }
        let values = arguments.map(\.value)
        switch callee.path {
        case "JWT.encode" where values.count > 1:
            let payload = reading.meaning(of: values[0], in: scope).entries
            use(
                .sign, "JWT::encode", key: values[1], values.count > 2 ? algorithms([values[2]]) : ["HS256"],
                issuer: payload?["iss"], audience: payload?["aud"])
            if let life = payload?["exp"] {
                Lifetimes.tell("exp", reading.meaning(of: life, in: scope), at: life.position, in: scope, of: reading)
            }
        case "JWT.decode" where values.count > 1:
            let key = reading.meaning(of: values[1], in: scope)
            let named = algorithms([
                key.calledName == "Key" ? key.arguments.last?.value : values.count > 2 ? values[2] : nil
            ])
            use(.verify, "JWT::decode", key: key.calledName == "Key" ? key.arguments.first?.value : values[1], named)
        case "Configuration.forSymmetricSigner" where values.count > 1:
            for action in [TokenUse.Action.sign, .verify] {
                use(action, "forSymmetricSigner", key: values[1], lcobucci(values[0]))
            }
        case "Configuration.forAsymmetricSigner":
            for action in [TokenUse.Action.sign, .verify] { use(action, "forAsymmetricSigner", key: call) }
        case "hash_hmac" where values.count > 2: digest(values)
        default: methods(callee, values)
        }
    }

    private func methods(_ callee: Expression, _ values: [Expression]) {
        switch callee.lastName {
        case "getToken" where values.count == 2 && values[1].calledName != "signingKey":
            use(.sign, "getToken", key: values[1], lcobucci(values[0]))
        case "SignedWith" where values.count == 2: use(.verify, "SignedWith", key: values[1], lcobucci(values[0]))
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

    /// `new Sha256()` is `Signer\Hmac\Sha256` here; that of a key pair has a key of its own kind.
    private func lcobucci(_ signer: Expression) -> [String] {
        let made = reading.meaning(of: signer, in: scope)
        guard let name = made.calledName ?? made.lastName, name.hasPrefix("Sha") else { return algorithms([made]) }
        return ["HS" + name.dropFirst(3)]
    }

    /// `hash_hmac('sha256', $header . '.' . $payload, $secret, true)`
    private func digest(_ values: [Expression]) {
        let names =
            (reading.follow(values[2], in: scope)?.expression.variables ?? []) + [reading.keyName(values[2], in: scope)]
        let isNamed = names.contains { SigningSecretName.purpose(of: $0) == .signing }
        guard isNamed || reading.isSigningInput(values[1], in: scope) else { return }
        let algorithm = values[0].text.flatMap { TokenAlgorithms.named("HMAC" + $0) }
        use(reading.actionByName(in: scope), "hash_hmac", key: values[2], algorithm.map { [$0] } ?? [])
    }
}
