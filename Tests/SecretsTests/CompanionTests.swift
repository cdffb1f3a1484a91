import Secrets
import TestSupport
import Testing

@Suite("Next and previous keys beside a raw one")
struct CompanionTests {
    private static let names = ["JWT_SECRET_STAGING", "JWT_SECRET", "JWT_SECRET_KEY", "SECRET_KEY"]

    @Test("they stand beside the name that wins", arguments: names)
    func beside(name: String) async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.third + "\n", to: "previous")
        let ring = try await Samples.manager([
            "ENVIRONMENT": "staging", name: Samples.first, "\(name)_NEXT": Samples.second,
            "\(name)_PREVIOUS_FILE": path,
        ]).ring
        #expect(ring.keys.map(\.state) == [.current, .next, .previous])
        #expect(ring.keys.map(\.id) == [Samples.first, Samples.second, Samples.third].map(Samples.kid))
        #expect(ring.keys[2].verifies(at: .max) && ring.keys[1].verifies(at: 0))
        #expect(ring.current?.id == Samples.kid(Samples.first))
    }

    @Test("beside a name that does not win they are ignored, with a warning")
    func stray() async throws {
        let manager = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_KEY_PREVIOUS": Samples.second,
        ])
        #expect(manager.ring.keys.count == 1)
        #expect(manager.warnings.map(\.code) == ["companion_ignored"])
    }

    @Test("one that holds a key of the ring again adds nothing, with a warning", arguments: ["NEXT", "PREVIOUS"])
    func duplicate(suffix: String) async throws {
        let manager = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_\(suffix)": Samples.first,
        ])
        #expect(manager.ring.keys.count == 1)
        #expect(manager.warnings.map(\.code) == ["companion_duplicate"])
    }

    @Test(
        "they keep the rules",
        arguments: [
            ("short", "secret_too_short"), ("replace-me-please-replace-me-please-now", "secret_placeholder"),
            (String(repeating: "z", count: 48), "secret_weak"), ("{\"keys\":[]}", "secret_malformed"),
        ])
    func rules(value: String, code: String) async {
        for suffix in ["NEXT", "PREVIOUS"] {
            let error = await #expect(throws: SecretError.self) {
                _ = try await Samples.manager([
                    "ENVIRONMENT": "production", "JWT_SECRET": Samples.first, "JWT_SECRET_\(suffix)": value,
                ])
            }
            #expect(error?.code == code)
            #expect(error?.message.contains("JWT_SECRET_\(suffix)") == true)
        }
    }

    @Test("beside a ring they stop production, where one of the two would silently not count")
    func besideRing() async throws {
        let ring = RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text
        var variables = ["ENVIRONMENT": "production", "JWT_SECRET": ring, "JWT_SECRET_PREVIOUS": Samples.second]
        let error = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(error?.code == "secret_conflict")
        variables["ENVIRONMENT"] = "development"
        let manager = try await Samples.manager(variables)
        #expect(manager.ring.keys.count == 1)
        #expect(manager.warnings.map(\.code) == ["companion_ignored"])
    }

    @Test("a companion and its file that differ are an error; a missing file too")
    func files() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.third, to: "next")
        let variables = [
            "ENVIRONMENT": "development", "JWT_SECRET": Samples.first, "JWT_SECRET_NEXT": Samples.second,
            "JWT_SECRET_NEXT_FILE": path,
        ]
        let conflict = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(conflict?.code == "secret_conflict")
        try folder.remove("next")
        let missing = await #expect(throws: SecretError.self) { _ = try await Samples.manager(variables) }
        #expect(missing?.code == "file_unreadable")
    }
}
