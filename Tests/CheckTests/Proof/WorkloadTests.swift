import Evidence
import Manifests
import Secrets
import Testing

@testable import Check

@Suite("Who a service is, and what it is given")
struct WorkloadTests {
    @Test(
        "names of one program in several stacks",
        arguments: [
            ("platform_portal", "platform-portal-prod", true), ("api", "staging-api", true),
            ("shop-production/plant", "plant", true), ("auth/app", "auth", true), ("auth/app", "api/app", false),
            ("api", "api-worker", false), ("dev", "prod", false),
        ])
    func names(one: String, other: String, isSame: Bool) {
        #expect(ServiceName.isSame(one, other) == isSame)
    }

    @Test("a missing env file is filled in from the example beside it, and what stands elsewhere goes before")
    func example() {
        let stack = Given.stack([("auth", [("JWT_SECRET", Given.google("jwt"))]), ("api", [])]) { workload in
            workload.gaps = [Gap("env_file .env is not in the tree", at: Given.at("c.yml", 9), example: ".env.example")]
        }
        let loose = LooseBinding("JWT_SECRET", .literal("x"), in: .exampleFile, at: Given.at(".env.example", 2))
        let participants = Given.proof([stack], loose: [loose]).stacks[0].participants
        #expect(
            participants.map { $0.uses.first?.outcome.key?.value } == [
                Given.google("jwt"), Given.variable("JWT_SECRET"),
            ])
        #expect(participants.last?.uses.first?.outcome.key?.valuePosition == Given.at(".env.example", 2))
    }

    @Test("images that everybody knows have roles: an issuer and a verifier on two variables are told")
    func roles() {
        func stack(_ other: String) -> Stack {
            Given.stack([
                ("auth", [("GOTRUE_JWT_SECRET", Given.variable("JWT_SECRET"))]),
                ("rest", [("PGRST_JWT_SECRET", Given.variable(other))]),
            ]) { workload in
                workload.sourceDirectory = nil
                workload.image = workload.name == "auth" ? "supabase/gotrue:v2" : "postgrest/postgrest:v12"
            }
        }
        #expect(Given.findings(.differentSecrets, [stack("JWT_SECRT")]).map(\.severity) == [.warning])
        #expect(Given.findings(.differentSecrets, [stack("JWT_SECRET")]).isEmpty)
    }

    @Test("a lockstep.yaml says who takes part, by which name, and in which environment a word means")
    func declared() {
        var settings = CheckSettings()
        settings.environments = ["live": .production]
        let settingsWithGroup = try? CheckSettings.read(
            """
            version: 1
            tokens: [{name: access, issuers: [auth], verifiers: [api], variable: SIGNING}]
            """, file: "lockstep.yaml")
        let stack = Given.stack(
            "live.yml",
            [
                ("auth", [("SIGNING", .literal("a"))]), ("api", [("SIGNING", .literal("b"))]),
                ("other", [("JWT_SECRET", .literal("c"))]),
            ])
        let proof = Given.proof([stack], settings: settingsWithGroup ?? CheckSettings())
        #expect(proof.stacks[0].participants.map(\.name) == ["auth", "api"])
        #expect(DifferentSecretsRule.findings(in: proof).map(\.severity) == [.error])
        #expect(Given.proof([stack], settings: settings).stacks[0].environment?.environment == .production)
    }
}
