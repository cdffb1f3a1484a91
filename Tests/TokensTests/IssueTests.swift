import Foundation
import Secrets
import Testing
import Tokens

@Suite("Issuing access tokens")
struct IssueTests {
    let issuer = TokenIssuer(
        issuer: "lockstep-platform", audience: "lockstep", lifetime: 900,
        randomness: Randomness { 0x0102_0304_0506_0708 })
    let claims = AccessClaims(
        subject: "u-1", email: "ada@example.org", roles: ["admin", "viewer"], sessionID: "s-1", customerID: "c-9",
        scope: "read write", tokenVersion: 3)

    func part(_ token: String, _ index: Int) throws -> String {
        let bytes = try #require(Base64URL.decode(String(token.split(separator: ".")[index])))
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("header and claims are those of the contract, in a fixed order")
    func order() throws {
        let token = try issuer.issue(claims, ring: Keys.ring, now: now)
        #expect(try part(token.text, 0) == #"{"alg":"HS256","typ":"at+jwt","kid":"\#(Keys.current.id)"}"#)
        #expect(
            try part(token.text, 1) == #"{"iss":"lockstep-platform","sub":"u-1","aud":"lockstep","iat":1800000000,"#
                + #""exp":1800000900,"jti":"\#(token.tokenID)","sid":"s-1","email":"ada@example.org","#
                + #""roles":["admin","viewer"],"customer_id":"c-9","scope":"read write","user_id":"u-1","#
                + #""token_version":3}"#)
        #expect(token.keyID == Keys.current.id)
        #expect(token.issuedAt == now)
        #expect(token.expiresAt == now + 900)
        #expect(Base64URL.decode(token.tokenID)?.count == 16)
    }

    @Test("the same claims, time and randomness give the same bytes; other randomness another jti")
    func deterministic() throws {
        let first = try issuer.issue(claims, ring: Keys.ring, now: now)
        let second = try issuer.issue(claims, ring: Keys.ring, now: now)
        #expect(first.text == second.text)
        let system = TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 900)
        let tokens = try (0..<50).map { _ in try system.issue(claims, ring: Keys.ring, now: now).tokenID }
        #expect(Set(tokens).count == 50)
    }

    @Test("what is issued verifies, and every claim comes back", arguments: KeyAlgorithm.allCases)
    func roundTrip(_ algorithm: KeyAlgorithm) throws {
        let ring = Keys.ring(Keys.key(9, algorithm))
        let token = try issuer.issue(claims, ring: ring, now: now)
        let identity = try TokenVerifier(ring: ring, policy: VerificationPolicy()).verify(token.text, now: now)
        #expect(identity.subject == "u-1")
        #expect(identity.userID == "u-1")
        #expect(identity.email == "ada@example.org")
        #expect(identity.roles == ["admin", "viewer"])
        #expect(identity.customerID == "c-9")
        #expect(identity.scope == "read write")
        #expect(identity.sessionID == "s-1")
        #expect(identity.tokenID == token.tokenID)
        #expect(identity.tokenVersion == 3)
        #expect(identity.issuer == "lockstep-platform")
        #expect(identity.keyID == ring.keys[0].id)
        #expect(identity.issuedAt == now)
        #expect(identity.expiresAt == now + 900)
    }

    @Test("text with quotes, backslashes and letters of other scripts survives")
    func escapes() throws {
        var claims = claims
        claims.subject = #"o'Brien "the\one" Ångström 日本 🙂"#
        let token = try issuer.issue(claims, ring: Keys.ring, now: now)
        let identity = try TokenVerifier(ring: Keys.ring, policy: VerificationPolicy()).verify(token.text, now: now)
        #expect(identity.subject == claims.subject)
    }

    @Test(
        "the current key signs; next, previous and revoked keys do not",
        arguments: [KeyState.next, .previous, .revoked])
    func onlyCurrentSigns(_ state: KeyState) throws {
        let other = Keys.key(7, state: state)
        #expect(try issuer.issue(claims, ring: Keys.ring(other, Keys.current), now: now).keyID == Keys.current.id)
        let error = #expect(throws: SecretError.self) { try issuer.issue(claims, ring: Keys.ring(other), now: now) }
        #expect(error?.code == "no_signing_key")
    }

    @Test(
        "claims that a verifier would refuse are not signed",
        arguments: [
            AccessClaims(subject: "", email: "a@b", roles: ["viewer"], sessionID: "s"),
            AccessClaims(subject: "u\r\nX-User-Roles: super_admin", email: "a@b", roles: ["viewer"], sessionID: "s"),
            AccessClaims(subject: "u", email: "a\n@b", roles: ["viewer"], sessionID: "s"),
            AccessClaims(subject: "u", email: "a@b", roles: [], sessionID: "s"),
            AccessClaims(subject: "u", email: "a@b", roles: ["customer_,super_admin"], sessionID: "s"),
            AccessClaims(subject: "u", email: "a@b", roles: ["viewer"], sessionID: ""),
            AccessClaims(subject: "u", email: "a@b", roles: ["viewer"], sessionID: "s", customerID: ""),
            AccessClaims(subject: "u", email: "a@b", roles: ["viewer"], sessionID: "s", scope: "a\u{0}b"),
        ])
    func refusesBadClaims(_ claims: AccessClaims) {
        let error = #expect(throws: SecretError.self) { try issuer.issue(claims, ring: Keys.ring, now: now) }
        #expect(error?.code == "claims_malformed")
    }
}
