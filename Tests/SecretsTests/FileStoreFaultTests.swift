import Foundation
import Secrets
import TestSupport
import Testing

/// Folders that refuse a write, as mounts of their own: what root may do everywhere else, nobody may do there.
@Suite("A file store whose folder refuses")
struct FileStoreFaultTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private static func run(_ command: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// Runs `body` with a file system of one page for content beside the folder's own.
    /// - Returns: whether one could be mounted.
    private func withMount(_ body: (FileStore) async throws -> Void) async throws -> Bool {
        try folder.makeFolder("mount")
        let mount = folder.path("mount")
        guard Self.run(["mount", "-t", "tmpfs", "-o", "size=4k", "lockstep-test", mount]) else { return false }
        defer { _ = Self.run(["umount", mount]) }
        try await body(FileStore(path: "\(mount)/jwt"))
        return true
    }

    private func reason(
        _ store: FileStore, _ secret: StoredSecret, replacing revision: String?
    ) async -> StoreWriteError? {
        do throws(StoreWriteError) {
            _ = try await store.write(secret, replacing: revision)
            return nil
        } catch { return error }
    }

    @Test("a full disk leaves the old file as it was, and nothing beside it", .enabled(if: geteuid() == 0, "mounts"))
    func full() async throws {
        let old = SecretBytes([UInt8](repeating: 65, count: 3_000))
        let new = SecretBytes([UInt8](repeating: 66, count: 3_000))
        let isMounted = try await withMount { store in
            let revision = try await store.write(StoredSecret(current: old), replacing: nil)
            guard case .unavailable(let reason)? = await self.reason(store, .init(current: new), replacing: revision)
            else {
                Issue.record("expected .unavailable")
                return
            }
            #expect(reason.contains("no space left"))
            #expect(await store.read() == .found(old, revision: revision))
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("mount")).sorted()
            #expect(names == ["jwt", "jwt.lock"])
        }
        if !isMounted { print("no mount here: the full disk was not tested") }
    }

    @Test("a read-only mount says so, and is read as before", .enabled(if: geteuid() == 0, "mounts"))
    func readOnlyMount() async throws {
        let old = SecretBytes(utf8: Samples.first)
        let isMounted = try await withMount { store in
            let revision = try await store.write(StoredSecret(current: old), replacing: nil)
            try #require(Self.run(["mount", "-o", "remount,ro", folder.path("mount")]))
            let new = StoredSecret(current: SecretBytes(utf8: Samples.second))
            guard case .denied(let reason)? = await self.reason(store, new, replacing: revision) else {
                Issue.record("expected .denied")
                return
            }
            #expect(reason.contains("read-only"))
            #expect(await store.read() == .found(old, revision: revision))
            // Through a link from a folder that may be written to, as well.
            try folder.link("jwt", to: "mount/jwt")
            guard case .denied? = await self.reason(FileStore(path: folder.path("jwt")), new, replacing: revision)
            else {
                Issue.record("expected .denied")
                return
            }
        }
        if !isMounted { print("no mount here: the read-only mount was not tested") }
    }

    @Test("a folder that is somebody else's says so", .enabled(if: geteuid() != 0, "root may write everywhere"))
    func readOnlyFolder() async throws {
        let path = try folder.write(Samples.first, to: "jwt")
        #expect(chmod(folder.path, 0o500) == 0)
        defer { chmod(folder.path, 0o700) }
        let store = FileStore(path: path)
        guard case .found(let old, let revision) = await store.read() else {
            Issue.record("expected .found")
            return
        }
        let new = StoredSecret(current: SecretBytes(utf8: Samples.second))
        guard case .denied? = await reason(store, new, replacing: revision) else {
            Issue.record("expected .denied")
            return
        }
        #expect(await store.read() == .found(old, revision: revision))
    }

    @Test("a folder that is not there is named")
    func noFolder() async {
        let store = FileStore(path: folder.path("missing/jwt"))
        let new = StoredSecret(current: SecretBytes(utf8: Samples.second))
        guard case .denied(let reason)? = await reason(store, new, replacing: nil) else {
            Issue.record("expected .denied")
            return
        }
        #expect(reason.contains("does not exist"))
    }
}
