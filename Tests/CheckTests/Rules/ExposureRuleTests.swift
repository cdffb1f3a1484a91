import Evidence
import Manifests
import Testing

@testable import Check

@Suite("Rules over what files show")
struct ExposureRuleTests {
    private static func loose(_ name: String, _ text: String, _ place: LooseBinding.Place, _ file: String)
        -> LooseBinding
    {
        LooseBinding(name, .literal(text), in: place, at: Given.at(file, 4))
    }

    @Test(
        "LS105: a good secret in a file that is committed",
        arguments: [
            (LooseBinding.Place.document, "docs/RUNBOOK.md", [Severity.error]),
            (.environmentFile, ".env.production", [.error]), (.environmentFile, ".env", [.warning]),
            (.secretObject, "k8s/prod/secret.yaml", [.error]), (.exampleFile, ".env.example", [.warning]),
            (.workflow, ".github/workflows/deploy.yml", [.warning]), (.document, "tests/fixtures/x.md", []),
            (.workflow, ".github/workflows/ci.yml", []), (.environmentFile, ".env.test", []),
            (.environmentFile, ".env.development", [.note]),
        ])
    func committed(place: LooseBinding.Place, file: String, expected: [Severity]) {
        let found = Given.findings(
            .committedSecret, [], loose: [Self.loose("JWT_SECRET", Given.strong, place, file)])
        #expect(found.map(\.severity) == expected)
        #expect(found.allSatisfy { $0.locations == [Given.at(file, 4)] && !$0.message.contains(Given.strong) })
    }

    @Test("LS105: a placeholder, another purpose, and what version control does not hold, are let pass")
    func notCommitted() {
        for (name, text) in [
            ("JWT_SECRET", "change-me"), ("STRIPE_SECRET_KEY", Given.strong), ("JWT_SECRET_NAME", Given.strong),
        ] {
            #expect(
                Given.findings(.committedSecret, [], loose: [Self.loose(name, text, .document, "README.md")]).isEmpty)
        }
        var reading = ManifestReading()
        reading.loose = [Self.loose("JWT_SECRET", Given.strong, .environmentFile, ".env")]
        let proof = Proof(
            reading, facts: [], tree: SourceTree([".env": ""], tracked: ["README.md"]), settings: .init())
        #expect(CommittedSecretRule.findings(in: proof).isEmpty)
    }

    @Test(
        "LS106: a weak one in a file of an environment where it counts, though no stack uses it",
        arguments: [
            (".env.production", LooseBinding.Place.environmentFile, [Severity.warning]),
            (".env.staging", .environmentFile, [.warning]), (".env", .environmentFile, []),
            (".env.development", .environmentFile, []), (".env.production.example", .exampleFile, []),
        ])
    func weak(file: String, place: LooseBinding.Place, expected: [Severity]) {
        for text in ["changeme", "super-secret-jwt-token-with-at-least-32-characters-long"] {
            let found = Given.findings(.weakSecret, [], loose: [Self.loose("JWT_SECRET", text, place, file)])
            #expect(found.map(\.severity) == expected)
            #expect(found.allSatisfy { $0.locations == [Given.at(file, 4)] && !$0.message.contains(text) })
        }
        #expect(
            Given.findings(.weakSecret, [], loose: [Self.loose("JWT_SECRET", Given.strong, place, file)]).isEmpty)
    }

    @Test("LS113: a build argument and a variable of the image")
    func image() {
        func found(_ value: BoundValue, _ place: LooseBinding.Place) -> [Severity] {
            Given.findings(
                .secretInImage, [], loose: [LooseBinding("JWT_SECRET", value, in: place, at: Given.at("Dockerfile", 4))]
            ).map(\.severity)
        }
        #expect(found(Given.variable("JWT_SECRET"), .buildArgument) == [.error])
        #expect(found(.literal(Given.strong), .imageLayer) == [.error])
        #expect(found(.literal("dummy"), .imageLayer) == [.warning])
        #expect(found(.empty, .buildArgument).isEmpty)
        #expect(found(.literal(Given.strong), .environmentFile).isEmpty)
    }

    @Test("LS114: plain text in a task definition; a reference is right")
    func plainText() {
        func found(_ target: Stack.Target, _ value: BoundValue) -> [Severity] {
            Given.findings(
                .plainTextInTemplate, [Given.stack("task.json", target: target, [("api", [("JWT_SECRET", value)])])]
            ).map(\.severity)
        }
        #expect(found(.ecs, .literal(Given.strong)) == [.error])
        #expect(found(.ecs, .reference(SecretReference(.aws, "jwt-secret"))).isEmpty)
        #expect(found(.compose, .literal(Given.strong)).isEmpty)
    }

    @Test("LS112: one of two deploy steps hands the secret over")
    func workflow() throws {
        func delivery(_ service: String, _ assignments: [(String, BoundValue)], line: Int) -> Delivery {
            Delivery(
                "deploy.yml: \(service)", at: Given.at("deploy.yml", line), environment: nil, target: .cloudRun,
                services: [service], manifests: [],
                assignments: assignments.map {
                    Assignment($0.0, $0.1, at: Given.at("deploy.yml", line + 1), origin: .workflow)
                })
        }
        let secret = ("JWT_SECRET", Given.google("jwt"))
        let local = Given.stack([("portal", [secret]), ("backend", [secret])])
        let broken = Given.findings(
            .workflowDropsSecret, [local],
            deliveries: [
                delivery("backend", [secret], line: 10),
                delivery("portal", [("ENVIRONMENT", .literal("prod"))], line: 20),
                delivery("web", [("PORT", .literal("80"))], line: 30),
            ])
        let finding = try #require(broken.first)
        #expect(broken.count == 1 && finding.severity == .error && finding.services == ["portal", "backend"])
        #expect(finding.locations.first == Given.at("deploy.yml", 20))
        let mended = [delivery("backend", [secret], line: 10), delivery("portal", [secret], line: 20)]
        #expect(Given.findings(.workflowDropsSecret, [local], deliveries: mended).isEmpty)
    }
}
