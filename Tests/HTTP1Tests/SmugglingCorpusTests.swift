import Foundation
import TestSupport
import Testing

@Suite("The smuggling corpus")
struct SmugglingCorpusTests {
    static let attempts = SmugglingAttempt.all(
        in: URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus").path)

    @Test("is whole")
    func isWhole() {
        #expect(Self.attempts.count >= 45)
        for attempt in Self.attempts {
            #expect(!attempt.title.isEmpty && !attempt.bytes.isEmpty)
            #expect(attempt.fault != nil || !attempt.read.isEmpty)
        }
    }

    @Test("each attempt is refused, or read in the one way there is, however it arrives", arguments: attempts)
    func holds(attempt: SmugglingAttempt) {
        let whole = OwnReader.read(attempt.bytes)
        #expect(whole.fault == attempt.fault)
        let complete = whole.messages.filter(\.isComplete)
        #expect(complete.count == (attempt.fault == nil ? attempt.read.count : attempt.requests))
        for (message, expected) in zip(complete, attempt.read) {
            #expect(message.method == expected.method)
            #expect(message.target == expected.target)
            #expect(message.body == expected.body)
        }
        #expect(OwnReader.read(attempt.bytes, sizes: repeatElement(1, count: attempt.bytes.count)) == whole)
        for cut in attempt.bytes.indices {
            #expect(Differential.difference(in: attempt.bytes, cut: cut) == nil)
        }
    }
}
