import Evidence
import Testing

@testable import Check

@Suite("LS102: participants resolve different secrets")
struct DifferentSecretsTests {
    private static func findings(_ stacks: [Stack], _ facts: [SourceFacts] = []) -> [Finding] {
        Given.findings(.differentSecrets, stacks, facts)
    }

    private static let signer = Given.code("auth", .sign, Given.read("JWT_SECRET", "auth"))
    private static let verifier = Given.code("api", .verify, Given.read("JWT_SECRET", "api"))

    @Test("two texts under one name are an error that names both ends and both lines")
    func twoTexts() throws {
        let stack = Given.stack(services([("auth", .literal("one")), ("api", .literal("two"))]))
        let finding = try #require(Self.findings([stack], [Self.signer, Self.verifier]).first)
        #expect(finding.severity == .error)
        #expect(finding.services == ["auth", "api"])
        #expect(finding.locations.map(\.line) == [12, 2])
        #expect(finding.message.contains("every token that auth issues is refused by api with 401"))
        #expect(!finding.message.contains("one ") || !finding.message.contains("\"one\""))
    }

    @Test("the odd one is told against the one that it has most to do with, and not against the first of the file")
    func nearest() throws {
        let images = ["auth": "supabase/gotrue:v2", "rest": "postgrest/postgrest:v14", "studio": "supabase/studio:1"]
        let stack = Given.stack(
            [
                ("studio", [("AUTH_JWT_SECRET", Given.variable("JWT_SECRET"))]),
                ("rest", [("PGRST_JWT_SECRET", Given.variable("JWT_SECRET"))]),
                ("auth", [("GOTRUE_JWT_SECRET", .literal(Given.strong))]),
            ]
        ) { workload in
            workload.image = images[workload.name]
            workload.sourceDirectory = nil
        }
        let finding = try #require(Self.findings([stack]).first)
        #expect(finding.severity == .warning)
        #expect(finding.services == ["auth", "rest"])
        #expect(finding.locations.first?.line == 22)
    }

    @Test("no value is ever in a message")
    func noValues() {
        let stack = Given.stack(services([("auth", .literal(Given.strong)), ("api", .literal(Given.strongToo))]))
        let all = Given.proof([stack], [Self.signer, Self.verifier])
        for rule in Rules.all {
            for finding in rule.findings(in: all) {
                #expect(!finding.message.contains(Given.strong) && !finding.message.contains(Given.strongToo))
            }
        }
    }

    @Test("one reference for both is clean, also under two names, also as JSON")
    func fanOut() {
        let secret = Given.variable("JWT_SECRET")
        let hasura = BoundValue.literal(#"{"type":"HS256","key":""#) + secret + .literal(#""}"#)
        let stack = Given.stack([
            ("auth", [("JWT_SECRET", secret)]), ("rest", [("PGRST_JWT_SECRET", secret)]),
            ("graphql", [("HASURA_GRAPHQL_JWT_SECRET", hasura)]),
        ])
        #expect(Self.findings([stack]).isEmpty)
    }

    @Test("one variable with two defaults is two keys; with one default it is one")
    func defaults() {
        func stack(_ other: String) -> Stack {
            Given.stack(
                services([
                    ("auth", Given.variable("JWT_SECRET", default: "a")),
                    ("api", Given.variable("JWT_SECRET", default: other)),
                ]))
        }
        #expect(Self.findings([stack("a")]).isEmpty)
        #expect(Self.findings([stack("b")]).map(\.severity) == [.error])
        #expect(Self.findings([stack("b")]).first?.message.contains("while JWT_SECRET is not set") == true)
    }

    @Test("the odd one out is named, not those that agree")
    func majority() {
        let secret = Given.variable("JWT_SECRET")
        let stack = Given.stack(
            services([("a", secret), ("b", .literal("x")), ("c", secret), ("d", secret)]))
        let findings = Self.findings([stack])
        #expect(findings.count == 1)
        #expect(findings.first?.services.contains("b") == true)
        #expect(findings.first?.locations.first?.line == 12)
    }

    @Test("two secrets of a store are an error where code signs and verifies, a warning where names alone say so")
    func stores() {
        let stack = Given.stack(
            "prod.yaml", target: .kubernetes, in: "prod",
            services([("auth", Given.google("a")), ("api", Given.google("b"))]))
        #expect(Self.findings([stack], [Self.signer, Self.verifier]).map(\.severity) == [.error])
        #expect(Self.findings([stack]).map(\.severity) == [.warning])
    }

    @Test("secrets with another purpose, and other environments' secrets, are right")
    func otherPurposes() {
        let stack = Given.stack([
            ("auth", [("JWT_SECRET", .literal("one")), ("JWT_REFRESH_SECRET", .literal("two"))]),
            ("api", [("JWT_SECRET", .literal("one")), ("SESSION_SECRET", .literal("three"))]),
        ])
        let staging = Given.stack(
            "staging.yml", in: "staging", services([("auth", .literal("s")), ("api", .literal("s"))]))
        #expect(Self.findings([stack, staging]).isEmpty)
    }

    @Test("the name that the code reads decides, not the one that the manifest sets")
    func codeDecides() {
        let stack = Given.stack([
            ("auth", [("JWT_SECRET", .literal("one")), ("SECRET_KEY", .literal("two"))]),
            ("api", [("JWT_SECRET", .literal("one")), ("SECRET_KEY", .literal("three"))]),
        ])
        let api = Given.code("api", .verify, Given.read("SECRET_KEY", "api"))
        #expect(Self.findings([stack], [Self.signer, api]).map(\.severity) == [.error])
        #expect(Self.findings([stack], [Self.signer, Self.verifier]).isEmpty)
    }

    @Test("a default in code against a given secret")
    func codeDefault() throws {
        let api = Given.code("api", .verify, Given.read("SECRET_KEY", "api"), Given.text("dev", "api"))
        let stack = Given.stack(services([("auth", .literal("one")), ("api", .literal("one"))]))
        let finding = try #require(Self.findings([stack], [Self.signer, api]).first)
        #expect(finding.message.contains("api falls back to a default in its code at api/main.py:3"))
    }

    @Test("a public image that signs for itself is let alone; a gap proves nothing")
    func notCompared() {
        let stack = Given.stack(services([("cms", .literal("one")), ("api", .literal("two"))])) { workload in
            if workload.name == "cms" {
                workload.sourceDirectory = nil
                workload.image = "strapi/strapi:4"
            }
        }
        #expect(Self.findings([stack]).allSatisfy { $0.severity == .note })
        let open = Given.stack([("auth", [("JWT_SECRET", .literal("one"))]), ("api", [])]) {
            if $0.name == "api" { $0.gaps = [Gap("env_file .env is not in the tree", at: Given.at("x", 1))] }
        }
        #expect(Self.findings([open], [Self.signer, Self.verifier]).isEmpty)
        #expect(Given.findings(.missingSecret, [open], [Self.signer, Self.verifier]).isEmpty)
    }

    @Test("with a declaration, only an issuer and a verifier of its tokens are compared")
    func declared() {
        func stack(_ verifies: [String]) -> Stack {
            Given.stack(services([("auth", Given.google("a")), ("api", Given.google("b"))])) { workload in
                workload.issues = workload.name == "auth" ? ["users"] : []
                workload.verifies = workload.name == "auth" ? [] : verifies
            }
        }
        #expect(Self.findings([stack(["users"])]).map(\.severity) == [.error])
        #expect(Self.findings([stack(["partners"])]).isEmpty)
    }

    private static func services(_ services: [(String, BoundValue)]) -> [(String, [(String, BoundValue)])] {
        services.map { ($0.0, [("JWT_SECRET", $0.1)]) }
    }

    private func services(_ services: [(String, BoundValue)]) -> [(String, [(String, BoundValue)])] {
        Self.services(services)
    }
}
