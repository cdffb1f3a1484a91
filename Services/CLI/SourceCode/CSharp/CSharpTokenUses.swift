import Evidence

/// Microsoft.IdentityModel's classes, JWT.NET, and tokens made of a bare HMAC.
struct CSharpTokenUses {
    let call: Expression
    let scope: Scope
    let reading: FileReading

    func tell() {
        guard case .call(let callee, let arguments) = call.kind, let name = callee.lastName else { return }
        switch name {
        case "JwtSecurityToken": issued(named: arguments)
        case "SecurityTokenDescriptor": if let members = arguments.members { issued(members) }
        case "TokenValidationParameters": if let members = arguments.members { validated(members) }
        case "WithSecret": jwtNet(arguments)
        case "HMACSHA256", "HMACSHA384", "HMACSHA512": digest(name, arguments)
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

    /// `new SigningCredentials(key, SecurityAlgorithms.HmacSha256)`, also by the name it was given.
    private func credentials(_ expression: Expression?) -> (key: Expression?, algorithms: [String]) {
        guard let expression else { return (nil, []) }
        let made = reading.meaning(of: expression, in: scope)
        guard made.calledName == "SigningCredentials", made.arguments.count > 1 else { return (expression, []) }
        return (made.arguments[0].value, algorithms([made.arguments[1].value]))
    }

    private func issued(named arguments: [Expression.Argument]) {
        func argument(_ label: String) -> Expression? { arguments.first { $0.label == label }?.value }
        // Its last parameter; a token that is read has one argument alone.
        guard let signing = argument("signingCredentials") ?? (arguments.count == 6 ? arguments[5].value : nil) else {
            return
        }
        let (key, names) = credentials(signing)
        let plain = arguments.filter { $0.label == nil }.map(\.value)
        use(
            .sign, "JwtSecurityToken", key: key, names, issuer: argument("issuer") ?? plain.first,
            audience: argument("audience") ?? (plain.count > 1 ? plain[1] : nil))
        if let life = argument("expires") { Lifetimes.tell("Expires", life, at: life.position, in: scope, of: reading) }
    }

    private func issued(_ members: [Expression.Entry]) {
        guard let signing = members["SigningCredentials"] else { return }
        let (key, names) = credentials(signing)
        use(
            .sign, "SecurityTokenDescriptor", key: key, names, issuer: members["Issuer"], audience: members["Audience"])
        if let life = members["Expires"] { Lifetimes.tell("Expires", life, at: life.position, in: scope, of: reading) }
    }

    private func validated(_ members: [Expression.Entry]) {
        guard let key = members["IssuerSigningKey"] else { return }
        use(
            .verify, "TokenValidationParameters", key: key, algorithms([members["ValidAlgorithms"]]),
            issuer: members["ValidIssuer"], audience: members["ValidAudience"])
    }

    /// `JwtBuilder.Create().WithAlgorithm(new HMACSHA256Algorithm()).WithSecret(secret)`: what it does stands further on.
    private func jwtNet(_ arguments: [Expression.Argument]) {
        guard let key = arguments.first?.value else { return }
        let maker = call.link("WithAlgorithm")?.arguments.first?.value.calledName
        let named = maker.map { $0.hasSuffix("Algorithm") ? String($0.dropLast("Algorithm".count)) : $0 }
        let chain = reading.chain(around: call)
        let isVerifying = chain.contains { ["Decode", "MustVerifySignature"].contains($0.calledName ?? "") }
        use(
            isVerifying ? .verify : .sign, "WithSecret", key: key,
            [named.flatMap(TokenAlgorithms.named)].compactMap { $0 })
    }

    private func digest(_ name: String, _ arguments: [Expression.Argument]) {
        guard let key = arguments.first?.value else { return }
        let names = (reading.follow(key, in: scope)?.expression.variables ?? []) + [reading.keyName(key, in: scope)]
        guard names.contains(where: { SigningSecretName.purpose(of: $0) == .signing }) else { return }
        use(reading.actionByName(in: scope), name, key: key, [TokenAlgorithms.named(name)].compactMap { $0 })
    }
}
