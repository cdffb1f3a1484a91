import Foundation
import Testing

@Suite("The smuggling corpus")
struct SmugglingCorpusTests {
    struct Attempt: Sendable, CustomTestStringConvertible {
        var title = ""
        var file = ""
        var read: [(method: String, target: String, body: [UInt8])] = []
        var fault: String?
        /// Requests that are read before the fault; of an attempt with a fault.
        var requests = 0
        var bytes: [UInt8] = []

        var testDescription: String { "\(file): \(title)" }
    }

    static let attempts: [Attempt] = ["framing", "chunks", "heads"].flatMap { name in
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Corpus/\(name).http")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n\n").map { parse($0, file: name) }
    }

    @Test("is whole")
    func isWhole() {
        #expect(Self.attempts.count >= 45)
        for attempt in Self.attempts {
            #expect(!attempt.title.isEmpty && !attempt.bytes.isEmpty)
            #expect(attempt.fault != nil || !attempt.read.isEmpty)
        }
    }

    @Test("each attempt is refused, or read in the one way there is, however it arrives", arguments: attempts)
    func holds(attempt: Attempt) {
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

    private static func parse(_ text: String, file: String) -> Attempt {
        var attempt = Attempt()
        attempt.file = file
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# ") {
                attempt.title = String(line.dropFirst(2))
            } else if line.hasPrefix("> read ") {
                let words = line.split(separator: " ", maxSplits: 4)
                attempt.read.append((String(words[2]), String(words[3]), words[4] == "-" ? [] : unescaped(words[4])))
            } else if line.hasPrefix("> refused ") {
                let words = line.split(separator: " ")
                attempt.fault = String(words[2])
                attempt.requests = words.count > 4 ? Int(words[4]) ?? -1 : 0
            } else {
                attempt.bytes += unescaped(line)
            }
        }
        return attempt
    }

    private static func unescaped(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "0"): bytes.append(0)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(Substring(rest.prefix(2))), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            default: bytes.append(escape)
            }
        }
        return bytes
    }
}
