import HTTP1
import HTTPKit
import TestSupport
import Testing
import Tokens

@testable import Gateway

@Suite("Step 6: the trusted headers")
struct SetIdentityHeadersTests {
    private static func headers(
        identity: KnownToken?, token: String? = "t.t.t", enrichment: EnrichmentMark = .skipped,
        customer: CustomerFacts? = nil, idToken: String? = nil, via: [String] = []
    ) throws -> WrittenLines {
        let request = try Received.request(token.map { ["Authorization: Bearer \($0)"] } ?? [])
        let line = request.fields.first(.authorization)?.valueRange
        let statement = UpstreamStatement(
            request: request, token: line.map { $0.lowerBound + 7..<$0.upperBound }, known: identity,
            enrichment: enrichment, customer: customer, requestID: "request-1",
            trace: TraceContext(parents: [], states: [], random: { 7 }),
            forwarded: Forwarded(request, peer: "10.0.0.1", isTrusted: false, trusted: .none), via: via,
            assertion: "assertion", idToken: idToken)
        return WrittenLines { SetIdentityHeaders.write(statement, to: &$0) }
    }

    private static func identity(
        subject: String = "user-1", email: String = "a@b.c", roles: [String] = ["admin"], customerID: String? = nil
    ) throws -> KnownToken {
        let now: Int64 = 1_800_000_000
        let token = try TestTokens.token(subject: subject, email: email, roles: roles, customerID: customerID, now: now)
        let policy = VerificationPolicy(trustedIssuers: TrustedIssuers(["lockstep-platform": .all]))
        let verifier = TokenVerifier(ring: TestTokens.ring(), policy: policy)
        return KnownToken(try verifier.verified(token, now: now), digest: TokenDigest(token))
    }

    @Test("each name is said once")
    func once() throws {
        let headers = try Self.headers(
            identity: try Self.identity(), enrichment: .fresh, customer: CustomerFacts(customerID: "c", plan: "p"))
        for name in Set(headers.names) { #expect(headers[name].count == 1, "\(name)") }
        #expect(headers["authorization"] == ["Bearer t.t.t"])
        #expect(headers["x-customer-id"] == ["c"])
        #expect(headers["x-customer-plan"] == ["p"])
    }

    @Test("nothing is said of a customer when the plant could not be asked", arguments: [EnrichmentMark.unavailable])
    func unavailable(_ mark: EnrichmentMark) throws {
        let headers = try Self.headers(
            identity: try Self.identity(roles: ["customer"], customerID: "claimed"), enrichment: mark,
            customer: CustomerFacts(customerID: "left over", plan: "left over"))
        #expect(headers["x-customer-id"].isEmpty)
        #expect(headers["x-customer-plan"].isEmpty)
        #expect(headers["x-enrichment"] == ["unavailable"])
        #expect(headers["x-user-id"] == ["user-1"])
    }

    @Test("without enrichment the claim that the signature covers is what is known")
    func skipped() throws {
        let headers = try Self.headers(identity: try Self.identity(roles: ["customer"], customerID: "claimed"))
        #expect(headers["x-customer-id"] == ["claimed"])
        #expect(try Self.headers(identity: try Self.identity())["x-customer-id"].isEmpty)
    }

    @Test("a plant that says no customer wins over the claim")
    func plantWins() throws {
        let headers = try Self.headers(
            identity: try Self.identity(roles: ["customer"], customerID: "claimed"), enrichment: .cached,
            customer: CustomerFacts(customerID: nil, plan: nil))
        #expect(headers["x-customer-id"].isEmpty)
    }

    @Test("without a verified token nobody is named")
    func nobody() throws {
        let headers = try Self.headers(identity: nil, token: nil)
        for name in ["x-user-id", "x-user-email", "x-user-roles", "x-customer-id", "authorization"] {
            #expect(headers[name].isEmpty)
        }
        #expect(headers["x-enrichment"] == ["skipped"])
    }

    @Test("with Cloud Run IAM the client's token is in X-Original-Authorization alone")
    func idToken() throws {
        let headers = try Self.headers(identity: try Self.identity(), idToken: "id.id.id")
        #expect(headers["authorization"] == ["Bearer id.id.id"])
        #expect(headers["x-original-authorization"] == ["Bearer t.t.t"])
        #expect(try Self.headers(identity: nil, token: nil, idToken: "id.id.id")["x-original-authorization"].isEmpty)
    }

    @Test(
        "what the plant says of a customer can't start a header",
        arguments: [
            ("x\r\nX-User-Roles: super_admin", "x%0D%0AX-User-Roles:%20super_admin"), ("a\u{0}b", "a%00b"),
            ("é", "%C3%A9"), ("50%", "50%25"), ("\u{2028}", "%E2%80%A8"), ("a b\t", "a%20b%09"),
            ("plain-1.2@x", "plain-1.2@x"),
        ])
    func injection(_ text: String, _ value: String) throws {
        let headers = try Self.headers(
            identity: try Self.identity(), enrichment: .fresh, customer: CustomerFacts(customerID: text, plan: text))
        for name in ["x-customer-id", "x-customer-plan"] { #expect(headers[name] == [value]) }
        #expect(headers["x-user-roles"] == ["admin"])
    }

    @Test("in a list, an element with a comma stays one element")
    func lists() {
        #expect(HeaderText.list(["viewer,super_admin", "operator"]) == "viewer%2Csuper_admin,operator")
        #expect(HeaderText.list(["a,b"]) == "a%2Cb")
        #expect(HeaderText.list([]) == "")
    }

    @Test("Via is continued where it is believed")
    func via() throws {
        #expect(try Self.headers(identity: nil, via: ["1.1 edge"])["via"] == ["1.1 edge, 1.1 lockstep-gateway"])
    }
}
