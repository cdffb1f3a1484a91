import Evidence

struct SwiftDialect: Dialect {
    let language = SourceFacts.Language.swift

    // MARK: reads

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        switch expression.kind {
        case .index(let object, let index):
            let holder = reading.meaning(of: object, in: scope).path ?? ""
            guard let name = reading.string(index, in: scope) else { return nil }
            if holder.hasSuffix("ProcessInfo.processInfo.environment") || holder == "processInfo.environment" {
                return VariableRead(names: [name], position: index.position, loader: "ProcessInfo.environment")
            }
            let last = holder.split(separator: ".").last?.lowercased() ?? ""
            guard ["environment", "env", "dotenv"].contains(last), EnvironmentHelper.isVariableName(name) else {
                return nil
            }
            return VariableRead(names: [name], position: index.position, loader: holder)
        case .member(let object, let name):
            // Vapor: `Environment.process.JWT_SECRET`; swift-dotenv: `Dotenv.jwtSecret`
            guard object.path == "Environment.process", EnvironmentHelper.isVariableName(name) else { return nil }
            return VariableRead(names: [name], position: expression.position, loader: "Environment.process")
        case .call(let callee, let arguments):
            return called(callee, arguments, in: scope, of: reading)
                ?? EnvironmentHelper.read(expression, in: scope, of: reading)
        default: return nil
        }
    }

    private static let environments: Set<String> = ["Environment", "environment", "env", "Dotenv", "dotenv"]

    private func called(
        _ callee: Expression, _ arguments: [Expression.Argument], in scope: Scope, of reading: FileReading
    ) -> VariableRead? {
        guard let name = callee.lastName, let first = arguments.first else { return nil }
        if callee.name == "getenv" || callee.path == "Foundation.getenv" || callee.path == "Glibc.getenv" {
            return reading.string(first.value, in: scope)
                .map { VariableRead(names: [$0], position: first.value.position, loader: "getenv") }
        }
        let holder = callee.object?.calledName ?? callee.object?.lastName ?? ""
        if name == "get" || name == "require" || name == "env",
            Self.environments.contains(holder) || callee.path == "Lambda.env"
        {
            guard let key = reading.string(first.value, in: scope) else { return nil }
            return VariableRead(
                names: [key], position: first.value.position, fallback: arguments.dropFirst().first?.value,
                isRequired: name == "require", loader: "\(holder).\(name)")
        }
        return configuration(name, first, arguments)
    }

    /// swift-configuration: `config.string(forKey: "jwt.secret", default: "x")` is `JWT_SECRET`.
    private func configuration(
        _ name: String, _ first: Expression.Argument, _ arguments: [Expression.Argument]
    ) -> VariableRead? {
        guard first.label == "forKey",
            ["string", "requiredString", "fetchString", "fetchRequiredString", "bytes"].contains(name),
            let key = first.value.text
        else { return nil }
        let words = key.split { $0 == "." || $0 == "-" }.map { part in
            SigningSecretName.words(of: String(part)).joined(separator: "_")
        }
        return VariableRead(
            names: [words.joined(separator: "_")], position: first.value.position,
            fallback: arguments.first { $0.label == "default" }?.value,
            isRequired: name.lowercased().contains("required"),
            loader: "swift-configuration")
    }

    // MARK: forms

    /// Made of what they are given: bytes, keys and texts.
    private static let makers: Set<String> = [
        "Data", "Array", "SymmetricKey", "HMACKey", "ByteBuffer", "String", "ContiguousArray", ".init", ".bytes",
        ".string",
    ]
    private static let properties: Set<String> = ["utf8", "bytes", "utf8CString", "rawValue"]
    private static let methods: Set<String> = [
        "data", "trimmingCharacters", "map", "flatMap", "withContiguousStorageIfAvailable",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        switch expression.kind {
        case .member(let object, let name): return Self.properties.contains(name) ? object : nil
        case .call(let callee, let arguments):
            if case .list = callee.kind, arguments.count == 1 {
                // `[UInt8](secret.utf8)`
                return arguments[0].value
            }
            guard let name = callee.lastName else { return nil }
            if Self.methods.contains(name), let object = expression.object { return object }
            guard Self.makers.contains(name), let first = arguments.first, arguments.count < 3,
                !["size", "pem", "repeating", "contentsOfFile", "contentsOf"].contains(first.label ?? "")
            else { return nil }
            return first.value
        default: return nil
        }
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return nil }
        let values = arguments.map(\.value)
        switch name {
        case "hash" where arguments.first?.label == "data": return ("\(expression.root ?? "").hash", values)
        case "deriveKey", "extract", "expand": return ("HKDF", values)
        case "UUID" where arguments.isEmpty: return ("a random value", [])
        case "SymmetricKey" where arguments.first?.label == "size": return ("a random key", [])
        default: return nil
        }
    }

    private static let pairs: Set<String> = ["rs256", "rs384", "rs512", "es256", "es384", "es512", "ps256", "eddsa"]

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        guard case .call(let callee, let arguments) = expression.kind, let name = callee.lastName else { return false }
        if ["pem", "jwks", "rsa", "ecdsa", "eddsa"].contains(arguments.first?.label ?? "") { return true }
        return Self.pairs.contains(name.drop { $0 == "." }.lowercased()) || expression.root?.hasSuffix("RSA") ?? false
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        SwiftTokenUses(call: expression, scope: scope, reading: reading).tell()
        guard case .call(let callee, let arguments) = expression.kind else { return }
        for argument in arguments where argument.label != nil && reading.isAboutTokens {
            guard let label = argument.label, ["exp", "expiration", "expiresAt", "expiresIn"].contains(label) else {
                continue
            }
            Lifetimes.tell("exp", argument.value, at: argument.position, in: scope, of: reading)
        }
        if callee.path == "SecretManager.load" {
            let key = KeyExpression([.loader("SecretManager.load()", expression.position)])
            reading.facts.reads.append(
                SecretRead(key, bound: "SecretManager", loader: "SecretManager.load", at: expression.position))
        }
        if callee.path == "Environment.detect" {
            reading.facts.environmentReads.append(
                EnvironmentRead("VAPOR_ENV", fallback: "development", at: expression.position))
        }
    }

    func visit(
        binding name: String, to value: Expression, at position: SourcePosition, in scope: Scope,
        of reading: FileReading
    ) {
        Lifetimes.tell(name, value, at: position, in: scope, of: reading)
        if name.contains(".") { reading.widen(name, value, in: scope) }
        // ArgumentParser: the option is what somebody types, and its default what serves else.
        guard case .call(let callee, let arguments) = value.kind, callee.name == "@Option",
            SigningSecretName.isOfInterest(name)
        else { return }
        let written = arguments.first { $0.label == "=" }?.value
        let rest = written.flatMap { reading.follow($0, in: scope)?.expression.alternatives } ?? []
        let flag = "--" + SigningSecretName.words(of: name).map { $0.lowercased() }.joined(separator: "-")
        let option = KeyExpression.Alternative.loader(flag, position)
        var bound = name
        if case .type(let type)? = scope.type?.kind { bound = type.name + "." + name }
        reading.tell(
            Followed(expression: KeyExpression([option] + rest), loader: "ArgumentParser"), as: bound, word: name,
            at: position)
    }
}

extension FileReading {
    /// Whether the file works with a token library, so that an `exp` in it is a token's.
    fileprivate var isAboutTokens: Bool {
        imports(oneOf: ["JWTKit", "JWT", "Vapor", "VaporJWT", "SwiftJWT"])
            || facts.uses.contains { $0.call.hasPrefix("keys.") || $0.call.contains("hs") }
    }
}
