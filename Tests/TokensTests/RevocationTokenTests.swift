import Contracts
import Crypto
import Secrets
import Testing
import Tokens

@Suite("Revocations as security event tokens")
struct RevocationTokenTests {
    static let internalToken = SecretBytes(utf8: "an internal token of some length")
    static let tokens = RevocationToken(internalToken: internalToken)

    /// The key that is derived from it, for events that nobody should make.
    static let key: RingKey = {
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array("an internal token of some length".utf8)),
            info: Array("lockstep/revocations/v1".utf8), outputByteCount: 32)
        let secret = derived.withUnsafeBytes { SecretBytes(Array($0)) }
        return RingKey(id: .derived(from: secret), algorithm: .hs256, secret: secret, state: .current)
    }()

    static func code(_ token: String, at time: Int64 = now) -> String {
        do {
            _ = try tokens.verify(token, now: time)
            return "valid"
        } catch { return error.code }
    }

    static func signed(_ payload: String, typ: String = "secevent+jwt", by key: RingKey = key) -> String {
        Mint.token(header: Mint.header(typ: typ, kid: key.id.rawValue), payload: payload, by: key)
    }

    static let session = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
    static let claims = "https://schemas.openid.net/secevent/caep/event-type/token-claims-change"
    static let disabled = "https://schemas.openid.net/secevent/risc/event-type/account-disabled"
    static let user = #"{"format":"iss_sub","iss":"p","sub":"u-1"}"#

    static func payload(
        head: String = #""iss":"p","aud":"lockstep-revocations","iat":1800000000,"jti":"e-1""#,
        subject: String = user, events: String? = nil, extra: String = ""
    ) -> String {
        let events = events ?? #"{"\#(session)":{"event_timestamp":1800000000}}"#
        return #"{\#(head),"sub_id":\#(subject),"events":\#(events)\#(extra)}"#
    }

    @Test(
        "what was told comes back",
        arguments: [
            Revocation(
                id: "e", issuer: "p", event: .sessionRevoked, subject: .session(id: "s-1", user: "u-1"),
                occurredAt: now),
            Revocation(
                id: "e", issuer: "p", event: .sessionRevoked, subject: .user("u-1"), occurredAt: now, tokenVersion: 3),
            Revocation(id: "e", issuer: "p", event: .sessionRevoked, subject: .token(id: "j-1"), occurredAt: now),
            Revocation(
                id: "e", issuer: "p", event: .tokenClaimsChange, subject: .user("u-1"), occurredAt: now,
                tokenVersion: 7),
            Revocation(id: "e", issuer: "p", event: .accountDisabled, subject: .user("ü \"1\""), occurredAt: now),
            Revocation(
                id: "e", issuer: "plant", event: .accountDisabled, subject: .customer(id: "c-1", user: "u-1"),
                occurredAt: now - 90_000),
            Revocation(
                id: "e", issuer: "plant", event: .accountDisabled, subject: .customer(id: "c-1", user: nil),
                occurredAt: now),
        ])
    func roundTrip(_ revocation: Revocation) throws {
        #expect(try Self.tokens.verify(Self.tokens.issue(revocation), now: now) == revocation)
    }

    @Test("a made event is accepted where nothing is wrong with it: the attacks below change one thing each")
    func made() { #expect(Self.code(Self.signed(Self.payload())) == "valid") }

    @Test(
        "another typ over the same claims and key",
        arguments: ["at+jwt", "JWT", "probe+jwt", "gateway-assertion+jwt", "secevent", "secevent+jwt2", ""])
    func otherType(_ typ: String) {
        #expect(Self.code(Self.signed(Self.payload(), typ: typ)) == "malformed_token")
    }

    @Test("another internal token's key, the internal token itself, and the assertions' key sign nothing here")
    func otherKeys() throws {
        let other = RevocationToken(internalToken: SecretBytes(utf8: "another internal token, as long"))
        let revocation = Revocation(
            id: "e", issuer: "p", event: .sessionRevoked, subject: .user("u"), occurredAt: now)
        #expect(Self.code(other.issue(revocation)) == "unknown_key")
        let raw = RingKey(id: Self.key.id, algorithm: .hs256, secret: Self.internalToken, state: .current)
        #expect(Self.code(Self.signed(Self.payload(), by: raw)) == "bad_signature")
        let derived = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array("an internal token of some length".utf8)),
            info: Array("lockstep/gateway-assertion/v1".utf8), outputByteCount: 32)
        let assertions = RingKey(
            id: Self.key.id, algorithm: .hs256, secret: derived.withUnsafeBytes { SecretBytes(Array($0)) },
            state: .current)
        #expect(Self.code(Self.signed(Self.payload(), by: assertions)) == "bad_signature")
    }

    @Test(
        "audiences that are not exactly ours",
        arguments: [#""lockstep""#, #"["lockstep-revocations"]"#, #""lockstep-revocations ""#, "null"])
    func audience(_ audience: String) {
        let head = #""iss":"p","aud":\#(audience),"iat":1800000000,"jti":"e-1""#
        #expect(Self.code(Self.signed(Self.payload(head: head))) == "wrong_audience")
    }

    @Test(
        "members that are twice there, at every depth",
        arguments: [
            payload(head: #""iss":"p","iss":"q","aud":"lockstep-revocations","iat":1800000000,"jti":"e-1""#),
            payload(subject: #"{"format":"iss_sub","iss":"p","sub":"u-1","sub":"u-2"}"#),
            payload(events: #"{"\#(session)":{"event_timestamp":1,"event_timestamp":2}}"#),
            payload(
                events: #"{"\#(session)":{"event_timestamp":1800000000},"\#(session)":{"event_timestamp":1800000000}}"#),
        ])
    func duplicates(_ payload: String) { #expect(Self.code(Self.signed(payload)) == "malformed_token") }

    @Test(
        "events that are none, more than one, or of a kind that is not known",
        arguments: [
            "{}", "[]", "null", #""\#(session)""#, #"{"\#(session)":null}"#, #"{"\#(session)":{}}"#,
            #"{"\#(session)":{"event_timestamp":"1800000000"}}"#,
            #"{"\#(session)":{"event_timestamp":1800000000},"\#(disabled)":{"event_timestamp":1800000000}}"#,
            #"{"https://schemas.openid.net/secevent/caep/event-type/other":{"event_timestamp":1800000000}}"#,
            #"{"\#(claims)":{"event_timestamp":1800000000}}"#,
            #"{"\#(session)":{"event_timestamp":1800000000,"token_version":1.5}}"#,
        ])
    func events(_ events: String) {
        #expect(Self.code(Self.signed(Self.payload(events: events))) == "malformed_token")
    }

    @Test(
        "subjects that the event does not have",
        arguments: [
            ("{}", session), ("null", session), (#"{"format":"email","email":"a@b"}"#, session),
            (#"{"format":"iss_sub","iss":"p"}"#, session), (#"{"format":"iss_sub","iss":"p","sub":""}"#, session),
            (#"{"format":"complex","user":{"format":"iss_sub","iss":"p","sub":"u"}}"#, session),
            (#"{"format":"complex","session":{"format":"opaque","id":"s"}}"#, session),
            (#"{"format":"complex","tenant":{"format":"opaque","id":"c"}}"#, session),
            (#"{"format":"jwt_id","iss":"p","jti":"j"}"#, disabled),
        ])
    func subjects(_ subject: String, _ event: String) {
        let payload = Self.payload(subject: subject, events: #"{"\#(event)":{"event_timestamp":1800000000}}"#)
        #expect(Self.code(Self.signed(payload)) == "malformed_token")
    }

    @Test(
        "nobody ends another issuer's sessions",
        arguments: [
            #"{"format":"iss_sub","iss":"q","sub":"u-1"}"#, #"{"format":"jwt_id","iss":"q","jti":"j"}"#,
            """
            {"format":"complex","session":{"format":"opaque","id":"s"},\
            "user":{"format":"iss_sub","iss":"q","sub":"u"}}
            """,
        ])
    func otherIssuer(_ subject: String) {
        #expect(Self.code(Self.signed(Self.payload(subject: subject))) == "wrong_issuer")
    }

    @Test(
        "what makes it look like an access token", arguments: [#","exp":1900000000"#, #","sub":"u""#, #","roles":[]"#])
    func accessToken(_ extra: String) {
        #expect(Self.code(Self.signed(Self.payload(extra: extra))) == "malformed_token")
    }

    @Test(
        "an event of yesterday is told still; one of tomorrow is not",
        arguments: [(-90_000, true), (60, true), (61, false)])
    func times(_ offset: Int64, _ isValid: Bool) {
        let revocation = Revocation(
            id: "e", issuer: "p", event: .sessionRevoked, subject: .user("u"), occurredAt: now + offset)
        #expect(Self.code(Self.tokens.issue(revocation)) == (isValid ? "valid" : "not_yet_valid"))
    }

    @Test("one that is too long is not read")
    func oversized() {
        let extra = #","x":""# + String(repeating: "a", count: 8000) + "\""
        #expect(Self.code(Self.signed(Self.payload(extra: extra))) == "token_too_long")
    }
}
