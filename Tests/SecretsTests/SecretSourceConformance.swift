import Foundation
import Secrets
import TestSupport
import Testing

/// What every `SecretSource` is held to, and a way to put each situation before it.
struct SourceUnderTest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A source in which these bytes lie; nil: nothing.
    let source: @Sendable ([UInt8]?) throws -> (any SecretSource)
    /// A source that this process may not read, where such a thing can be made.
    var denied: (@Sendable () throws -> any SecretSource)?
    /// A source, and a way to change what lies there.
    var changing: (@Sendable ([UInt8]) throws -> (any SecretSource, @Sendable ([UInt8]?) throws -> Void))?

    static let all = [file, literal]

    static let file = SourceUnderTest(
        testDescription: "file",
        source: { bytes in
            let folder = try ScratchFolder()
            if let bytes { try folder.write(bytes: bytes, to: "secret") }
            return HeldFileSource(folder: folder, source: FileSource(path: folder.path("secret")))
        },
        denied: {
            // Root may read everything; what nobody may open for reading as a file is a folder.
            let folder = try ScratchFolder()
            try folder.makeFolder("secret")
            return HeldFileSource(folder: folder, source: FileSource(path: folder.path("secret")))
        },
        changing: { bytes in
            let folder = try ScratchFolder()
            try folder.write(bytes: bytes, to: "secret")
            let source = HeldFileSource(folder: folder, source: FileSource(path: folder.path("secret")))
            return (
                source,
                { bytes in
                    if let bytes { try folder.write(bytes: bytes, to: "secret") } else { try folder.remove("secret") }
                }
            )
        })

    static let literal = SourceUnderTest(
        testDescription: "literal",
        source: { bytes in LiteralSource(label: "a variable", value: bytes.map(SecretBytes.init)) })
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
    private func found(_ reading: SourceReading) -> [UInt8]? {
        guard case .found(let bytes, _) = reading else { return nil }
        return bytes.withUnsafeBytes { Array($0) }
    }

    @Test(
        "gives what lies there, byte for byte, and judges nothing",
        arguments: SourceUnderTest.all,
        [
            Array(Samples.first.utf8), Array((Samples.first + "\n").utf8), Array("  spaced  ".utf8), [],
            [0xFF, 0x00, 0x0A],
            Array("{\"keys\":[".utf8),
            Array(RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text.utf8),
        ] as [[UInt8]])
    func verbatim(subject: SourceUnderTest, bytes: [UInt8]) async throws {
        let source = try subject.source(bytes)
        let reading = await source.read()
        #expect(found(reading) == bytes)
        #expect(await source.read() == reading)
    }

    @Test("says that nothing is there", arguments: SourceUnderTest.all)
    func absent(subject: SourceUnderTest) async throws {
        guard case .absent(let reason) = await (try subject.source(nil)).read() else {
            Issue.record("expected .absent")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("says that it may not read what is there", arguments: SourceUnderTest.all.filter { $0.denied != nil })
    func denied(subject: SourceUnderTest) async throws {
        let make = try #require(subject.denied)
        switch await (try make()).read() {
        case .denied(let reason), .unavailable(let reason): #expect(!reason.isEmpty)
        case let other: Issue.record("expected a refusal, not \(other)")
        }
    }

    @Test("has a name, and shows no byte", arguments: SourceUnderTest.all)
    func shown(subject: SourceUnderTest) async throws {
        let source = try subject.source(Array(Samples.first.utf8))
        #expect(!source.label.isEmpty)
        let reading = await source.read()
        #expect(!"\(source.label)\(source)\(reading)".contains(Samples.first) as Bool)
    }

    @Test("sees a change, also one of the same length", arguments: SourceUnderTest.all.filter { $0.changing != nil })
    func changed(subject: SourceUnderTest) async throws {
        let make = try #require(subject.changing)
        let (source, change) = try make(Array(Samples.first.utf8))
        let first = await source.read()
        try change(Array(Samples.second.utf8))
        let second = await source.read()
        #expect(found(second) == Array(Samples.second.utf8))
        #expect(first != second)
        try change(nil)
        #expect(found(await source.read()) == nil)
    }
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
