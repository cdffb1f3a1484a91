import Secrets
import TestSupport
import Testing

@Suite("Values that a store keeps beside the current one")
struct StagedKeyTests {
    private func manager(
        _ stored: StoredSecret, _ more: [String: String] = [:], log: CapturedLog = CapturedLog()
    ) async throws(SecretError) -> SecretManager {
        try await Samples.manager(
            ["ENVIRONMENT": "production", "JWT_SECRET_STORE": "aws://r/jwt"].merging(more) { $1 }, log: log,
            stores: .of(MemoryStore(stored)))
    }

    private func bytes(_ text: String) -> SecretBytes { SecretBytes(utf8: text) }

    @Test("they are the next and the previous key of a raw one")
    func beside() async throws {
        let ring = try await manager(
            StoredSecret(
                current: bytes(Samples.first), next: bytes(Samples.second + "\n"), previous: bytes(Samples.third))
        ).ring
        #expect(ring.keys.map(\.state) == [.current, .next, .previous])
        #expect(ring.keys.map(\.id) == [Samples.first, Samples.second, Samples.third].map(Samples.kid))
    }

    @Test(
        "one that is no key, or a weak one, is passed over with a warning, is never served, and stops nothing",
        arguments: ["short", "replace-me-please-replace-me-please-now", "{\"keys\":[]}", "a\u{0}b"])
    func rejected(value: String) async throws {
        for stored in [
            StoredSecret(current: bytes(Samples.first), previous: bytes(value)),
            StoredSecret(current: bytes(Samples.first), next: bytes(value)),
        ] {
            let log = CapturedLog()
            let manager = try await manager(stored, log: log)
            #expect(manager.ring.keys.map(\.state) == [.current])
            #expect(manager.warnings.map(\.code) == ["staged_rejected"])
            #expect(!log.text.contains(value))
        }
    }

    @Test("the current one fails closed, whatever stands beside it")
    func current() async {
        let error = await #expect(throws: SecretError.self) {
            _ = try await manager(StoredSecret(current: bytes("short"), previous: bytes(Samples.first)))
        }
        #expect(error?.code == "secret_too_short")
    }

    @Test("one that repeats another key adds nothing, and nothing is said of it: stores do so between two steps")
    func duplicate() async throws {
        for stored in [
            StoredSecret(current: bytes(Samples.first), previous: bytes(Samples.first)),
            StoredSecret(current: bytes(Samples.first), next: bytes(Samples.first)),
        ] {
            let manager = try await manager(stored)
            #expect(manager.ring.keys.map(\.state) == [.current])
            #expect(manager.warnings.isEmpty)
        }
        let both = try await manager(
            StoredSecret(current: bytes(Samples.first), next: bytes(Samples.second), previous: bytes(Samples.second)))
        #expect(both.ring.keys.map(\.state) == [.current, .next])
    }

    @Test("beside a ring they are the ring before it, and count for nothing")
    func besideRing() async throws {
        let ring = RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text
        let old = RingText([.init(kid: "b", state: "current", secret: Samples.second)]).text
        let manager = try await manager(StoredSecret(current: bytes(ring), previous: bytes(old)))
        #expect(manager.ring.keys.map(\.id.rawValue) == ["a"])
        #expect(manager.warnings.isEmpty)
    }

    @Test("names and a store that hold the same keys in three places each are no conflict; other keys are")
    func compared() async throws {
        let stored = StoredSecret(current: bytes(Samples.first), next: bytes(Samples.second))
        var names = ["JWT_SECRET": Samples.first, "JWT_SECRET_NEXT": Samples.second]
        #expect(try await manager(stored, names).warnings.isEmpty)
        names["JWT_SECRET_NEXT"] = Samples.third
        let error = await #expect(throws: SecretError.self) { _ = try await manager(stored, names) }
        #expect(error?.code == "secret_conflict")
    }

    @Test("a variable that has no previous key agrees with a store that keeps one by itself, with a warning")
    func previousAlone() async throws {
        let stored = StoredSecret(current: bytes(Samples.first), previous: bytes(Samples.second))
        let manager = try await manager(stored, ["JWT_SECRET": Samples.first])
        #expect(manager.warnings.map(\.code) == ["staged_ignored"])
        #expect(manager.ring.keys.count == 1)
        let error = await #expect(throws: SecretError.self) {
            _ = try await self.manager(stored, ["JWT_SECRET": Samples.second])
        }
        #expect(error?.code == "secret_conflict")
    }
}
