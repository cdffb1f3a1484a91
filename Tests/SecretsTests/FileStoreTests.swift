import Foundation
import Secrets
import TestSupport
import Testing

@Suite("The store file:///PATH, read and written")
struct FileStoreTests {
    private let folder: ScratchFolder
    private let store: FileStore

    init() throws {
        folder = try ScratchFolder()
        store = FileStore(path: folder.path("jwt"), patience: .milliseconds(200))
    }

    private let first = SecretBytes(utf8: Samples.first)
    private let second = SecretBytes(utf8: Samples.second)

    private func revision(_ store: FileStore) async throws -> String {
        switch await store.read() {
        case .found(_, let revision), .staged(_, let revision): return revision
        case let other:
            Issue.record("expected content, not \(other)")
            return ""
        }
    }

    private func mode(_ name: String) throws -> mode_t {
        var status = stat()
        try #require(stat(folder.path(name), &status) == 0)
        return status.st_mode & 0o7777
    }

    @Test("a new file is its owner's alone, and what is written is read back with its revision")
    func fresh() async throws {
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        #expect(await store.read() == .found(first, revision: revision))
        #expect(try mode("jwt") == 0o600)
        #expect(try mode("jwt.lock") == 0o600)
    }

    @Test("a replaced file keeps its mode and owner, and files beside it get the same")
    func attributes() async throws {
        let path = try folder.write(Samples.first, to: "jwt")
        #expect(chmod(path, 0o640) == 0)
        if geteuid() == 0 { #expect(chown(path, 65_534, 65_534) == 0) }
        let before = try await revision(store)
        _ = try await store.write(StoredSecret(current: second, previous: first), replacing: before)
        for name in ["jwt", "jwt_PREVIOUS"] {
            var status = stat()
            try #require(stat(folder.path(name), &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o640)
            if geteuid() == 0 { #expect(status.st_uid == 65_534 && status.st_gid == 65_534) }
        }
    }

    @Test("a rotation by names is read as staged at each of its steps, and leaves nothing behind")
    func rotation() async throws {
        var revision = try await store.write(StoredSecret(current: first), replacing: nil)
        for stored in [
            StoredSecret(current: first, next: second), StoredSecret(current: second, previous: first),
            StoredSecret(current: first, previous: second),
        ] {
            revision = try await store.write(stored, replacing: revision)
            #expect(await store.read() == .staged(stored, revision: revision))
        }
        revision = try await store.write(StoredSecret(current: first), replacing: revision)
        #expect(await store.read() == .found(first, revision: revision))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["jwt", "jwt.lock"])
    }

    @Test("of two writers that started from the same reading one wins, and the other changes nothing")
    func compareAndSet() async throws {
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        let third = SecretBytes(utf8: Samples.third)
        _ = try await store.write(StoredSecret(current: second), replacing: revision)
        await #expect(throws: StoreWriteError.changed) {
            try await store.write(StoredSecret(current: third), replacing: revision)
        }
        await #expect(throws: StoreWriteError.changed) {
            try await store.write(StoredSecret(current: third), replacing: nil)
        }
        let absent = FileStore(path: folder.path("other"))
        await #expect(throws: StoreWriteError.changed) {
            try await absent.write(StoredSecret(current: third), replacing: revision)
        }
        guard case .found(second, _) = await store.read() else {
            Issue.record("the winner's value is gone")
            return
        }
    }

    @Test("of twenty writers at once exactly one wins")
    func race() async throws {
        let store = FileStore(path: store.path)
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        let wins = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<20 {
                group.addTask {
                    let secret = StoredSecret(current: SecretBytes(utf8: "\(Samples.second)\(index)"))
                    return (try? await store.write(secret, replacing: revision)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(wins == 1)
    }

    @Test("while another process holds the lock nothing is written, and the reason names the lock file")
    func locked() async throws {
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        let descriptor = open(folder.path("jwt.lock"), O_RDWR)
        #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
        let error = await #expect(throws: StoreWriteError.self) {
            try await store.write(StoredSecret(current: second), replacing: revision)
        }
        guard case .unavailable(let reason)? = error else {
            Issue.record("expected .unavailable")
            return
        }
        #expect(reason.contains("jwt.lock"))
        close(descriptor)
        // Its holder is gone, and the file that stays behind is no lock.
        _ = try await store.write(StoredSecret(current: second), replacing: revision)
    }

    @Test("what a writer that crashed left under the new file's name is cleared away")
    func crashed() async throws {
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        try folder.write("half of a sec", to: ".jwt.new")
        _ = try await store.write(StoredSecret(current: second), replacing: revision)
        #expect(!FileManager.default.fileExists(atPath: folder.path(".jwt.new")))
    }

    @Test("from a ring to names and back; beside a ring, files of the other layout count for nothing")
    func layouts() async throws {
        let ring = SecretBytes(utf8: RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text)
        let names = StoredSecret(current: first, next: second)
        var revision = try await store.write(StoredSecret(current: ring), replacing: nil)
        revision = try await store.write(names, replacing: revision)
        #expect(await store.read() == .staged(names, revision: revision))
        // As a crash after the second of three steps leaves it.
        try folder.write(RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text, to: "jwt")
        guard case .found(ring, let left) = await store.read() else {
            Issue.record("expected the ring alone")
            return
        }
        revision = try await store.write(StoredSecret(current: first), replacing: left)
        #expect(await store.read() == .found(first, revision: revision))
    }

    @Test("an empty file beside it holds no key; one that can't be read makes the whole unreadable")
    func companions() async throws {
        try folder.write(Samples.first, to: "jwt")
        try folder.write("\n", to: "jwt_NEXT")
        guard case .found(first, _) = await store.read() else {
            Issue.record("expected the value alone")
            return
        }
        try folder.makeFolder("jwt_PREVIOUS")
        guard case .unavailable(let reason) = await store.read() else {
            Issue.record("expected .unavailable")
            return
        }
        #expect(reason.contains("jwt_PREVIOUS"))
    }

    @Test("what no reader would take is not written")
    func unfit() async throws {
        let ring = SecretBytes(utf8: #"{"keys":[]}"#)
        let large = SecretBytes([UInt8](repeating: 65, count: 65_537))
        for secret in [
            StoredSecret(current: SecretBytes([])), StoredSecret(current: SecretBytes(utf8: "\n")),
            StoredSecret(current: first, next: SecretBytes([])), StoredSecret(current: ring, next: second),
            StoredSecret(current: first, previous: ring), StoredSecret(current: large),
        ] {
            let error = await #expect(throws: StoreWriteError.self) { try await store.write(secret, replacing: nil) }
            guard case .unfit? = error else {
                Issue.record("expected .unfit")
                return
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("a link is followed: the file it leads to is replaced, and the link stays")
    func link() async throws {
        try folder.makeFolder("real")
        try folder.write(Samples.first, to: "real/jwt")
        try folder.link("jwt", to: "real/jwt")
        let revision = try await store.write(
            StoredSecret(current: second), replacing: try await revision(store))
        #expect(await FileStore(path: folder.path("real/jwt")).read() == .found(second, revision: revision))
        #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: store.path)) == "real/jwt")
    }

    @Test("a link that leads nowhere is not written through")
    func danglingLink() async throws {
        try folder.link("jwt", to: "nowhere")
        await expectDenied("leads nowhere", replacing: nil)
        #expect(!FileManager.default.fileExists(atPath: folder.path("nowhere")))
    }

    @Test("a Kubernetes volume is read across its swap, and a write says that the kubelet owns it")
    func kubernetes() async throws {
        try folder.makeFolder("..2026_01_01")
        try folder.makeFolder("..2026_01_02")
        try folder.write(Samples.first, to: "..2026_01_01/jwt")
        try folder.write(Samples.second, to: "..2026_01_02/jwt")
        try folder.write(Samples.first, to: "..2026_01_02/jwt_PREVIOUS")
        try folder.link("..data", to: "..2026_01_01")
        for name in ["jwt", "jwt_PREVIOUS"] { try folder.link(name, to: "..data/" + name) }
        let before = try await revision(store)
        try folder.link("..data", to: "..2026_01_02")
        guard case .staged(StoredSecret(current: second, previous: first), let after) = await store.read() else {
            Issue.record("expected the second version")
            return
        }
        #expect(before != after)
        await expectDenied("kubelet", replacing: after)
    }

    @Test("a file that is rewritten in place, as Docker does, is a new revision, also one of the same length")
    func rewritten() async throws {
        try folder.write(Samples.first, to: "jwt")
        let before = try await revision(store)
        let other = String(Samples.first.reversed())
        // The clock of a file system's times ticks in milliseconds.
        var attempts = 0
        repeat {
            try folder.write(other, to: "jwt")
            attempts += 1
        } while try await revision(store) == before && attempts < 10_000
        guard case .found(let bytes, let after) = await store.read() else {
            Issue.record("expected .found")
            return
        }
        #expect(bytes == SecretBytes(utf8: other))
        #expect(after != before)
    }

    @Test("no reason and no description shows a byte of a value")
    func shown() async throws {
        let revision = try await store.write(StoredSecret(current: first, next: second), replacing: nil)
        let reading = await store.read()
        let error = await #expect(throws: StoreWriteError.self) {
            try await store.write(StoredSecret(current: second), replacing: revision + "x")
        }
        for secret in [Samples.first, Samples.second] {
            #expect(!"\(reading)\(store)\(String(describing: error))\(revision)".contains(secret) as Bool)
        }
    }

    private func expectDenied(_ word: String, replacing revision: String?) async {
        let error = await #expect(throws: StoreWriteError.self) {
            try await store.write(StoredSecret(current: SecretBytes(utf8: Samples.third)), replacing: revision)
        }
        guard case .denied(let reason)? = error else {
            Issue.record("expected .denied, not \(String(describing: error))")
            return
        }
        #expect(reason.contains(word))
    }
}
