import Evidence

/// Calls that sign or verify: jsonwebtoken and those with its signature, jose, Hono, fast-jwt, jwt-simple, and HMAC by
/// hand.
struct JavaScriptTokenCalls {
    let scope: Scope
    let reading: FileReading

    private static let names: Set<String> = [
        "sign", "verify", "signAsync", "verifyAsync", "jwtVerify", "compactVerify", "createSigner", "createVerifier",
        "encode", "decode", "update", "create",
    ]

    func visit(_ expression: Expression) {
        guard case .call(let callee, let arguments) = expression.kind, let last = last(of: callee) else { return }
        let position = expression.position
        guard Self.names.contains(last) || scope.holder(of: last) != nil,
            let name = reading.canonical(callee, in: scope)
        else { return }
        switch name.split(separator: ".").last.map(String.init) ?? name {
        case "sign" where name.contains("SignJWT()") || name.contains("CompactSign()"):
            chain(callee, arguments, at: position)
        case "sign" where Self.isLibrary(name), "verify" where Self.isLibrary(name):
            token(name, arguments, at: position)
        case "create" where name.contains("djwt"):
            guard let key = arguments.value(nil, at: 2) else { return }
            let header = options(arguments.first?.value)
            reading.addUse(
                .sign, call: "djwt.create", key: key, in: scope,
                .init(algorithms: reading.strings(header["alg"], in: scope)), at: position)
        case "verify" where name.contains("djwt"):
            guard let key = arguments.value(nil, at: 1) else { return }
            reading.addUse(.verify, call: "djwt.verify", key: key, in: scope, at: position)
        case "sign", "signAsync", "verify", "verifyAsync": service(callee, last, arguments, at: position)
        case "jwtVerify", "compactVerify":
            guard let key = arguments.value(nil, at: 1) else { return }
            use(.verify, "jwtVerify", key, options(arguments.value(nil, at: 2)), at: position)
        case "createSigner" where name.hasPrefix("fast-jwt"), "createVerifier" where name.hasPrefix("fast-jwt"):
            let options = options(arguments.first?.value)
            guard let given = options["key"] else { return }
            let (key, place) = keyGiven(given)
            use(last == "createSigner" ? .sign : .verify, last, key, options, in: place, at: position)
        case "encode" where name.hasPrefix("jwt-simple"), "decode" where name.hasPrefix("jwt-simple"):
            guard let key = arguments.value(nil, at: 1) else { return }
            let algorithm = arguments.value(nil, at: last == "encode" ? 2 : 3)
            reading.addUse(
                last == "encode" ? .sign : .verify, call: "jwt-simple." + last, key: key, in: scope,
                .init(algorithms: reading.strings(algorithm, in: scope)), at: position)
        case "update" where name.hasSuffix("createHmac().update"):
            guard case .member(let object, _) = callee.kind, case .call(_, let making) = object.kind,
                let key = making.value(nil, at: 1), let message = arguments.first?.value,
                reading.isSigningInput(message, in: scope)
            else { return }
            let hash = making.first.flatMap { reading.string($0.value, in: scope) } ?? ""
            reading.addUse(
                reading.actionByName(in: scope), call: "createHmac", key: key, in: scope,
                .init(algorithms: ["256", "384", "512"].filter { hash.hasSuffix($0) }.map { "HS" + $0 }), at: position)
        default: break
        }
    }

    private func last(of callee: Expression) -> String? {
        switch callee.kind {
        case .name(let name): name
        case .member(_, let member): member
        default: nil
        }
    }

    private static func isLibrary(_ name: String) -> Bool {
        let module = name.split(separator: ".").dropLast().joined(separator: ".")
        return [
            "jsonwebtoken", "jwt", "JWT", "hono/jwt", "@tsndr/cloudflare-worker-jwt", "hono/utils/jwt",
            "jsonwebtoken.default",
            "hono/jwt.Jwt", "jsonwebtoken-promisified", "jwt-promisify",
        ].contains(module)
    }

    // MARK: jsonwebtoken

    /// `sign(payload, key, options)`, `verify(token, key, options)`, both with a callback behind.
    private func token(_ name: String, _ arguments: [Expression.Argument], at position: SourcePosition) {
        guard arguments.count >= 2 else { return }
        let isSign = name.hasSuffix("sign")
        let call = name.hasPrefix("hono") ? "hono/jwt" : "jsonwebtoken"
        let third = arguments.value(nil, at: 2)
        var options = options(third)
        if let algorithm = third, algorithm.entries == nil, let text = reading.string(algorithm, in: scope) {
            options = [
                .init(key: "algorithm", value: Expression(.text(text), at: algorithm.position), position: position)
            ]
        }
        let (key, place) = keyGiven(arguments[1].value)
        use(isSign ? .sign : .verify, call + (isSign ? ".sign" : ".verify"), key, options, in: place, at: position)
        if isSign { claims(arguments[0].value, key: key) }
    }

    /// The key that a key function hands to its callback or returns, and the scope that it stands in.
    private func keyGiven(_ expression: Expression) -> (Expression, Scope) {
        var function: Function?
        if case .function(let closure) = expression.kind { function = closure }
        if let name = expression.name, let holder = scope.holder(of: name) {
            function = holder.functions[name]
            if case .function(let closure)? = holder.bindings[name]?.first?.value?.kind { function = closure }
        }
        guard let function, let inner = reading.scope(of: function) else { return (expression, scope) }
        if let callback = function.parameters.dropFirst().first?.name,
            let key = Self.handed(to: callback, in: function.body, depth: 0)
        {
            return (key, inner)
        }
        if let key = FileReading.returns(of: function.body).first { return (key, inner) }
        return (expression, scope)
    }

    private static func handed(to callback: String, in statements: [Statement], depth: Int) -> Expression? {
        guard depth < 8 else { return nil }
        for statement in statements {
            let found: Expression? =
                switch statement {
                case .expression(let expression), .returned(let expression):
                    handed(to: callback, in: expression, depth: depth)
                case .bind(_, let value?, _): handed(to: callback, in: value, depth: depth)
                case .conditional(_, let then, let otherwise):
                    handed(to: callback, in: then + otherwise, depth: depth + 1)
                case .block(let inner): handed(to: callback, in: inner, depth: depth + 1)
                default: nil
                }
            if let found { return found }
        }
        return nil
    }

    private static func handed(to callback: String, in expression: Expression, depth: Int) -> Expression? {
        guard depth < 8 else { return nil }
        if case .call(let callee, let arguments) = expression.kind, callee.name == callback, arguments.count > 1,
            !FileReading.absent.contains(arguments[1].value.name ?? "")
        {
            return arguments[1].value
        }
        if case .function(let function) = expression.kind {
            return handed(to: callback, in: function.body, depth: depth + 1)
        }
        return expression.children.lazy.compactMap { handed(to: callback, in: $0, depth: depth + 1) }.first
    }

    // MARK: services with a key of their own

    /// NestJS: `jwtService.sign(payload, { secret })`; without a key it is the module's.
    private func service(
        _ callee: Expression, _ last: String, _ arguments: [Expression.Argument], at position: SourcePosition
    ) {
        guard case .member(let object, _) = callee.kind,
            let owner = object.path?.split(separator: ".").last?.lowercased(), owner.contains("jwt")
        else { return }
        let options = options(arguments.value(nil, at: 1))
        guard let key = options["secret"] ?? options["privateKey"] ?? options["publicKey"] else { return }
        use(last.hasPrefix("sign") ? .sign : .verify, "JwtService." + last, key, options, at: position)
    }

    // MARK: jose

    /// `new SignJWT(claims).setProtectedHeader({ alg }).setIssuer(…).sign(key)`
    private func chain(_ callee: Expression, _ arguments: [Expression.Argument], at position: SourcePosition) {
        guard let key = arguments.first?.value else { return }
        var details = FileReading.UseDetails()
        var object: Expression? = callee
        while let here = object {
            switch here.kind {
            case .member(let inner, _): object = inner
            case .call(let inner, let given):
                if case .member(_, let setter) = inner.kind, let value = given.first?.value {
                    switch setter {
                    case "setProtectedHeader":
                        details.algorithms = reading.strings(options(value)["alg"], in: scope)
                    case "setIssuer": details.issuer = reading.string(value, in: scope)
                    case "setAudience": details.audience = reading.string(value, in: scope)
                    case "setExpirationTime" where !isRefresh(key):
                        reading.addDuration(
                            .lifetime, seconds: reading.string(value, in: scope).flatMap(DurationNames.seconds),
                            name: "setExpirationTime", at: value.position)
                    default: break
                    }
                }
                object = inner
            default: object = nil
            }
        }
        reading.addUse(.sign, call: "SignJWT.sign", key: key, in: scope, details, at: position)
    }

    // MARK: options

    private func options(_ expression: Expression?) -> [Expression.Entry] {
        guard let expression else { return [] }
        if let entries = expression.entries { return entries }
        guard let name = expression.name, let bindings = scope.holder(of: name)?.bindings[name], bindings.count == 1
        else {
            return []
        }
        return bindings[0].value?.entries ?? []
    }

    private func use(
        _ action: TokenUse.Action, _ call: String, _ key: Expression, _ options: [Expression.Entry],
        in place: Scope? = nil, at position: SourcePosition
    ) {
        var algorithms = reading.strings(options["algorithms"] ?? options["algorithm"], in: scope)
        if algorithms.isEmpty, let header = options["header"]?.entries {
            algorithms = reading.strings(header["alg"], in: scope)
        }
        reading.addUse(
            action, call: call, key: key, in: place ?? scope,
            .init(
                algorithms: algorithms, issuer: options["issuer"].flatMap { reading.string($0, in: scope) },
                audience: options["audience"].flatMap { reading.string($0, in: scope) }), at: position)
        if action == .sign, let span = options["expiresIn"], !isRefresh(key) {
            reading.addDuration(
                .lifetime, seconds: Self.seconds(span, reading, scope), name: "expiresIn", at: span.position)
        }
        if action == .verify, let span = options["maxAge"] ?? options["maxTokenAge"] {
            reading.addDuration(
                .maximumLifetime, seconds: Self.seconds(span, reading, scope), name: "maxAge", at: span.position)
        }
    }

    /// A number is seconds, a text has its unit.
    static func seconds(_ expression: Expression, _ reading: FileReading, _ scope: Scope) -> Double? {
        if let text = reading.string(expression, in: scope) { return DurationNames.seconds(text) }
        return reading.number(expression, in: scope)
    }

    private func claims(_ payload: Expression, key: Expression) {
        guard let span = options(payload).last(where: { $0.key == "exp" }), !isRefresh(key),
            case .operation("+", let operands) = span.value.kind
        else { return }
        let numbers = operands.compactMap { reading.number($0, in: scope) }
        if numbers.count == operands.count - 1 {
            reading.addDuration(.lifetime, seconds: numbers.reduce(0, +), name: "exp", at: span.position)
        }
    }

    private func isRefresh(_ key: Expression) -> Bool {
        let words = (reading.words(in: key, scope: scope) + [scope.function?.name.lowercased() ?? ""])
        return words.contains { $0.contains("refresh") }
    }
}
