import Secrets
import Testing
import Tokens

/// The examples of RFC 8037, appendix A: short enough to stand here.
@Suite("Ed25519 (RFC 8037)")
struct EdDSATests {
    static let jwk = #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#
    static let ring = """
        {"keys":[{"kid":"rfc8037","alg":"EdDSA","state":"current","kty":"OKP","crv":"Ed25519",\
        "d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
        """
    static let token = """
        eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
        hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg
        """

    @Test("A.3: the thumbprint, by which a key without kid is named")
    func thumbprint() throws {
        #expect(
            try JWKSet(Array(Self.jwk.utf8)).keys.map(\.id) == [KeyID("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")])
    }

    @Test("A.4 and A.5: signed to the very text, and verified; not when it is changed")
    func signature() throws {
        let key = try #require(
            try RingDocument(
                StoredSecret(current: SecretBytes(utf8: Self.ring)), algorithm: .hs256, environment: .production,
                label: "RFC 8037"
            ).keys.first)
        let payload = Array("Example of Ed25519 signing".utf8)
        let header = Base64URL.encodeBytes(Array(#"{"alg":"EdDSA"}"#.utf8))
        #expect(try CompactJWS.sign(payload, header: header, key: key) == Self.token)

        let keys = PreparedKeys(keys: try JWKSet(Array(Self.jwk.utf8)).keys)
        #expect(try CompactJWS.verify(Self.token, keys: keys, now: 0).payload == payload)
        for character in ["A", "Q"] {
            let changed = Self.token.dropLast() + character
            #expect(throws: TokenError.self) { try CompactJWS.verify(String(changed), keys: keys, now: 0) }
        }
    }
}
