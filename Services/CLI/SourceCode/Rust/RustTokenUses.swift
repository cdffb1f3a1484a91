import Evidence

/// Calls of the crates jsonwebtoken, jwt and jwt-simple.
struct RustTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading

    func tell() {
        guard case .call(let callee, let arguments) = call.kind, let name = callee.lastName else { return }
        let values = arguments.map(\.value)
        switch name {
        case "encode" where values.count == 3 && isJsonwebtoken(callee): encoded(values)
        case "decode" where values.count == 3 && isJsonwebtoken(callee): decoded(values)
        case "sign_with_key": use(.sign, name, key: values.first)
        case "verify_with_key": use(.verify, name, key: values.first)
        case "authenticate" where values.count == 1: simple(.sign, name)
        case "verify_token": simple(.verify, name)
        default: return
        }
    }

    private func isJsonwebtoken(_ callee: Expression) -> Bool {
        callee.name != nil || callee.root == "jsonwebtoken" || callee.root == "jwt"
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

    private func algorithms(_ expression: Expression) -> [String] {
        let made = reading.meaning(of: expression, in: scope)
        let named = TokenAlgorithms.named(in: [made], scope: scope, of: reading)
        // `Header::default()` and `Validation::default()`
        return named.isEmpty && made.calledName == "default" ? ["HS256"] : named
    }

    private func encoded(_ values: [Expression]) {
        let claims = reading.meaning(of: values[1], in: scope).arguments.members
        use(
            .sign, "encode", key: values[2], algorithms(values[0]), issuer: claims?["iss"].map(plain),
            audience: claims?["aud"].map(plain))
    }

    /// `"portal".to_string()`
    private func plain(_ expression: Expression) -> Expression {
        reading.dialect.same(expression, in: scope, of: reading) ?? expression
    }

    private func decoded(_ values: [Expression]) {
        use(
            .verify, "decode", key: values[1], algorithms(values[2]), issuer: setting("set_issuer", of: values[2]),
            audience: setting("set_audience", of: values[2]))
    }

    /// `validation.set_issuer(&["portal"])` on the same validation, in the same function.
    private func setting(_ name: String, of validation: Expression) -> Expression? {
        guard let own = validation.path, let function = scope.function else { return nil }
        for call in EnvironmentHelper.expressions(of: function.body).flatMap({ $0.all(limit: 60) })
        where call.calledName == name && call.object?.path == own {
            guard case .list(let list)? = call.arguments.first?.value.kind else { return nil }
            return list.first
        }
        return nil
    }

    /// jwt-simple: the key's type says the algorithm.
    private func simple(_ action: TokenUse.Action, _ name: String) {
        guard let key = call.object else { return }
        let made = reading.meaning(of: key, in: scope)
        guard let type = made.chain.last?.root ?? made.root, type.hasSuffix("Key") || action == .verify else { return }
        use(action, name, key: key, [TokenAlgorithms.named(String(type.dropLast(3)))].compactMap { $0 })
    }
}
