import Evidence

/// Frameworks that are given their key once: NestJS's `JwtModule`, Passport, express-jwt, koa-jwt, Hono, Fastify, Hapi,
/// Elysia, NextAuth.
struct JavaScriptFrameworks {
    let scope: Scope
    let reading: FileReading

    func visit(_ expression: Expression) {
        guard case .call(let callee, let arguments) = expression.kind else { return }
        let position = expression.position
        if let path = callee.path {
            switch path {
            case "JwtModule.register", "JwtModule.forRoot", "JwtModule.registerAsync", "JwtModule.forRootAsync":
                module(arguments.first?.value, at: position)
                return
            case "registerAs": namespace(arguments)
            case "convict": convict(arguments.first?.value.entries ?? [], path: "", depth: 0)
            case "super": if extendsStrategy { strategy(arguments, at: position) }
            default: break
            }
            if path.hasSuffix(".addEnvironment"), arguments.count > 1 {
                let entry = Expression.Entry(
                    key: arguments[0].value.text, value: arguments[1].value, position: arguments[0].position)
                let environment = Expression(.object([entry]), at: position)
                CloudKit.visit([("environment", environment)], in: scope, of: reading)
            }
            if path.hasSuffix(".register"), let plugin = arguments.first?.value {
                fastify(plugin, arguments, at: position)
            }
            if path.hasSuffix(".auth.strategy"), arguments.value(nil, at: 1)?.text == "jwt" {
                let options = options(arguments.value(nil, at: 2))
                if let key = options.entries["keys"] ?? options.entries["key"] {
                    reading.addUse(.verify, call: "auth.strategy", key: key, in: scope, at: position)
                }
            }
        }
        guard let name = reading.canonical(callee, in: scope) else { return }
        middleware(name, arguments, at: position)
    }

    private func middleware(_ name: String, _ arguments: [Expression.Argument], at position: SourcePosition) {
        switch name {
        case "express-jwt", "express-jwt.expressjwt", "express-jwt.expressJwt", "express-jwt.jwt", "koa-jwt",
            "hono/jwt.jwt",
            "express-jwt.default", "expressJwt", "expressjwt":
            uses(
                [.verify], name.split(separator: ".").first.map(String.init) ?? name, arguments.first?.value,
                at: position)
        case "@elysiajs/jwt.jwt", "@elysiajs/jwt":
            uses([.sign, .verify], "@elysiajs/jwt", arguments.first?.value, at: position)
        case "passport-jwt.Strategy": strategy(arguments, at: position)
        case "next-auth", "next-auth.NextAuth", "NextAuth", "next-auth/next.default":
            guard let options = arguments.last?.value else { return }
            nextAuth(options, at: position)
        case "next-auth/jwt.getToken":
            guard let key = options(arguments.first?.value).entries["secret"] else { return }
            reading.addUse(.verify, call: "getToken", key: key, in: scope, at: position)
        case "JwtStrategy": if arguments.count > 1 { strategy(arguments, at: position) }
        case "jose.createRemoteJWKSet", "jwks-rsa":
            let options = options(arguments.last?.value).entries
            if let span = options["cacheMaxAge"] {
                reading.addDuration(
                    .cache, seconds: reading.number(span, in: scope).map { $0 / 1000 }, name: "cacheMaxAge",
                    at: span.position)
            }
        default: break
        }
    }

    func visit(binding name: String, to value: Expression) {
        guard let entries = value.entries, entries["providers"] != nil, name.lowercased().contains("auth"),
            reading.root.imports.values.contains(where: { $0.module.hasPrefix("next-auth") })
        else { return }
        nextAuth(value, at: value.position)
    }

    // MARK: NestJS

    private func module(_ argument: Expression?, at position: SourcePosition) {
        let direct = options(argument)
        if let factory = direct.entries["useFactory"], case .function(let function) = factory.kind,
            let inner = reading.scope(of: function)
        {
            for value in FileReading.returns(of: function.body) {
                let found = JavaScriptFrameworks(scope: inner, reading: reading).options(value)
                module(found.entries, in: inner, at: position)
            }
            return
        }
        module(direct.entries, in: direct.scope, at: position)
    }

    private func module(_ entries: [Expression.Entry], in scope: Scope, at position: SourcePosition) {
        let signing = entries["secret"] ?? entries["secretOrPrivateKey"] ?? entries["privateKey"]
        let verifying = entries["secret"] ?? entries["publicKey"] ?? signing
        let inner = JavaScriptFrameworks(scope: scope, reading: reading)
        let sign = inner.options(entries["signOptions"]).entries
        let verify = inner.options(entries["verifyOptions"]).entries
        if let signing {
            reading.addUse(.sign, call: "JwtModule", key: signing, in: scope, inner.details(sign), at: position)
        }
        if let verifying {
            reading.addUse(
                .verify, call: "JwtModule", key: verifying, in: scope, inner.details(verify.isEmpty ? sign : verify),
                at: position)
        }
        if let span = sign["expiresIn"] {
            reading.addDuration(
                .lifetime, seconds: JavaScriptTokenCalls.seconds(span, reading, scope), name: "expiresIn",
                at: span.position)
        }
    }

    /// `registerAs('jwt', () => ({ secret: … }))`: `config.get('jwt.secret')`.
    private func namespace(_ arguments: [Expression.Argument]) {
        guard arguments.count == 2, let name = arguments[0].value.text,
            case .function(let function) = arguments[1].value.kind, let inner = reading.scope(of: function)
        else { return }
        for value in FileReading.returns(of: function.body) {
            if let entries = value.entries { reading.tellEntries(entries, of: name, in: inner, depth: 0) }
        }
    }

    /// convict: `{ jwt: { secret: { env: 'JWT_SECRET', default: 'x' } } }`, read as `config.get('jwt.secret')`.
    private func convict(_ entries: [Expression.Entry], path: String, depth: Int) {
        guard depth < 8 else { return }
        for entry in entries {
            guard let key = entry.key, let inner = entry.value.entries else { continue }
            let path = path.isEmpty ? key : path + "." + key
            guard let variable = inner["env"], let name = reading.string(variable, in: scope) else {
                convict(inner, path: path, depth: depth + 1)
                continue
            }
            let read = VariableRead(
                names: [name], position: variable.position, fallback: inner["default"], loader: "convict")
            guard let followed = reading.follow(read, in: scope) else { continue }
            reading.tell(followed, as: path, word: path, at: variable.position)
        }
    }

    // MARK: Passport

    private var extendsStrategy: Bool {
        guard case .type(let type)? = scope.type?.kind else { return false }
        return type.bases.contains { base in
            if case .call(let callee, _) = base.kind { return callee.path == "PassportStrategy" }
            return base.path?.hasSuffix("Strategy") == true
        }
    }

    private func strategy(_ arguments: [Expression.Argument], at position: SourcePosition) {
        let found = options(arguments.first?.value)
        guard let key = found.entries["secretOrKey"] ?? found.entries["secretOrKeyProvider"] else { return }
        let json = options(found.entries["jsonWebTokenOptions"]).entries
        var details = details(found.entries)
        if details.issuer == nil { details.issuer = json["issuer"].flatMap { reading.string($0, in: scope) } }
        reading.addUse(.verify, call: "passport-jwt", key: key, in: found.scope, details, at: position)
    }

    // MARK: Fastify and NextAuth

    private func fastify(
        _ plugin: Expression, _ arguments: [Expression.Argument], at position: SourcePosition
    ) {
        guard let name = reading.canonical(plugin, in: scope),
            name.hasPrefix("@fastify/jwt") || name.hasPrefix("fastify-jwt")
        else { return }
        uses([.sign, .verify], "@fastify/jwt", arguments.value(nil, at: 1), at: position)
    }

    /// Auth.js takes `AUTH_SECRET`, else `NEXTAUTH_SECRET`, where the options name no secret.
    private func nextAuth(_ options: Expression, at position: SourcePosition) {
        let found = self.options(options)
        if let key = found.entries["secret"] {
            guard !reading.facts.uses.contains(where: { $0.call == "NextAuth" }) else { return }
            for action in [TokenUse.Action.sign, .verify] {
                reading.addUse(action, call: "NextAuth", key: key, in: found.scope, at: position)
            }
        } else if found.entries["providers"] != nil, !reading.facts.uses.contains(where: { $0.call == "NextAuth" }) {
            let key = KeyExpression(
                [
                    .variable("AUTH_SECRET", emptyCounts: false, position),
                    .variable("NEXTAUTH_SECRET", emptyCounts: false, position),
                ], isRequired: true)
            reading.facts.reads.append(SecretRead(key, bound: "", loader: "next-auth", at: position))
            for action in [TokenUse.Action.sign, .verify] {
                reading.facts.uses.append(TokenUse(action, call: "NextAuth", key: key, keyName: "", at: position))
            }
        }
        let session = self.options(found.entries["session"]).entries
        if let span = session["maxAge"] {
            reading.addDuration(
                .lifetime, seconds: reading.number(span, in: scope), name: "session.maxAge", at: span.position)
        }
    }

    // MARK: options

    private func options(_ expression: Expression?) -> (entries: [Expression.Entry], scope: Scope) {
        guard let expression else { return ([], scope) }
        if let entries = expression.entries { return (entries, scope) }
        guard let name = expression.name, let holder = scope.holder(of: name), let bindings = holder.bindings[name],
            bindings.count == 1, let entries = bindings[0].value?.entries
        else { return ([], scope) }
        return (entries, holder)
    }

    private func details(_ entries: [Expression.Entry]) -> FileReading.UseDetails {
        FileReading.UseDetails(
            algorithms: reading.strings(entries["algorithms"] ?? entries["algorithm"] ?? entries["alg"], in: scope),
            issuer: entries["issuer"].flatMap { reading.string($0, in: scope) },
            audience: entries["audience"].flatMap { reading.string($0, in: scope) })
    }

    /// A plugin that takes `{ secret, … }`.
    private func uses(
        _ actions: [TokenUse.Action], _ call: String, _ argument: Expression?, at position: SourcePosition
    ) {
        let found = options(argument)
        guard let secret = found.entries["secret"] else { return }
        let pair = secret.entries
        for action in actions {
            let key = action == .sign ? pair?["private"] ?? secret : pair?["public"] ?? secret
            let own = options(found.entries[action == .sign ? "sign" : "verify"]).entries
            reading.addUse(
                action, call: call, key: key, in: found.scope, details(own.isEmpty ? found.entries : own), at: position)
            if action == .sign, let span = own["expiresIn"] {
                reading.addDuration(
                    .lifetime, seconds: JavaScriptTokenCalls.seconds(span, reading, scope), name: "expiresIn",
                    at: span.position)
            }
        }
    }
}
