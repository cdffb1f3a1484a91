import Secrets
import Testing

@Suite("Key ids")
struct KeyIDTests {
    /// Made with Python's `hmac`: base64url(HMAC-SHA256(key, "lockstep/kid/v1"))[:16].
    @Test(
        "the derived kid is the documented HMAC, known answers",
        arguments: [
            (SecretBytes(utf8: String(repeating: "k", count: 32)), "N9EDcxt6XHST61FI"),
            (SecretBytes(utf8: "0123456789abcdef0123456789abcdef"), "GvyT--a-ZkxgVSDo"),
            (SecretBytes(Array(0..<64)), "c_5t88gH1jxJf7AB"),
        ])
    func knownAnswers(secret: SecretBytes, expected: String) {
        #expect(KeyID.derived(from: secret) == KeyID(expected))
        #expect(!KeyID.derived(from: secret).isDevelopmentFallback)
    }

    @Test("the development fallback's kid says so by its name")
    func developmentFallback() {
        let id = KeyID.derived(from: DevelopmentFallback.secret)
        #expect(id == KeyID("dev-aZaTk6Gb83uIQYsN"))
        #expect(id.isDevelopmentFallback)
    }

    @Test("the development fallback is long enough for each algorithm", arguments: KeyAlgorithm.symmetric)
    func fallbackLength(algorithm: KeyAlgorithm) {
        #expect(DevelopmentFallback.secret.count >= algorithm.minimumKeyBytes)
    }
}
