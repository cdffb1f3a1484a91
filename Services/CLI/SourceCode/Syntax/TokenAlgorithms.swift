import Evidence

/// The algorithms that an expression names, however its library spells them: `SigningMethodHS256`,
/// `SecurityAlgorithms.HmacSha256`, `Algorithm.HMAC256`, `.hs256`, `"HS256"`.
enum TokenAlgorithms {
    static func named(_ word: String) -> String? {
        guard word.count < 40 else { return nil }
        var name = word.uppercased().filter { $0 != "_" && $0 != "-" && $0 != "." }
        if name.hasPrefix("SIGNINGMETHOD") { name.removeFirst("SIGNINGMETHOD".count) }
        if name == "EDDSA" || name == "ED25519" { return "EdDSA" }
        if name.hasSuffix("SIGNATURE") { name.removeLast("SIGNATURE".count) }
        guard let size = ["256", "384", "512"].first(where: name.hasSuffix) else { return nil }
        switch name.dropLast(3) {
        case "HS", "HMAC", "HMACSHA": return "HS" + size
        case "RS", "RSA", "RSASHA": return "RS" + size
        case "ES", "ECDSA", "ECDSASHA": return "ES" + size
        case "PS", "RSASSAPSS", "RSASSAPSSSHA", "PSSSHA": return "PS" + size
        default: return nil
        }
    }

    /// Those named anywhere in these expressions, each once.
    static func named(in expressions: [Expression?], scope: Scope, of reading: FileReading) -> [String] {
        var found: [String] = []
        for expression in expressions.compactMap({ $0 }) {
            for part in expression.all() {
                let name: String?
                switch part.kind {
                case .text(let text): name = named(text)
                case .name(let word): name = named(word) ?? reading.string(part, in: scope).flatMap(named)
                case .member(_, let word): name = named(word)
                default: name = nil
                }
                if let name, !found.contains(name) { found.append(name) }
            }
        }
        return found
    }

    static func areAsymmetric(_ names: [String]) -> Bool { !names.isEmpty && !names.contains { $0.hasPrefix("HS") } }
}
