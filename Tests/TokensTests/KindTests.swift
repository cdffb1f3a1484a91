import Contracts
import Secrets
import Testing
import Tokens

@Suite("A token of one kind passes for no other")
struct KindTests {
    static let revocations = RevocationToken(internalToken: SecretBytes(utf8: "an internal token of some length"))
    static let assertion = GatewayAssertion(internalToken: SecretBytes(utf8: "an internal token of some length"))

    static func make(_ kind: TokenKind) throws -> String {
        switch kind {
        case .access: Mint.token()
        case .probe:
            try KeyProbeToken.issue(kid: nil, ring: Keys.ring, issuer: "lockstep-platform", now: now).text
        case .gatewayAssertion:
            assertion.issue(audience: "lockstep", clientToken: nil, method: nil, path: nil, now: now)
        case .securityEvent:
            revocations.issue(
                Revocation(
                    id: "e-1", issuer: "lockstep-platform", event: .sessionRevoked, subject: .user("u-1"),
                    occurredAt: now))
        }
    }

    static func accepts(_ token: String, as kind: TokenKind) -> Bool {
        switch kind {
        case .access: outcome(token) == "valid"
        case .probe: (try? KeyProbeToken.verify(token, ring: Keys.ring, now: now)) != nil
        case .gatewayAssertion:
            (try? assertion.verify(token, audience: "lockstep", clientToken: nil, now: now)) != nil
        case .securityEvent: (try? revocations.verify(token, now: now)) != nil
        }
    }

    @Test("each as each", arguments: TokenKind.allCases, TokenKind.allCases)
    func pairs(_ kind: TokenKind, _ asked: TokenKind) throws {
        #expect(Self.accepts(try Self.make(kind), as: asked) == (kind == asked))
    }

    @Test(
        "another kind's typ over claims and a signature that would do",
        arguments: [
            "probe+jwt", "gateway-assertion+jwt", "id_token", "refresh+jwt", "JWE", "at+jwt2", "", "at+jwt ",
            "application/probe+jwt", "text/at+jwt", "application/application/at+jwt",
        ])
    func foreignType(_ typ: String) {
        #expect(outcome(Mint.token(header: Mint.header(typ: typ))) == "malformed_token")
    }

    @Test("a typ of another JSON type", arguments: ["1", "null", "[\"at+jwt\"]", "true"])
    func typeOfType(_ typ: String) {
        #expect(outcome(Mint.token(header: Mint.header(typ: nil, extra: #","typ":"# + typ))) == "malformed_token")
    }

    @Test(
        "typ compares as a media type",
        arguments: [
            "at+jwt", "AT+JWT", "At+Jwt", "application/at+jwt", "Application/AT+JWT", "application/jwt",
        ])
    func mediaType(_ typ: String) {
        #expect(outcome(Mint.token(header: Mint.header(typ: typ))) == "valid")
    }

    @Test(
        "a probe with the claims of an access token, and one that speaks of somebody, are no probes",
        arguments: [
            Payload().text,
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"environment":"test","sub":"u"}"#,
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"environment":"test","roles":["admin"]}"#,
            #"{"iss":"p","aud":"lockstep","iat":1800000000,"exp":1800000060,"environment":"test"}"#,
            #"{"iss":"p","iat":1800000000,"exp":1800000060,"environment":"test"}"#,
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000061,"environment":"test"}"#,
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"environment":"test"}"#,
            #"{"iss":"p","aud":"lockstep-probe","exp":1800000060,"environment":"test"}"#,
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000060}"#,
            #"{"aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"environment":"test"}"#,
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"environment":7}"#,
        ])
    func notAProbe(_ payload: String) {
        let token = Mint.token(header: Mint.header(typ: "probe+jwt"), payload: payload)
        #expect(!Self.accepts(token, as: .probe))
    }

    @Test("older typs open nothing but the door of access tokens", arguments: ["JWT", "at+jwt", nil])
    func olderTypes(_ typ: String?) {
        let payload =
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"environment":"test"}"#
        #expect(!Self.accepts(Mint.token(header: Mint.header(typ: typ), payload: payload), as: .probe))
        #expect(!Self.accepts(Mint.token(header: Mint.header(typ: typ, kid: nil), payload: payload), as: .probe))
    }

    @Test("a probe without kid is refused, though its signature fits")
    func probeHasKid() {
        let payload =
            #"{"iss":"p","aud":"lockstep-probe","iat":1800000000,"exp":1800000060,"environment":"test"}"#
        #expect(Self.accepts(Mint.token(header: Mint.header(typ: "probe+jwt"), payload: payload), as: .probe))
        #expect(
            !Self.accepts(Mint.token(header: Mint.header(typ: "probe+jwt", kid: nil), payload: payload), as: .probe))
    }
}
