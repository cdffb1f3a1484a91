enum SigningSecretNames {
    enum Purpose: Sendable { case signing, ambiguous, other }
    static func purpose(of name: String) -> Purpose {
        let n = name.uppercased()
        return n.contains("JWT") && n.contains("SECRET") ? .signing : n == "SECRET_KEY" ? .ambiguous : .other
    }
}
