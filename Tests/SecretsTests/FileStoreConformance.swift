import Foundation
import Secrets
import TestSupport
import Testing

extension SourceUnderTest {
    static var fileStore: SourceUnderTest {
        var subject = SourceUnderTest(name: "file store") { bytes in
            let held = try HeldFileStore()
            if let bytes { try held.folder.write(bytes: bytes, to: "jwt") }
            return held
        }
        subject.malformed = {
            let held = try HeldFileStore()
            try held.folder.makeFolder("jwt")
            return held
        }
        subject.changing = { bytes in
            let held = try HeldFileStore()
            try held.folder.write(bytes: bytes, to: "jwt")
            return (
                held,
                { bytes in
                    if let bytes {
                        try held.folder.write(bytes: bytes, to: "jwt")
                    } else {
                        try held.folder.remove("jwt")
                    }
                }
            )
        }
        subject.writable = { try HeldFileStore() }
        if geteuid() != 0 {
            subject.denied = {
                let held = try HeldFileStore()
                let path = try held.folder.write(Samples.first, to: "jwt")
                guard chmod(path, 0) == 0 else { throw CocoaError(.fileWriteUnknown) }
                return held
            }
        }
        return subject
    }
}

/// Keeps the folder for as long as its store.
private struct HeldFileStore: WritableSecretStore {
    let folder: ScratchFolder
    let store: FileStore

    init() throws {
        folder = try ScratchFolder()
        store = FileStore(path: folder.path("jwt"))
    }

    var label: String { store.label }
    func read() async -> SourceReading { await store.read() }
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        try await store.write(secret, replacing: revision)
    }
}

@Suite("The file store as a source")
struct FileStoreConformance {
    @Test("keeps what the chain relies on", arguments: SourceCheck.all(of: [.fileStore]))
    func conforms(_ one: SourceCheck.Pair) async throws {
        #expect(try await one.findings() == [])
    }
}
