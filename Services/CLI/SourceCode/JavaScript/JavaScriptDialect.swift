import Evidence

struct JavaScriptDialect: Dialect {
    let language: SourceFacts.Language

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        JavaScriptVariables(scope: scope, reading: reading).read(expression)
    }

    /// A class that is validated against `process.env`, as NestJS documents it: `class EnvironmentVariables`.
    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard type.name.lowercased().contains("env"), PythonVariables.isVariable(name),
            let binding = scope.bindings[name]?.first
        else { return nil }
        return VariableRead(
            names: [name], position: binding.position, fallback: binding.value, isRequired: binding.value == nil,
            loader: "validated environment")
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        JavaScriptTokenCalls(scope: scope, reading: reading).visit(expression)
        JavaScriptFrameworks(scope: scope, reading: reading).visit(expression)
        EnvironmentSchema(scope: scope, reading: reading).visit(expression)
        if let entries = expression.entries {
            CloudKit.visit(entries.map { ($0.key, $0.value) }, in: scope, of: reading)
        }
    }

    func visit(_ type: TypeDeclaration, in scope: Scope, of reading: FileReading) {}

    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading
    ) {
        JavaScriptFrameworks(scope: scope, reading: reading).visit(binding: name, to: value)
        ModuleManifest.visit(binding: name, to: value, of: reading)
        guard let (kind, unit) = DurationNames.kind(of: name) else { return }
        let seconds =
            unit.flatMap { unit in reading.number(value, in: scope).map { $0 * unit } }
            ?? reading.string(value, in: scope).flatMap(DurationNames.seconds)
        reading.addDuration(kind, seconds: seconds, name: name, at: position)
    }

    // MARK: keys

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        guard case .call(let callee, let arguments) = expression.kind, let first = arguments.first?.value else {
            // `x.trim()`, `x.toString()`
            if case .call(let callee, _) = expression.kind, case .member(let object, let member) = callee.kind,
                ["trim", "toString", "valueOf"].contains(member), !Self.isMade(object, in: scope, of: reading)
            {
                return object
            }
            return nil
        }
        if let setting = setting(callee, arguments, at: expression.position) { return setting }
        // Cheap first: this is asked of every call of the file.
        switch callee.kind {
        case .name(let name): guard name == "String" || scope.holder(of: name)?.imports[name] != nil else { return nil }
        case .member(_, let member): guard Self.handsOn.contains(member) else { return nil }
        default: return nil
        }
        guard let name = reading.canonical(callee, in: scope) else { return nil }
        switch name {
        case "String", "Promise.resolve", "Uint8Array.from", "Object.freeze": return first
        case "Buffer.from", "buffer.Buffer.from", "node:buffer.Buffer.from":
            let encoding = arguments.value(nil, at: 1)
            return encoding == nil || encoding?.text.map(Self.isPlain) == true ? first : nil
        case "TextEncoder().encode", "util.TextEncoder().encode": return first
        case "crypto.createSecretKey", "node:crypto.createSecretKey", "createSecretKey": return first
        case "crypto.subtle.importKey", "subtle.importKey", "globalThis.crypto.subtle.importKey":
            return first.text == "raw" ? arguments.value(nil, at: 1) : nil
        default:
            if name.hasSuffix(".toString"), first.text.map(Self.isPlain) == true,
                case .member(let object, _) = callee.kind
            {
                return object
            }
            return nil
        }
    }

    private static let handsOn: Set<String> = [
        "resolve", "from", "freeze", "encode", "createSecretKey", "importKey", "toString",
    ]

    private static func isPlain(_ encoding: String) -> Bool {
        ["utf8", "utf-8", "ascii", "latin1", "binary"].contains(encoding.lowercased())
    }

    private static func isMade(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        guard let name = reading.canonical(expression, in: scope) else { return false }
        return randomness.contains { name.contains($0) } || name.contains("createHash")
    }

    /// `config.get('jwt.secret')` and `configService.get('jwt.secret', 'x')`: the setting goes by its path.
    private func setting(
        _ callee: Expression, _ arguments: [Expression.Argument], at position: SourcePosition
    ) -> Expression? {
        guard case .member(let object, let member) = callee.kind, ["get", "getOrThrow", "has"].contains(member),
            object.path?.lowercased().contains("config") == true, let path = arguments.first?.value.text,
            !PythonVariables.isVariable(path)
        else { return nil }
        let parts = path.split(separator: ".").map(String.init)
        guard let first = parts.first else { return nil }
        let value = parts.dropFirst().reduce(Expression(.name(first), at: position)) { object, part in
            Expression(.member(object, part), at: position)
        }
        guard let fallback = arguments.value(nil, at: 1), fallback.entries == nil else { return value }
        return Expression(.either([value, fallback], emptyCounts: false), at: position)
    }

    private static let randomness = ["randomBytes", "randomUUID", "nanoid", "uuid", "Math.random", "getRandomValues"]

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = reading.canonical(callee, in: scope)
        else {
            return nil
        }
        if Self.randomness.contains(where: { name.contains($0) }) { return ("a random value", []) }
        let values = arguments.map(\.value)
        switch name.split(separator: ".").last.map(String.init) ?? name {
        case "digest" where name.contains("createHash()") || name.contains("createHmac()"):
            return (name.contains("createHash()") ? "a hash" : "hmac", Self.inputs(of: callee))
        case "scryptSync", "pbkdf2Sync", "hkdfSync", "scrypt", "pbkdf2":
            return ("a derived key", Array(values.prefix(2)))
        case "sha256", "sha512", "md5", "SHA256": return ("a hash", values)
        case "from" where name.hasSuffix("Buffer.from"):
            guard let encoding = arguments.value(nil, at: 1)?.text?.lowercased() else { return nil }
            return (encoding.hasPrefix("base64") ? "base64" : encoding, Array(values.prefix(1)))
        case "atob": return ("base64", values)
        case "decode" where name.contains("base64"): return ("base64", Array(values.prefix(1)))
        case "replace", "replaceAll", "concat", "repeat", "padEnd", "toLowerCase", "toUpperCase", "slice", "substring":
            guard case .member(let object, _) = callee.kind else { return nil }
            return ("a text", [object] + values)
        default: return nil
        }
    }

    /// What goes into `createHash(…).update(a).update(b).digest()`.
    private static func inputs(of callee: Expression) -> [Expression] {
        var inputs: [Expression] = []
        var object: Expression? = callee
        while let here = object {
            switch here.kind {
            case .member(let inner, _): object = inner
            case .call(let inner, let arguments):
                if case .member(_, "update") = inner.kind { inputs += arguments.prefix(1).map(\.value) }
                object = inner
            default: object = nil
            }
        }
        return inputs.reversed()
    }

    private static let keyMakers: Set<String> = [
        "importSPKI", "importPKCS8", "importX509", "createRemoteJWKSet", "createLocalJWKSet", "createPublicKey",
        "createPrivateKey", "jwksClient", "JwksClient", "passportJwtSecret", "expressJwtSecret", "koaJwtSecret",
        "generateKeyPair", "generateKeyPairSync", "getPublicKey", "getSigningKey", "publicKey", "rsaPublicKey",
        "jwks-rsa", "buildGetJwks",
    ]

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        switch expression.kind {
        case .text(let text): return text.hasPrefix("-----BEGIN")
        case .template(let parts):
            if case .text(let text)? = parts.first { return text.hasPrefix("-----BEGIN") }
            return false
        case .call(let callee, let arguments):
            let last: String
            switch callee.kind {
            case .name(let name): last = scope.holder(of: name)?.imports[name]?.original ?? name
            case .member(_, let member): last = member
            default: return false
            }
            if last.hasPrefix("readFile") { return arguments.contains { Self.hasKeyFile($0.value, depth: 0) } }
            if Self.keyMakers.contains(last) { return true }
            guard case .name = callee.kind else { return false }
            return reading.canonical(callee, in: scope) == "jwks-rsa"
        case .member(let object, let member):
            return ["publicKey", "rsaPublicKey"].contains(member)
                && reading.canonical(object, in: scope)?.contains("ey") == true
                && object.path?.contains("env") != true && object.path?.lowercased().contains("config") != true
        default: return false
        }
    }

    private static func hasKeyFile(_ expression: Expression, depth: Int) -> Bool {
        if let text = expression.text {
            return [".pem", ".pub", ".key", ".crt", ".cer"].contains { text.hasSuffix($0) }
        }
        if case .template(let parts) = expression.kind, case .text(let text)? = parts.last {
            return [".pem", ".pub", ".key", ".crt"].contains { text.hasSuffix($0) }
        }
        return depth < 6 && expression.children.contains { hasKeyFile($0, depth: depth + 1) }
    }
}
