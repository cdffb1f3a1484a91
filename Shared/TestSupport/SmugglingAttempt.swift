import Foundation

/// One case of `Tests/HTTP1Tests/Corpus`, whose README tells how they are written.
package struct SmugglingAttempt: Sendable, CustomStringConvertible {
    package private(set) var title = ""
    package private(set) var file = ""
    /// The requests that there are to read; of an attempt without a fault.
    package private(set) var read: [(method: String, target: String, body: [UInt8])] = []
    package private(set) var fault: String?
    /// Requests that are read before the fault; of an attempt with a fault.
    package private(set) var requests = 0
    package private(set) var bytes: [UInt8] = []

    package var description: String { "\(file): \(title)" }

    /// - Parameter folder: of the corpus. What can't be read there is missing.
    package static func all(in folder: String) -> [SmugglingAttempt] {
        ["framing", "chunks", "heads"].flatMap { name in
            let text = (try? String(contentsOfFile: "\(folder)/\(name).http", encoding: .utf8)) ?? ""
            return text.components(separatedBy: "\n\n").map { parse($0, file: name) }
        }
    }

    private static func parse(_ text: String, file: String) -> SmugglingAttempt {
        var attempt = SmugglingAttempt()
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
