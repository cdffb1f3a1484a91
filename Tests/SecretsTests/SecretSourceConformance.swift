import Foundation
import Secrets
import TestSupport
import Testing

extension SourceUnderTest {
    static var file: SourceUnderTest {
        var subject = SourceUnderTest(name: "file") { bytes in
            let folder = try ScratchFolder()
            if let bytes { try folder.write(bytes: bytes, to: "secret") }
            return HeldFileSource(folder: folder, source: FileSource(path: folder.path("secret")))
        }
        subject.malformed = {
            // What nobody may read as a file is a folder.
            let folder = try ScratchFolder()
            try folder.makeFolder("secret")
            return HeldFileSource(folder: folder, source: FileSource(path: folder.path("secret")))
        }
        subject.changing = { bytes in
            let folder = try ScratchFolder()
            try folder.write(bytes: bytes, to: "secret")
            let source = HeldFileSource(folder: folder, source: FileSource(path: folder.path("secret")))
            return (
                source,
                { bytes in
                    if let bytes { try folder.write(bytes: bytes, to: "secret") } else { try folder.remove("secret") }
                }
            )
        }
        // Root may read everything.
        if geteuid() != 0 {
            subject.denied = {
                let folder = try ScratchFolder()
                let path = try folder.write(Samples.first, to: "secret")
                guard chmod(path, 0) == 0 else { throw CocoaError(.fileWriteUnknown) }
                return HeldFileSource(folder: folder, source: FileSource(path: path))
            }
        }
        return subject
    }

    static let literal = SourceUnderTest(name: "literal") { bytes in
        LiteralSource(label: "a variable", value: bytes.map(SecretBytes.init))
    }

    /// The double that other tests stand on is held to what it stands for.
    static var memory: SourceUnderTest {
        var subject = SourceUnderTest(name: "memory") { bytes in
            MemoryStore(bytes.map { StoredSecret(current: SecretBytes($0)) })
        }
        subject.changing = { bytes in
            let store = MemoryStore(StoredSecret(current: SecretBytes(bytes)))
            return (store, { store.put($0.map { StoredSecret(current: SecretBytes($0)) }) })
        }
        subject.writable = { MemoryStore() }
        return subject
    }
}

/// Keeps the folder for as long as its source.
private struct HeldFileSource: SecretSource {
    let folder: ScratchFolder
    let source: FileSource
    var label: String { source.label }
    func read() async -> SourceReading { await source.read() }
}

@Suite("Each source of secrets")
struct SecretSourceConformance {
    @Test("keeps what the chain relies on", arguments: SourceCheck.all(of: [.file, .literal, .memory]))
    func conforms(_ one: SourceCheck.Pair) async throws {
        #expect(try await one.findings() == [])
    }

    @Test("is found out where it breaks a rule: the suite can fail")
    func suiteCanFail() async throws {
        var broken = SourceUnderTest(name: "broken") { _ in
            LiteralSource(label: "", value: SecretBytes(utf8: "always the same"))
        }
        broken.denied = { LiteralSource(label: "", value: nil) }
        broken.changing = { _ in (LiteralSource(label: "", value: nil), { _ in }) }
        broken.pinned = { _, later in LiteralSource(label: "", value: SecretBytes(later)) }
        broken.writable = { ForgetfulStore() }
        for check in SourceCheck.all(of: [broken]) {
            let findings = try await check.findings()
            #expect(!findings.isEmpty, "\(check)")
        }
    }
}

/// Takes every write, and keeps none.
private struct ForgetfulStore: WritableSecretStore {
    let label = ""
    func read() async -> SourceReading { .absent(reason: "") }
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String { "1" }
}

@Suite("Files")
struct FileSourceTests {
    @Test("a pipe, a device and a file without end are refused and hold nothing up")
    func noRegularFile() async {
        guard case .unavailable = await FileSource(path: "/dev/zero").read() else {
            Issue.record("expected .unavailable")
            return
        }
    }

    @Test("a file that belongs to somebody else is denied", .enabled(if: geteuid() != 0, "root may read everything"))
    func denied() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.first, to: "secret")
        #expect(chmod(path, 0) == 0)
        #expect(await FileSource(path: path).read() == .denied(reason: "this process may not read it"))
    }

    @Test("a file beyond 64 KiB is not read")
    func tooLarge() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(bytes: [UInt8](repeating: 65, count: 65_537), to: "secret")
        guard case .unavailable(let reason) = await FileSource(path: path).read() else {
            Issue.record("expected .unavailable")
            return
        }
        #expect(reason.contains("65536"))
        try folder.write(bytes: [UInt8](repeating: 65, count: 65_536), to: "secret")
        guard case .found = await FileSource(path: path).read() else {
            Issue.record("expected .found")
            return
        }
    }
}
