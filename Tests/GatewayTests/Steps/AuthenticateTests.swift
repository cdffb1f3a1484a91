import Gateway
import HTTPKit
import Testing
import Tokens

@Suite("Step 4: who asks")
struct AuthenticateTests {
    private static let now: Int64 = 1_800_000_000
    private static func run(_ lines: [String], _ rule: AuthRule) throws -> Authenticate.Outcome {
        var verifier = LoopVerifier(TokenVerifier(ring: TestTokens.ring(), policy: VerificationPolicy()))
        return try Authenticate.run(authorization: lines, rule: rule, verifier: &verifier, now: now)
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
        #expect(open.identity == nil)
        #expect(open.token == String(foreign.dropFirst(7)))
    }

    @Test("a valid one makes an identity")
    func valid() throws {
        let line = "Bearer " + (try TestTokens.token(now: Self.now))
        #expect(try Self.run([line], .required).identity?.userID == "user-1")
        #expect(try Self.run([line], .optional).identity?.userID == "user-1")
    }

    @Test(
        "credentials that are not one bearer token are refused on every kind of route",
        arguments: AuthRule.allCases,
        [["Bearer a b"], ["Bearer"], ["Bearer "], ["Basic eDp5"], ["Bearer a,b"], ["Bearer a", "Bearer b"], [""]])
    func malformed(_ rule: AuthRule, _ lines: [String]) {
        #expect(throws: Refusal.self) { try Self.run(lines, rule) }
    }
}
