import Evidence

/// Calls that sign or verify: PyJWT, python-jose, Authlib, joserfc, FastAPI Users, and HMAC by hand.
struct PythonTokenCalls {
    let scope: Scope
    let reading: FileReading

    func visit(_ expression: Expression) {
        guard case .call(let callee, let arguments) = expression.kind, let word = Self.last(of: callee),
            // Cheap first: an import may give one of them another name.
            Self.names.contains(word) || callee.name != nil && scope.holder(of: word)?.imports[word] != nil,
            let name = reading.canonical(callee, in: scope)
        else { return }
        let last = name.split(separator: ".").last.map(String.init) ?? word
        switch last {
        case "encode", "decode": token(name, last, arguments, at: expression.position)
        case "sign", "verify":
            guard name.hasSuffix("jws.sign") || name.hasSuffix("jws.verify") else { return }
            reading.addUse(
                last == "sign" ? .sign : .verify, call: Self.shown(name), key: arguments.value("key", at: 1), in: scope,
                details(arguments, last == "sign" ? "algorithm" : "algorithms", at: last == "sign" ? nil : 2),
                at: expression.position)
        case "JWTStrategy": strategy(arguments, at: expression.position)
        case "new", "digest":
            guard name == "hmac.new" || name == "hmac.digest", let message = arguments.value("msg", at: 1),
                reading.isSigningInput(message, in: scope)
            else { return }
            reading.addUse(
                reading.actionByName(in: scope), call: name, key: arguments.value("key", at: 0), in: scope,
                .init(algorithms: hmacAlgorithm(arguments.value("digestmod", at: 2))), at: expression.position)
        default: break
        }
    }

    private static let names: Set<String> = ["encode", "decode", "sign", "verify", "JWTStrategy", "new", "digest"]

    private static func last(of callee: Expression) -> String? {
        switch callee.kind {
        case .name(let name): name
        case .member(_, let member): member
        default: nil
        }
    }

    private static func shown(_ name: String) -> String {
        name.split(separator: ".").suffix(2).joined(separator: ".")
    }

    private func token(
        _ name: String, _ last: String, _ arguments: [Expression.Argument], at position: SourcePosition
    ) {
        guard let library = Library(name) else {
            // `from jwt import encode as jwt_encode` is canonical; a name alone may be anything's.
            return
        }
        let isDecode = last == "decode"
        // Authlib and joserfc take the header first.
        let keyIndex = isDecode || library == .pyjwt ? 1 : 2
        var details = details(arguments, isDecode ? "algorithms" : "algorithm", at: library == .pyjwt ? 2 : nil)
        if details.algorithms.isEmpty, library == .authlib {
            if !isDecode, let entries = object(arguments.value("header", at: 0)), let value = entries["alg"] {
                details.algorithms = reading.strings(value, in: scope)
            } else {
                details.algorithms = made(by: name)
            }
        }
        if isDecode, isUnchecked(arguments) {
            reading.addUse(
                .verify, call: Self.shown(name), key: nil, in: scope, .init(algorithms: ["none"]), at: position)
            return
        }
        if !isDecode {
            claims(arguments.value("payload", at: keyIndex - 1) ?? arguments.value("claims"), into: &details)
        }
        guard let key = arguments.value("key", at: keyIndex) else { return }
        reading.addUse(isDecode ? .verify : .sign, call: Self.shown(name), key: key, in: scope, details, at: position)
    }

    private enum Library {
        case pyjwt, authlib

        init?(_ name: String) {
            let path = name.split(separator: ".").dropLast().joined(separator: ".")
            switch path {
            case "jwt", "jose.jwt", "jwt.api_jwt", "jwt.PyJWT()", "PyJWT()", "jwt_lib", "pyjwt", "jwt.api_jwt.PyJWT()":
                self = .pyjwt
            case "authlib.jose.jwt", "joserfc.jwt", "authlib.jose.JsonWebToken()", "JsonWebToken()":
                self = .authlib
            default: return nil
            }
        }
    }

    /// The algorithms that `JsonWebToken(["HS256"])` allows.
    private func made(by name: String) -> [String] {
        guard name.contains("JsonWebToken()") else { return [] }
        for scope in sequence(first: scope, next: \.parent) {
            for binding in scope.bindings.values.joined() {
                if case .call(let callee, let arguments)? = binding.value?.kind,
                    callee.path?.hasSuffix("JsonWebToken") == true
                {
                    return reading.strings(arguments.first?.value, in: scope)
                }
            }
        }
        return []
    }

    private func object(_ expression: Expression?) -> [Expression.Entry]? {
        guard let expression else { return nil }
        if let entries = expression.entries { return entries }
        guard let name = expression.name, let bindings = scope.holder(of: name)?.bindings[name] else { return nil }
        return bindings.first?.value?.entries
    }

    private func details(
        _ arguments: [Expression.Argument], _ label: String, at index: Int?
    ) -> FileReading.UseDetails {
        FileReading.UseDetails(
            algorithms: reading.strings(
                arguments.value(label, at: index) ?? arguments.value(label == "algorithm" ? "algorithms" : "algorithm"),
                in: scope),
            issuer: arguments.value("issuer").flatMap { reading.string($0, in: scope) },
            audience: arguments.value("audience").flatMap { reading.string($0, in: scope) })
    }

    private func claims(_ payload: Expression?, into details: inout FileReading.UseDetails) {
        guard let entries = object(payload) else { return }
        details.issuer = details.issuer ?? entries["iss"].flatMap { reading.string($0, in: scope) }
        details.audience = details.audience ?? entries["aud"].flatMap { reading.string($0, in: scope) }
    }

    private func isUnchecked(_ arguments: [Expression.Argument]) -> Bool {
        if arguments.value("verify")?.name == "False" { return true }
        return object(arguments.value("options"))?["verify_signature"]?.name == "False"
    }

    private func strategy(_ arguments: [Expression.Argument], at position: SourcePosition) {
        let details = FileReading.UseDetails(algorithms: reading.strings(arguments.value("algorithm"), in: scope))
        let key = arguments.value("secret", at: 0)
        reading.addUse(.sign, call: "JWTStrategy", key: key, in: scope, details, at: position)
        reading.addUse(
            .verify, call: "JWTStrategy", key: arguments.value("public_key") ?? key, in: scope, details, at: position)
        if let lifetime = arguments.value("lifetime_seconds", at: 1) {
            reading.addDuration(
                .lifetime, seconds: reading.number(lifetime, in: scope), name: "lifetime_seconds", at: lifetime.position
            )
        }
    }

    private func hmacAlgorithm(_ digest: Expression?) -> [String] {
        guard let name = digest?.text ?? digest?.path else { return [] }
        return ["256", "384", "512"].filter { name.hasSuffix($0) }.map { "HS" + $0 }
    }
}
