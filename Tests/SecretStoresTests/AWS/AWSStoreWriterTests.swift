import Secrets
import Synchronization
import TestSupport
import Testing

@testable import SecretStores

@Suite("AWS Secrets Manager, written")
struct AWSStoreWriterTests {
    private typealias Bench = AWSTestBench
    private static let first = Bench.bytes(Bench.first)
    private static let second = Bench.bytes(Bench.second)
    private static let third = Bench.bytes(Bench.third)

    @Test("a rotation moves AWS's own labels: promoting is one move")
    func rotation() async throws {
        try await Bench.with { fake, store in
            var revision = try await store.write(StoredSecret(current: Self.first), replacing: nil)
            revision = try await store.write(
                StoredSecret(current: Self.first, next: Self.second), replacing: revision)
            #expect(fake.staged == ["AWSCURRENT": Bench.first, "AWSPENDING": Bench.second])
            let before = fake.calls.count
            revision = try await store.write(
                StoredSecret(current: Self.second, previous: Self.first), replacing: revision)
            #expect(fake.calls[before...].filter { $0 == "UpdateSecretVersionStage" }.count == 1)
            #expect(!fake.calls[before...].contains("PutSecretValue"))
            #expect(fake.staged["AWSCURRENT"] == Bench.second)
            #expect(fake.staged["AWSPREVIOUS"] == Bench.first)
            _ = try await store.write(StoredSecret(current: Self.second), replacing: revision)
            #expect(fake.staged["AWSPREVIOUS"] == nil)
            #expect(await store.read().stored == StoredSecret(current: Self.second))
        }
    }

    @Test("a rollback after promote signs with the old key again and keeps the other as next")
    func rollback() async throws {
        try await Bench.with { fake, store in
            var revision = try await store.write(
                StoredSecret(current: Self.second, previous: Self.first), replacing: nil)
            revision = try await store.write(StoredSecret(current: Self.first, next: Self.second), replacing: revision)
            #expect(fake.staged == ["AWSCURRENT": Bench.first, "AWSPENDING": Bench.second])
            _ = try await store.write(StoredSecret(current: Self.first), replacing: revision)
            #expect(fake.staged == ["AWSCURRENT": Bench.first])
        }
    }

    @Test("rings follow each other in AWSCURRENT alone, and bytes that are no text come back")
    func ringsAndBinary() async throws {
        try await Bench.with { fake, store in
            let rings = [#"{"keys":["\u0001é"]}"#, "{\"keys\":[\"\u{1}\\\"\"]}\n"].map(Bench.bytes)
            var revision: String?
            for ring in rings { revision = try await store.write(StoredSecret(current: ring), replacing: revision) }
            #expect(await store.read().stored == StoredSecret(current: rings[1]))
            #expect(fake.staged["AWSPENDING"] == nil)
            let binary = SecretBytes([0xFF, 0, 1, 2, 0x80])
            _ = try await store.write(StoredSecret(current: binary), replacing: revision)
            #expect(await store.read().stored == StoredSecret(current: binary))
        }
    }

    @Test("a writer that is faster by one call wins, and the other is told", arguments: ["AWSCURRENT", "AWSPENDING"])
    func race(label: String) async throws {
        try await Bench.with { fake, store in
            let revision = try await store.write(StoredSecret(current: Self.first), replacing: nil)
            fake.change {
                $0.interference["UpdateSecretVersionStage"] = { state in
                    state.put("faster", .init(string: Bench.third, labels: [label]))
                }
            }
            let mine =
                label == "AWSCURRENT"
                ? StoredSecret(current: Self.second) : StoredSecret(current: Self.first, next: Self.second)
            await #expect(throws: StoreWriteError.changed) { try await store.write(mine, replacing: revision) }
            #expect(fake.staged[label] == Bench.third)
            #expect(fake.staged["lockstep-writing"] == nil)
        }
    }

    @Test(
        "an answer that got lost does not lose the write, nor write it twice",
        arguments: ["CreateSecret", "PutSecretValue", "UpdateSecretVersionStage"])
    func lostAnswer(operation: String) async throws {
        try await Bench.with { fake, store in
            var revision: String?
            if operation != "CreateSecret" {
                revision = try await store.write(StoredSecret(current: Self.first), replacing: nil)
            }
            fake.change { $0.lost = [operation] }
            let written = try await store.write(StoredSecret(current: Self.second), replacing: revision)
            #expect(await store.read() == .found(Self.second, revision: written))
            let versions = fake.state.withLock { $0.versions?.values.count { $0.string == Bench.second } }
            #expect(versions == 1)
        }
    }

    @Test("a policy without the right to write is denied, and nothing is written")
    func denied() async throws {
        try await Bench.with { fake, store in
            let revision = try await store.write(StoredSecret(current: Self.first), replacing: nil)
            fake.change { $0.denied = ["PutSecretValue", "UpdateSecretVersionStage"] }
            let error = await #expect(throws: StoreWriteError.self) {
                try await store.write(StoredSecret(current: Self.second), replacing: revision)
            }
            guard case .denied = error else {
                Issue.record("expected .denied, not \(String(describing: error))")
                return
            }
            #expect(await store.read() == .found(Self.first, revision: revision))
        }
    }

    @Test(
        "what would not be read back is not written",
        arguments: [
            StoredSecret(current: SecretBytes([])),
            StoredSecret(current: SecretBytes([UInt8](repeating: 65, count: 65_537))),
            StoredSecret(current: first, next: first), StoredSecret(current: first, next: second, previous: second),
            StoredSecret(current: first, next: SecretBytes(utf8: "{}")),
            StoredSecret(current: SecretBytes(utf8: "{}"), previous: first),
        ])
    func unfit(secret: StoredSecret) async throws {
        try await Bench.with { fake, store in
            let error = await #expect(throws: StoreWriteError.self) { try await store.write(secret, replacing: nil) }
            guard case .unfit = error else {
                Issue.record("expected .unfit, not \(String(describing: error))")
                return
            }
            #expect(fake.calls.isEmpty)
        }
    }

    @Test("over a secret that is scheduled for deletion nothing is written; into an empty one it is")
    func deletedAndEmpty() async throws {
        try await Bench.with { fake, store in
            fake.put(Bench.first)
            fake.change { $0.isDeleted = true }
            await #expect(throws: StoreWriteError.self) {
                try await store.write(StoredSecret(current: Self.second), replacing: nil)
            }
            fake.change {
                $0.isDeleted = false
                $0.versions = [:]
            }
            _ = try await store.write(StoredSecret(current: Self.second, next: Self.third), replacing: nil)
            #expect(fake.staged == ["AWSCURRENT": Bench.second, "AWSPENDING": Bench.third])
        }
    }
}
