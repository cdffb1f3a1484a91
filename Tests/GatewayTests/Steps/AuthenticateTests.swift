import Gateway
import HTTPKit
import Testing
import Tokens

@Suite("Step 4: who asks")
struct AuthenticateTests {
    private static let now: Int64 = 1_800_000_000
    private static func run(_ lines: [String], _ rule: AuthRule) throws -> Authenticate.Outcome {
        var verifier = LoopVerifier(TokenVerifier(ring: TestTokens.ring(), policy: VerificationPolicy()))
        let request = try Received.request(lines.map { "Authorization: \($0)" })
        return try Authenticate.run(request, rule: rule, verifier: &verifier, now: now)
    }

    @Test("a required token that is not there is missing, an optional one is not missed")
    func missing() throws {
        #expect(try Self.run([], .required).failure == .missing)
        #expect(try Self.run([], .optional).failure == nil)
        #expect(try Self.run([], .open).failure == nil)
    }

    @Test("a token that is wrong is refused where it is optional too, and left to the upstream on public routes")
    func wrong() throws {
        let foreign =
            "Bearer " + (try TestTokens.token(secret: "another-secret-that-is-long-enough-012345", now: Self.now))
        #expect(try Self.run([foreign], .required).failure?.code == "unknown_key")
        #expect(try Self.run([foreign], .optional).failure?.code == "unknown_key")
        let open = try Self.run([foreign], .open)
        #expect(open.failure == nil)
        #expect(open.known == nil)
        #expect(open.token?.count == foreign.utf8.count - 7)
    }

    @Test("a valid one makes an identity")
    func valid() throws {
        let line = "Bearer " + (try TestTokens.token(now: Self.now))
        #expect(try Self.run([line], .required).known?.identity.userID == "user-1")
        #expect(try Self.run([line], .optional).known?.identity.userID == "user-1")
    }

    @Test(
        "credentials that are not one bearer token are refused on every kind of route",
        arguments: AuthRule.allCases,
        [["Bearer a b"], ["Bearer"], ["Bearer "], ["Basic eDp5"], ["Bearer a,b"], [""]])
    func malformed(_ rule: AuthRule, _ lines: [String]) {
        #expect(throws: Refusal.self) { try Self.run(lines, rule) }
    }

    @Test("a line that Connection names ended at the hop before this one")
    func named() throws {
        var verifier = LoopVerifier(TokenVerifier(ring: TestTokens.ring(), policy: VerificationPolicy()))
        let line = "Authorization: Bearer " + (try TestTokens.token(now: Self.now))
        let request = try Received.request([line, "Connection: authorization"])
        let outcome = try Authenticate.run(request, rule: .required, verifier: &verifier, now: Self.now)
        #expect(outcome.failure == .missing)
    }
}
