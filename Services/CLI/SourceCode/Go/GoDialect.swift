import Evidence

struct GoDialect: Dialect {
    let language = SourceFacts.Language.go
    private let settings: GoSettings

    init(_ settings: GoSettings) { self.settings = settings }

    // MARK: reads

    private static let lookups: Set<String> = ["os.Getenv", "os.LookupEnv", "syscall.Getenv"]

    func variable(_ expression: Expression, in scope: Scope, of reading: FileReading) -> VariableRead? {
        guard case .call(let callee, let arguments) = expression.kind, let first = arguments.first?.value else {
            return nil
        }
        if callee.name == "tag" { return GoTags.read(expression, in: scope, of: reading, settings) }
        if let path = callee.path, Self.lookups.contains(path) {
            guard let name = reading.string(first, in: scope) else { return nil }
            return VariableRead(
                names: [name], position: first.position, emptyCounts: path != "os.LookupEnv", loader: path)
        }
        return settings.read(expression, in: scope, of: reading) ?? GoFlags.read(expression, in: scope, of: reading)
            ?? EnvironmentHelper.read(expression, in: scope, of: reading)
    }

    // MARK: forms

    private static let conversions: Set<String> = ["[]byte", "string", "[]rune"]
    private static let keeping: Set<String> = [
        "strings.TrimSpace", "strings.Trim", "strings.TrimSuffix", "strings.TrimRight", "strings.TrimPrefix",
        "bytes.TrimSpace", "hex.DecodeString", "jwk.FromRaw", "jwk.Import", "jwk.New", "bytes.NewBufferString",
        "cmp.Or",
        "strings.Clone",
    ]

    func same(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Expression? {
        switch expression.kind {
        case .call(let callee, let arguments):
            if let path = callee.path {
                if Self.conversions.contains(path) { return arguments.first?.value }
                if path == "cmp.Or", arguments.count > 1 {
                    return Expression(.either(arguments.map(\.value), emptyCounts: true), at: expression.position)
                }
                if Self.keeping.contains(path) { return arguments.first?.value }
            }
            guard let name = callee.lastName else { return nil }
            if name == "DecodeString" { return arguments.first?.value }
            if ["Bytes", "String"].contains(name), arguments.isEmpty, let object = expression.object { return object }
            return nil
        // `*secret`, where a flag is kept by its address
        case .operation("*", let operands) where operands.count == 1: return operands[0]
        default: return nil
        }
    }

    func computation(
        _ expression: Expression, in scope: Scope, of reading: FileReading
    ) -> (how: String, from: [Expression])? {
        guard case .call(let callee, let arguments) = expression.kind else { return nil }
        let values = arguments.map(\.value)
        guard let path = callee.path, let last = path.split(separator: ".").last else {
            // `sha256.New().Sum(…)`, and a slice of a sum
            return nil
        }
        switch expression.root {
        case "sha256", "sha512", "sha1", "md5", "blake2b": return last.hasPrefix("Sum") ? (path, values) : nil
        case "pbkdf2", "scrypt", "argon2", "hkdf": return (path, values)
        case "rand" where last == "Text", "uuid" where last.hasPrefix("New"): return (path, [])
        case "fmt" where last == "Sprintf" || last == "Sprint": return ("a text", values)
        case "base64", "hex": return last == "EncodeToString" ? (path, values) : nil
        default: return last == "EncodeToString" ? ("base64", values) : nil
        }
    }

    private static let pairs: Set<String> = [
        "ParseRSAPrivateKeyFromPEM", "ParseRSAPublicKeyFromPEM", "ParseECPrivateKeyFromPEM", "ParseECPublicKeyFromPEM",
        "ParseEdPrivateKeyFromPEM", "ParseEdPublicKeyFromPEM", "ParsePKCS1PrivateKey", "ParsePKCS8PrivateKey",
        "ParsePKIXPublicKey", "GenerateKey", "Keyfunc", "KeyfuncCtx", "ParseCertificate", "NewCachedSet",
        "NewRemoteKeySet", "WithKeySet", "WithKeyProvider",
    ]

    func isAsymmetric(_ expression: Expression, in scope: Scope, of reading: FileReading) -> Bool {
        switch expression.kind {
        case .call(let callee, _):
            guard let name = callee.lastName else { return false }
            return Self.pairs.contains(name) || callee.path == "jwk.Fetch"
        case .member(_, let name): return name == "Keyfunc"
        default: return false
        }
    }

    func visit(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        GoTokenUses(call: expression, scope: scope, reading: reading, hasJose: settings.hasJose).tell()
        tellMembers(expression, in: scope, of: reading)
    }

    /// `Config{Secret: os.Getenv(…)}`, wherever it stands.
    private func tellMembers(_ expression: Expression, in scope: Scope, of reading: FileReading) {
        guard case .call(let callee, let arguments) = expression.kind, let members = arguments.members,
            let type = callee.lastName, type.first?.isUppercase == true
        else { return }
        reading.tellEntries(members, of: type, in: scope, depth: 0)
        for member in members {
            guard let key = member.key else { continue }
            Lifetimes.tell(key, member.value, at: member.position, in: scope, of: reading)
            reading.widen(type + "." + key, member.value, in: scope)
        }
    }
}
