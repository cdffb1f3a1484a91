import Evidence
import Testing

@testable import Check

@Suite("Lockstep's own services are resolved by their own loader")
struct OwnServicesTests {
    private static func stack(
        _ environment: String?, _ services: [(String, [(String, BoundValue)])]
    ) -> Stack {
        Given.stack("infrastructure.yaml", target: .declaration, in: environment, services) { $0.executable = $0.name }
    }

    private static func outcome(_ environment: String?, _ variables: [(String, BoundValue)]) -> KeyOutcome? {
        Given.proof([stack(environment, [("portal", variables)])]).stacks[0].participants.first?.uses.first?.outcome
    }

    @Test("the chain's order decides: the environment's own name before the primary one")
    func order() {
        let key = Self.outcome(
            "staging", [("JWT_SECRET", Given.google("a")), ("JWT_SECRET_STAGING", Given.google("b"))])?.key
        #expect(key?.value == Given.google("b"))
        #expect(
            Self.outcome("production", [("JWT_SECRET", Given.google("a")), ("JWT_SECRET_STAGING", Given.google("b"))])?
                .key?.value == Given.google("a"))
    }

    @Test("nothing is an error in production and the fallback in development")
    func nothing() {
        guard case .missing(["JWT_SECRET"])? = Self.outcome("production", []) else {
            Issue.record("production has no fallback")
            return
        }
        #expect(Self.outcome("development", [])?.shown == "development fallback")
    }

    @Test("two names that differ are refused as at start")
    func conflict() {
        let variables = [("JWT_SECRET", BoundValue.literal(Given.strong)), ("SECRET_KEY", .literal(Given.strongToo))]
        let findings = Given.findings(.twoNamesTwoValues, [Self.stack("production", [("portal", variables)])])
        #expect(findings.map(\.severity) == [.error])
        #expect(!findings[0].message.contains(Given.strong))
    }

    @Test(
        "what no service would take is named as at start",
        arguments: ["short", "change-me-change-me-change-me-change-me", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])
    func refused(text: String) {
        let stack = Self.stack("staging", [("portal", [("JWT_SECRET", .literal(text))])])
        #expect(Given.findings(.weakSecret, [stack]).map(\.severity) == [.error])
    }

    @Test("an empty value is absent")
    func empty() {
        guard case .missing? = Self.outcome("production", [("JWT_SECRET", .empty)]) else {
            Issue.record("an empty secret is none")
            return
        }
    }

    @Test("a mounted file is the value that is mounted")
    func file() {
        let stack = Given.stack(
            "k8s.yaml", target: .kubernetes, in: "production",
            [
                ("portal", [("JWT_SECRET_FILE", .literal("/run/secrets/jwt"))]),
                ("plant", [("JWT_SECRET", Given.google("jwt"))]),
            ]
        ) { workload in
            workload.executable = workload.name
            if workload.name == "portal" {
                workload.mounts = [SecretMount("/run/secrets/jwt", Given.google("jwt"), at: Given.at("k8s.yaml", 9))]
            }
        }
        #expect(Given.findings(.differentSecrets, [stack]).isEmpty)
        #expect(Given.findings(.missingSecret, [stack]).isEmpty)
    }

    @Test("a name that the host passes on to some and not to others drifts the day it is set")
    func passedOn() throws {
        let secret = ("JWT_SECRET", Given.variable("JWT_SECRET"))
        let scoped = ("JWT_SECRET_STAGING", Given.variable("JWT_SECRET_STAGING"))
        let all = Self.stack(nil, [("portal", [secret, scoped]), ("plant", [secret, scoped])])
        #expect(Given.findings(.differentSecrets, [all]).isEmpty)
        let some = Self.stack(nil, [("portal", [secret, scoped]), ("plant", [secret])])
        let finding = try #require(Given.findings(.differentSecrets, [some]).first)
        #expect(finding.severity == .error && finding.message.contains("JWT_SECRET_STAGING"))
    }

    @Test("an own service without its secret is missing one, also beside siblings that have it")
    func missing() throws {
        let stack = Self.stack("production", [("portal", []), ("plant", [("JWT_SECRET", Given.google("jwt"))])])
        let finding = try #require(Given.findings(.missingSecret, [stack]).first)
        #expect(finding.services == ["portal", "plant"])
        #expect(finding.message.contains("refused by plant with 401") || finding.message.contains("plant accepts"))
    }
}
