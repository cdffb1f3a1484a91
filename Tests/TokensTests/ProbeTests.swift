import Secrets
import Testing
import Tokens

@Suite("Key probes")
struct ProbeTests {
    let next = Keys.key(6, state: .next)
    var ring: KeyRing { Keys.ring(next, Keys.current, environment: .staging) }

    @Test("a probe says who signed it, where, and with which key")
    func claims() throws {
        let probe = try KeyProbeToken.issue(kid: nil, ring: ring, issuer: "lockstep-platform", now: now)
        let claims = try KeyProbeToken.verify(probe.text, ring: ring, now: now)
        #expect(claims.issuer == "lockstep-platform")
        #expect(claims.environment == "staging")
        #expect(claims.keyID == Keys.current.id)
        #expect(claims.issuedAt == now)
        #expect(claims.expiresAt == now + 60)
        let payload = try #require(Base64URL.decode(String(probe.text.split(separator: ".")[1])))
        #expect(
            String(decoding: payload, as: UTF8.self)
                == #"{"iss":"lockstep-platform","aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"#
                + #""jti":"\#(probe.tokenID)","environment":"staging"}"#)
    }

    @Test("a next key can be probed by its name")
    func nextKey() throws {
        let probe = try KeyProbeToken.issue(kid: next.id, ring: ring, issuer: "p", now: now)
        #expect(probe.keyID == next.id)
        #expect(try KeyProbeToken.verify(probe.text, ring: ring, now: now).keyID == next.id)
        // A verifier that does not hold it yet says so.
        #expect(throws: TokenError.unknownKey(next.id)) {
            try KeyProbeToken.verify(probe.text, ring: Keys.ring, now: now)
        }
    }

    @Test("previous, revoked and unknown keys sign no probe", arguments: [KeyState.previous, .revoked])
    func otherStates(_ state: KeyState) {
        let key = Keys.key(8, state: state)
        #expect(throws: SecretError.self) {
            try KeyProbeToken.issue(kid: key.id, ring: Keys.ring(Keys.current, key), issuer: "p", now: now)
        }
        #expect(throws: SecretError.self) {
            try KeyProbeToken.issue(kid: KeyID("nobody"), ring: Keys.ring, issuer: "p", now: now)
        }
    }

    @Test("drift: the same kid over another secret is bad_signature, another kid unknown_key")
    func drift() throws {
        let probe = try KeyProbeToken.issue(kid: nil, ring: Keys.ring, issuer: "p", now: now)
        let sameName = Keys.ring(Keys.key(77, id: Keys.current.id.rawValue))
        #expect(throws: TokenError.badSignature(Keys.current.id)) {
            try KeyProbeToken.verify(probe.text, ring: sameName, now: now)
        }
        #expect(throws: TokenError.unknownKey(Keys.current.id)) {
            try KeyProbeToken.verify(probe.text, ring: Keys.ring(Keys.key(77)), now: now)
        }
    }

    @Test(
        "a probe lives for a minute, give or take the clocks",
        arguments: [(-60, true), (-61, false), (119, true), (120, false)])
    func lifetime(_ offset: Int64, _ passes: Bool) throws {
        let probe = try KeyProbeToken.issue(kid: nil, ring: Keys.ring, issuer: "p", now: now)
        #expect(((try? KeyProbeToken.verify(probe.text, ring: Keys.ring, now: now + offset)) != nil) == passes)
    }
}
