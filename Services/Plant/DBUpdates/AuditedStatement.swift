import Crypto
import PlantKit

/// A statement as the audit log keeps it: its text, as far as an entry has room, and its SHA-256, which is of all of it.
struct AuditedStatement: Sendable {
    /// Bytes of JSON, of the 8 KiB that an entry's details may have.
    static let room = 7 << 10

    let text: String
    let hash: String

    init(_ text: String) {
        self.text = text
        hash = SHA256.hash(data: Array(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0" + digits : digits
        }.joined()
    }

    var members: [OrderedJSON.Member] {
        let kept = Self.cut(text, room: Self.room)
        return [
            .init("statement", .text(kept)), .init("bytes", .integer(Int64(text.utf8.count))),
            .init("cut", .bool(kept.utf8.count < text.utf8.count)),
        ]
    }

    /// As much of the front as takes at most so many bytes when it is written as JSON.
    static func cut(_ text: String, room: Int) -> String {
        var size = 0
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\", "\n", "\r", "\t": size += 2
            case _ where scalar.value < 0x20: size += 6
            default: size += UTF8.width(scalar)
            }
            guard size <= room else { break }
            kept.append(scalar)
        }
        return String(kept)
    }
}
