import Evidence
import Testing

@testable import Check

@Suite("What workflows hand to services")
struct DeliveryStackTests {
    private static func delivery(
        _ service: String, _ value: BoundValue, target: Stack.Target = .kubernetes, line: Int = 1,
        manifests: [String] = []
    ) -> Delivery {
        Delivery(
            "deploy.yml: deploy", at: Given.at("deploy.yml", line), environment: nil, target: target,
            services: [service],
            manifests: manifests,
            assignments: [Assignment("JWT_SECRET", value, at: Given.at("deploy.yml", line), origin: .workflow)])
    }

    @Test("two services that are given two texts differ")
    func different() {
        let found = Given.findings(
            .differentSecrets, [],
            deliveries: [
                Self.delivery("auth", .literal(Given.strong)),
                Self.delivery("api", .literal(Given.strongToo), line: 2),
            ])
        #expect(found.map(\.locations.first) == [Given.at("deploy.yml", 2)])
    }

    @Test("one service with two values is two deployments, and nothing is compared")
    func untold() {
        let found = Given.findings(
            .differentSecrets, [],
            deliveries: [
                Self.delivery("auth", .literal(Given.strong)),
                Self.delivery("auth", .literal(Given.strongToo), line: 2),
                Self.delivery("api", .literal(Given.strong), line: 3),
            ])
        #expect(found.isEmpty)
    }

    @Test("variables of a step that applies manifests fill those in, and are no service's")
    func filledIn() {
        let stacks = DeliveryStacks.of([Self.delivery("auth", .literal(Given.strong), manifests: ["k8s"])])
        #expect(stacks.isEmpty)
    }

    @Test("a secret that a workflow sets after a manifest is not missing in the manifest")
    func handed() {
        let stack = Given.stack(
            "k8s.yaml", target: .kubernetes, [("auth", [("JWT_SECRET", Given.google("jwt"))]), ("api", [])])
        let code = [
            Given.code("auth", .sign, Given.read("JWT_SECRET", "auth")),
            Given.code("api", .verify, Given.read("JWT_SECRET", "api")),
        ]
        #expect(Given.findings(.missingSecret, [stack], code).count == 1)
        #expect(
            Given.findings(.missingSecret, [stack], code, deliveries: [Self.delivery("api", Given.google("jwt"))])
                .isEmpty)
    }
}
