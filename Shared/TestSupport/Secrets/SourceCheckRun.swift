import Secrets

/// Performs one check, and gathers what does not hold.
struct SourceCheckRun {
    static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
    static let third = "H4jL9sW2xP7vN1cT6bM3qR8dF5gK0zAyEuIoB-tGhJmXrVnC"

    let subject: SourceUnderTest
    private(set) var findings: [String] = []

    init(subject: SourceUnderTest) { self.subject = subject }

    mutating func perform(_ check: SourceCheck) async throws {
        switch check {
        case .found: try await verbatim(Array(Self.first.utf8))
        case .empty: try await verbatim([])
        case .trailingNewline: try await verbatim(Array((Self.first + "\n").utf8))
        case .binary: try await verbatim([0xFF, 0x00, 0x0A, 0x80])
        case .ring: try await verbatim(Array(#"{"keys":[{"kty":"oct","kid":"a","k":"AA"}]} "#.utf8))
        case .absent: try await absent()
        case .denied: try await fails(subject.denied) { if case .denied = $0 { true } else { false } }
        case .slow: try await fails(subject.slow, with: Self.isUnavailable)
        case .unreachable: try await fails(subject.unreachable, with: Self.isUnavailable)
        case .malformed: try await fails(subject.malformed, with: Self.isUnavailable)
        case .shown: try await shown()
        case .pinned: try await pinned()
        case .changed: try await changed()
        case .writeCreates: try await writeCreates()
        case .writeReplaces: try await writeReplaces()
        case .writeStale: try await writeStale()
        case .writeExisting: try await writeExisting()
        case .names: try await names()
        }
    }

    // MARK: Reading

    /// A source judges nothing: no trimming, no rule, no parsing of the value.
    private mutating func verbatim(_ bytes: [UInt8]) async throws {
        let source = try await subject.holding(bytes)
        let reading = await source.read()
        expect(reading.foundBytes == bytes, "it held \(bytes.count) bytes and answered \(reading)")
        let again = await source.read()
        expect(again == reading, "a second look at the same thing answered \(again), not \(reading)")
    }

    private mutating func absent() async throws {
        let reading = await (try subject.holding(nil)).read()
        guard case .absent(let reason) = reading else { return fail("nothing lay there, and it answered \(reading)") }
        expect(!reason.isEmpty, "it gave no reason")
    }

    private mutating func fails(
        _ make: (@Sendable () async throws -> any SecretSource)?, with isExpected: (SourceReading) -> Bool
    ) async throws {
        guard let source = try await make?() else { return fail("there is no such source to look at") }
        let reading = await source.read()
        expect(isExpected(reading), "it answered \(reading)")
        expect(reading.reason?.isEmpty == false, "it gave no reason")
    }

    private static func isUnavailable(_ reading: SourceReading) -> Bool {
        if case .unavailable = reading { true } else { false }
    }

    private mutating func shown() async throws {
        let source = try await subject.holding(Array(Self.first.utf8))
        expect(!source.label.isEmpty, "it has no name")
        let reading = await source.read()
        let text = "\(source.label)\(source)\(reading)\(String(reflecting: source))\(String(reflecting: reading))"
        expect(!text.contains(Self.first), "it shows the secret when it is printed")
    }

    private mutating func pinned() async throws {
        guard let make = subject.pinned else { return fail("nothing is pinned") }
        let source = try await make(Array(Self.first.utf8), Array(Self.second.utf8))
        let reading = await source.read()
        expect(
            reading.foundBytes == Array(Self.first.utf8), "it answered another version than the one it is named with")
    }

    private mutating func changed() async throws {
        guard let make = subject.changing else { return fail("nothing changes") }
        let (source, change) = try await make(Array(Self.first.utf8))
        let before = await source.read()
        try await change(Array(Self.second.utf8))
        let after = await source.read()
        expect(after.foundBytes == Array(Self.second.utf8), "what was put there was not found: \(after)")
        expect(after.revision != nil && after.revision != before.revision, "the revision did not change")
        try await change(nil)
        let gone = await source.read()
        expect(gone.foundBytes == nil, "what was taken away is still answered")
    }

    // MARK: Writing

    private mutating func writeCreates() async throws {
        let store = try await emptyStore()
        let written = try await store.write(Self.stored(Self.first), replacing: nil)
        let reading = await store.read()
        expect(reading.current == Array(Self.first.utf8), "a read after the write answered \(reading)")
        expect(
            reading.revision == written,
            "the write answered revision \(written), the read \(reading.revision ?? "none")")
    }

    private mutating func writeReplaces() async throws {
        let store = try await emptyStore()
        let first = try await store.write(Self.stored(Self.first), replacing: nil)
        let second = try await store.write(Self.stored(Self.second), replacing: first)
        let reading = await store.read()
        expect(second != first, "both writes have revision \(first)")
        expect(reading.current == Array(Self.second.utf8), "a read after the second write answered \(reading)")
        expect(reading.revision == second, "the read has another revision than the write answered")
    }

    private mutating func writeStale() async throws {
        let store = try await emptyStore()
        let first = try await store.write(Self.stored(Self.first), replacing: nil)
        let second = try await store.write(Self.stored(Self.second), replacing: first)
        await expectChanged("a write over revision \(first), which is not there any more,") {
            () async throws(StoreWriteError) in try await store.write(Self.stored(Self.third), replacing: first)
        }
        let reading = await store.read()
        expect(reading.current == Array(Self.second.utf8), "the refused write changed what lies there: \(reading)")
        expect(reading.revision == second, "the refused write changed the revision")
    }

    private mutating func writeExisting() async throws {
        let store = try await emptyStore()
        _ = try await store.write(Self.stored(Self.first), replacing: nil)
        await expectChanged("a write that takes the place for empty") {
            () async throws(StoreWriteError) in try await store.write(Self.stored(Self.second), replacing: nil)
        }
        expect(await store.read().current == Array(Self.first.utf8), "the refused write changed what lies there")
        let empty = try await emptyStore()
        await expectChanged("a write over a revision where nothing lies") {
            () async throws(StoreWriteError) in try await empty.write(Self.stored(Self.first), replacing: "1")
        }
    }

    /// A whole rotation in the layout of three names: next, promoted, finished.
    private mutating func names() async throws {
        let store = try await emptyStore()
        let steps = [
            StoredSecret(current: Self.bytes(Self.first)),
            StoredSecret(current: Self.bytes(Self.first), next: Self.bytes(Self.second)),
            StoredSecret(current: Self.bytes(Self.second), previous: Self.bytes(Self.first)),
            StoredSecret(
                current: Self.bytes(Self.second), next: Self.bytes(Self.third), previous: Self.bytes(Self.first)),
            StoredSecret(current: Self.bytes(Self.third), previous: Self.bytes(Self.second)),
        ]
        var revision: String?
        for (index, step) in steps.enumerated() {
            revision = try await store.write(step, replacing: revision)
            let reading = await store.read()
            expect(reading.stored == step, "step \(index + 1) of a rotation came back as \(reading)")
            expect(reading.revision == revision, "step \(index + 1): the read has another revision than the write")
        }
    }

    private func emptyStore() async throws -> any WritableSecretStore {
        guard let make = subject.writable else { throw StoreWriteError.unfit(reason: "not writable") }
        return try await make()
    }

    private mutating func expectChanged(
        _ what: String, _ write: () async throws(StoreWriteError) -> String
    ) async {
        do throws(StoreWriteError) {
            let revision = try await write()
            fail("\(what) was accepted, as revision \(revision)")
        } catch {
            expect(error == .changed, "\(what) was refused with \(error), not .changed")
        }
    }

    private static func bytes(_ text: String) -> SecretBytes { SecretBytes(utf8: text) }
    private static func stored(_ text: String) -> StoredSecret { StoredSecret(current: bytes(text)) }

    private mutating func fail(_ finding: String) { findings.append(finding) }
    private mutating func expect(_ holds: Bool, _ finding: String) { if !holds { fail(finding) } }
}
