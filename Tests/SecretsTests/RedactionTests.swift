import Secrets
import TestSupport
import Testing

@Suite("No byte of a secret is shown")
struct RedactionTests {
    private static let secret = SecretBytes(utf8: Samples.first)
    private static let key = RingKey(
        id: Samples.kid(Samples.first), algorithm: .hs256, secret: secret, state: .current)
    private static let ring = KeyRing(keys: [key], source: "a test", environment: .test, version: 1)

    /// Every way that Swift has to make text of a value.
    private func texts(of value: Any) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var printed = ""
        print(value, to: &printed)
        return [dumped, printed, "\(value)", String(describing: value), String(reflecting: value), mirrored(value)]
    }

    private func mirrored(_ value: Any) -> String {
        Mirror(reflecting: value).children.map { "\($0.label ?? "")=\($0.value) \(mirrored($0.value))" }.joined()
    }

    private func expectNothingShown(_ value: Any) {
        let bytes = "\(Array(Samples.first.utf8).prefix(4))".dropFirst().dropLast()
        for text in texts(of: value) {
            #expect(!text.contains(Samples.first))
            #expect(!text.contains(Samples.first.prefix(8)))
            #expect(!text.contains(bytes))
        }
    }

    @Test("bytes, keys, rings, bindings, readings, candidates and plans keep them to themselves")
    func values() throws {
        expectNothingShown(Self.secret)
        expectNothingShown([Self.secret])
        expectNothingShown(Optional(Self.secret) as Any)
        expectNothingShown(Self.key)
        expectNothingShown(Self.ring)
        expectNothingShown(SecretBinding.literal(Self.secret))
        expectNothingShown(SourceReading.found(Self.secret, revision: "1"))
        expectNothingShown(LiteralSource(label: "a test", value: Self.secret))
        let plan = try SecretPlan(variables: ["JWT_SECRET": .literal(Self.secret)], environment: .production)
        expectNothingShown(plan)
        expectNothingShown(try SecretResolution.resolve(plan, readings: [:], algorithm: .hs256))
    }

    @Test("the manager, its diagnostics, its warnings and its log")
    func manager() async throws {
        let log = CapturedLog()
        let manager = try await Samples.manager(
            [
                "ENVIRONMENT": "development", "JWT_SECRET": Samples.first + "\n", "SECRET_KEY": Samples.second,
                "JWT_SECRET_NEXT": Samples.third,
            ], log: log)
        expectNothingShown(manager)
        expectNothingShown(manager.diagnostics())
        expectNothingShown(manager.warnings)
        for secret in [Samples.first, Samples.second, Samples.third] {
            #expect(!log.text.contains(secret.prefix(8)))
            #expect(!"\(manager.diagnostics())".contains(secret.prefix(8)) as Bool)
        }
    }

    @Test("a shown secret tells its length and nothing else")
    func description() {
        #expect("\(Self.secret)" == "<48 secret bytes>")
        #expect(Mirror(reflecting: Self.secret).children.isEmpty)
    }
}
