import Evidence

struct JavaDialect: Dialect {
    let language: SourceFacts.Language

    // MARK: reads

    private static let lookups: Set<String> = ["System.getenv", "System.getProperty", "dotenv.get"]

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        switch expression.kind {
        case .index(let object, let index):
            // Kotlin: `System.getenv()["X"]`, `dotenv["X"]`
            guard let spelled = object.calledName ?? object.lastName, spelled == "getenv" || spelled == "dotenv" else {
                return nil
            }
            return read(index, loader: spelled == "getenv" ? "System.getenv" : "dotenv", in: scope, of: reading)
        case .call(let callee, let arguments):
            if let name = callee.name, name.hasPrefix("@") {
                return SpringProperties.annotated(name, arguments, in: scope, of: reading)
            }
            return called(callee, arguments, in: scope, of: reading)
        default: return nil
        }
    }

    private func read(
        _ name: Expression, fallback: Expression? = nil, isRequired: Bool = false, loader: String, in scope: Scope,
        of reading: FileReading
    ) -> VariableRead? {
        guard let text = reading.string(name, in: scope) else { return nil }
        return VariableRead(
            names: [text], position: name.position, fallback: fallback, isRequired: isRequired, loader: loader)
    }

    private func called(
        _ callee: Expression, _ arguments: [Expression.Argument], in scope: Scope, of reading: FileReading
    ) -> VariableRead? {
        guard let name = callee.lastName, let first = arguments.first?.value else { return nil }
        let second = arguments.count > 1 ? arguments[1].value : nil
        if let path = callee.path, Self.lookups.contains(path) || name == "getenv" {
            if path == "System.getProperty" {
                guard let key = reading.string(first, in: scope), SigningSecretName.isOfInterest(key) else {
                    return nil
                }
                // A property is set by `-D` or a file, and by a variable only where the code asks for one too.
                return nil
            }
            let loader = path.hasSuffix("getenv") ? "System.getenv" : "dotenv"
            return read(first, fallback: second, loader: loader, in: scope, of: reading)
        }
        switch name {
        case "getOrDefault":
            guard case .member(let object, _) = callee.kind, object.calledName == "getenv" else { return nil }
            return read(first, fallback: second, loader: "System.getenv", in: scope, of: reading)
        case "get" where callee.object?.calledName == "getenv" || callee.object?.lastName == "dotenv":
            let loader = callee.object?.calledName == "getenv" ? "System.getenv" : "dotenv"
            return read(first, fallback: second, loader: loader, in: scope, of: reading)
        case "getProperty", "getRequiredProperty", "property", "propertyOrNull":
            guard let object = callee.object?.lastName?.lowercased(),
                object.contains("env") || object.contains("config") || object.contains("properties")
            else { return nil }
            return SpringProperties.property(
                first, fallback: second, isRequired: name == "getRequiredProperty" || name == "property",
                loader: name.hasPrefix("property") ? "Ktor settings" : "Environment", in: scope, of: reading)
        case "getString", "getValue", "getOptionalValue":
            guard let object = callee.object?.root?.lowercased(), object.contains("config") else { return nil }
            return SpringProperties.property(
                first, isRequired: name != "getOptionalValue", loader: "settings", in: scope, of: reading)
        default:
            return EnvironmentHelper.read(
                Expression(.call(callee, arguments), at: callee.position), in: scope, of: reading)
        }
    }

    func field(_ name: String, of type: TypeDeclaration, in scope: Scope, of reading: FileReading) -> VariableRead? {
        SpringProperties.field(name, of: type, in: scope)
    }

    // MARK: forms

    /// Calls that hand on what they are given.
    private static let keepingArguments: Set<String> = [
        "hmacShaKeyFor", "SecretKeySpec", "requireNonNull", "requireNonNullElse", "ofNullable", "of", "decode",
        "decodeBase64", "encodeToString", "HMAC256", "HMAC384", "HMAC512", "MACSigner", "MACVerifier", "ByteArray",
        "OctetSequenceKey", "withSecretKey", "ImmutableSecret", "decodeFromString", "checkNotNull", "requireNotNull",
    ]
    /// Calls that hand on what they are called on.
    private static let keepingObjects: Set<String> = [
        "getBytes", "toByteArray", "encodeToByteArray", "trim", "strip", "get", "orElseThrow", "getString", "toString",
        "build", "let", "also", "takeIf", "orEmpty", "takeUnless", "filter", "encodeUtf8", "map", "toCharArray",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        switch name {
        case "orElse", "orElseGet", "ifEmpty", "ifBlank", "requireNonNullElse", "defaultIfBlank", "defaultIfEmpty",
            "firstNonNull", "defaultString":
            return alternative(name, callee, arguments, at: expression.position)
        case "orElseThrow":
            guard let object = expression.object else { return nil }
            return Expression(
                .either([object, SyntaxExpressions.fault(at: expression.position)], emptyCounts: false),
                at: expression.position)
        case "requireNonNull", "checkNotNull", "requireNotNull":
            guard let first = arguments.first?.value else { return nil }
            return Expression(
                .either([first, SyntaxExpressions.fault(at: expression.position)], emptyCounts: false),
                at: expression.position)
        case "decode" where ["jwtDecoder", "decoder", "JWT"].contains(callee.object?.lastName ?? ""): return nil
        case "of" where !["Optional", "Keys"].contains(expression.root ?? ""): return nil
        case _ where Self.keepingArguments.contains(name): return arguments.first?.value
        case _ where Self.keepingObjects.contains(name):
            guard name != "get" || arguments.isEmpty, name != "toString" || arguments.isEmpty else { return nil }
            return expression.object
        default: return nil
        }
    }

    /// `Optional.ofNullable(a).orElse(b)`, `a.ifBlank { b }`, `Objects.requireNonNullElse(a, b)`
    private func alternative(
        _ name: String, _ callee: Expression, _ arguments: [Expression.Argument], at position: SourcePosition
    ) -> Expression? {
        let empty = ["ifEmpty", "ifBlank", "defaultIfBlank", "defaultIfEmpty"].contains(name)
        let both: [Expression?] =
            arguments.count == 2
            ? [arguments[0].value, arguments[1].value] : [callee.object, arguments.first?.value]
        guard let first = both[0], var second = both[1] else { return nil }
        // A closure that throws gives no value.
        if case .function(let function) = second.kind {
            second = FileReading.returns(of: function.body).first ?? SyntaxExpressions.fault(at: position)
        }
        return Expression(.either([first, second], emptyCounts: empty), at: position)
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        let values = arguments.map(\.value)
        switch name {
        case "digest", "sha256", "sha512", "sha256Hex", "sha512Hex", "md5Hex", "hashString", "generateSecret",
            "hashBytes", "encodeBase64String":
            return (name, values.isEmpty ? expression.object.map { [$0] } ?? [] : values)
        case "secretKeyFor", "randomUUID", "generateKey": return (name, [])
        case "key" where expression.chain.last?.calledName == nil && expression.root == "Jwts": return ("a new key", [])
        case "format" where expression.root == "String", "concat": return ("a text", values)
        default: return nil
        }
    }

    private static let pairs: Set<String> = [
        "withJwkSetUri", "withPublicKey", "withIssuerLocation", "generateKeyPair", "generatePublic", "generatePrivate",
        "RSASSASigner", "RSASSAVerifier", "ECDSASigner", "ECDSAVerifier", "RSA256", "RSA384", "RSA512", "ECDSA256",
        "ECDSA384", "ECDSA512", "jwkSetUri", "fromIssuerLocation", "fromOidcIssuerLocation", "getPublicKey",
        "JwkProviderBuilder", "RemoteJWKSet", "keyPairFor", "JWKSourceBuilder",
    ]

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        expression.calledName.map(Self.pairs.contains) ?? false
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        guard case .call = expression.kind else { return }
        JavaTokenUses(call: expression, scope: scope, reading: reading).tell()
        if let label = expression.calledName,
            ["setExpiration", "expiration", "withExpiresAt", "expirationTime", "expiresAt"].contains(label),
            let value = expression.arguments.first?.value
        {
            Lifetimes.tell(
                "expiresAt", reading.meaning(of: value, in: scope), at: expression.position, in: scope, of: reading)
        }
    }
}
