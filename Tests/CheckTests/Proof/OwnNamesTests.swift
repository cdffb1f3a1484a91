import Evidence
import Testing

@testable import Check

@Suite("Services that name the shared secret after themselves")
struct OwnNamesTests {
    private static func findings(_ billing: String, alsoSigns: Bool = false) -> [Finding] {
        let stack = Given.stack([
            ("identity-service", [("IDENTITY_JWT_SECRET", .literal("one"))]),
            ("billing-service", [("BILLING_JWT_SECRET", .literal(billing))]),
        ])
        var code = [
            Given.code("identity-service", .sign, Given.read("IDENTITY_JWT_SECRET", "identity-service")),
            Given.code("billing-service", .verify, Given.read("BILLING_JWT_SECRET", "billing-service")),
        ]
        if alsoSigns {
            code[1].uses +=
                Given.code(
                    "billing-service", .sign, Given.read("BILLING_JWT_SECRET", "billing-service")
                ).uses
        }
        return Given.findings(.differentSecrets, [stack], code)
    }

    @Test("who verifies under its own name verifies what the only signer signed")
    func verifier() {
        #expect(Self.findings("one").isEmpty)
        #expect(Self.findings("two").map(\.severity) == [.error])
        #expect(Self.findings("two").first?.services == ["identity-service", "billing-service"])
    }

    @Test("who signs under its own name has tokens of its own")
    func signer() { #expect(Self.findings("two", alsoSigns: true).isEmpty) }
}
