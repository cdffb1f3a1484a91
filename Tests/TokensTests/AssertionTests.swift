import Crypto
import Secrets
import Testing
import Tokens

@Suite("Gateway assertions")
struct AssertionTests {
    let gateway = GatewayAssertion(internalToken: SecretBytes(utf8: "an internal token of some length"))
    let upstream = GatewayAssertion(internalToken: SecretBytes(utf8: "an internal token of some length"))

    func code(
        _ assertion: String, audience: String = "plant", clientToken: String? = "t", at time: Int64 = now
    ) -> String {
        do {
            _ = try upstream.verify(assertion, audience: audience, clientToken: clientToken, now: time)
            return "valid"
        } catch { return error.code }
    }

    @Test("what the gateway says comes back at the upstream")
    func roundTrip() throws {
        let assertion = gateway.issue(
            audience: "plant", clientToken: "a.b.c", method: "DELETE", path: "/api/v1/customers/1", now: now)
        let claims = try upstream.verify(assertion, audience: "plant", clientToken: "a.b.c", now: now)
        #expect(claims.audience == "plant")
        #expect(claims.method == "DELETE")
        #expect(claims.path == "/api/v1/customers/1")
        #expect(claims.tokenHash == Base64URL.encode(SHA256.hash(data: Array("a.b.c".utf8))))
        #expect(claims.issuedAt == now)
        #expect(claims.expiresAt == now + 30)
    }

    @Test("a request without a token has an assertion without a hash")
    func noToken() throws {
        let assertion = gateway.issue(audience: "plant", clientToken: nil, method: nil, path: nil, now: now)
        let claims = try upstream.verify(assertion, audience: "plant", clientToken: nil, now: now)
        #expect(claims.tokenHash == nil)
        #expect(claims.method == nil)
        #expect(claims.path == nil)
    }

    @Test("an assertion for one token covers no other, nor none")
    func boundToToken() {
        let with = gateway.issue(audience: "plant", clientToken: "t", method: nil, path: nil, now: now)
        let without = gateway.issue(audience: "plant", clientToken: nil, method: nil, path: nil, now: now)
        #expect(code(with) == "valid")
        #expect(code(with, clientToken: "other") == "malformed_token")
        #expect(code(with, clientToken: nil) == "malformed_token")
        #expect(code(without, clientToken: "t") == "malformed_token")
    }

    @Test("an assertion for one upstream is none for another")
    func audience() {
        let assertion = gateway.issue(audience: "plant", clientToken: "t", method: nil, path: nil, now: now)
        #expect(code(assertion, audience: "portal") == "wrong_audience")
    }

    @Test(
        "30 seconds of life, 5 of leeway",
        arguments: [
            (-5, "valid"), (-6, "not_yet_valid"), (34, "valid"), (35, "expired"),
        ])
    func lifetime(_ offset: Int64, _ expected: String) {
        let assertion = gateway.issue(audience: "plant", clientToken: "t", method: nil, path: nil, now: now)
        #expect(code(assertion, at: now + offset) == expected)
    }

    @Test("another internal token makes another key, by name already")
    func otherToken() {
        let stranger = GatewayAssertion(internalToken: SecretBytes(utf8: "another internal token, as long"))
        let assertion = stranger.issue(audience: "plant", clientToken: "t", method: nil, path: nil, now: now)
        #expect(code(assertion) == "unknown_key")
    }

    @Test("the internal token itself, used as the key, signs nothing: the key is derived from it")
    func notTheRawToken() throws {
        let raw = RingKey(
            id: KeyID("x"), algorithm: .hs256, secret: SecretBytes(utf8: "an internal token of some length"),
            state: .current)
        let honest = gateway.issue(audience: "plant", clientToken: "t", method: nil, path: nil, now: now)
        let parts = honest.split(separator: ".").map(String.init)
        #expect(code(Mint.signed(parts[0], parts[1], by: raw)) == "bad_signature")
    }

    @Test("the derived key is HKDF-SHA256 with its own info")
    func derivation() throws {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array("an internal token of some length".utf8)),
            info: Array("lockstep/gateway-assertion/v1".utf8), outputByteCount: 32)
        let key = RingKey(
            id: KeyID("x"), algorithm: .hs256, secret: derived.withUnsafeBytes { SecretBytes(Array($0)) },
            state: .current)
        let honest = gateway.issue(audience: "plant", clientToken: "t", method: nil, path: nil, now: now)
        let parts = honest.split(separator: ".").map(String.init)
        #expect(Mint.signed(parts[0], parts[1], by: key) == honest)
        // And with that key in hand, the rules on claims can be tried one by one.
        func sent(_ payload: String) -> String { code(Mint.signed(parts[0], Mint.encode(payload), by: key)) }
        let hash = Base64URL.encode(SHA256.hash(data: Array("t".utf8)))
        func claims(_ text: String) -> String { #"{"token_hash":"\#(hash)",\#(text)}"# }
        #expect(sent(claims(#""iss":"lockstep-gateway","aud":"plant","iat":1800000000,"exp":1800000030"#)) == "valid")
        #expect(
            sent(claims(#""iss":"lockstep-gateway","aud":"plant","iat":1800000000,"exp":1800000031"#))
                == "malformed_token")
        #expect(sent(claims(#""iss":"lockstep-gateway","aud":"plant","iat":1800000000"#)) == "malformed_token")
        #expect(sent(claims(#""iss":"lockstep-gateway","aud":"plant","exp":1800000030"#)) == "malformed_token")
        #expect(sent(claims(#""iss":"x","aud":"plant","iat":1800000000,"exp":1800000030"#)) == "wrong_issuer")
        #expect(sent(claims(#""aud":"plant","iat":1800000000,"exp":1800000030"#)) == "wrong_issuer")
        #expect(
            sent(claims(#""iss":"lockstep-gateway","aud":["plant"],"iat":1800000000,"exp":1800000030"#))
                == "wrong_audience")
        #expect(sent(claims(#""iss":"lockstep-gateway","iat":1800000000,"exp":1800000030"#)) == "wrong_audience")
    }
}
