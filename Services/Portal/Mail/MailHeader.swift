import FoundationEssentials

/// Text of people within header fields: ASCII as it is, anything else as encoded words (RFC 2047).
enum MailHeader {
    /// RFC 2047 §2 has at most 75, and lines of 76: the field's name stands before the first.
    private static let longestWord = 64
    /// RFC 5322 §2.1.1: what a line should have at most.
    private static let longestLine = 78
    private static let (opening, closing) = ("=?UTF-8?B?", "?=")

    /// A display name: quoted where it is ASCII (RFC 5322 §3.2.4).
    static func phrase(_ text: String) -> String {
        let line = oneLine(text)
        guard line.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), line.utf8.count < longestLine - 4 else {
            return encodedWords(line)
        }
        let escaped = line.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    /// A subject. What is ASCII and looks like an encoded word is encoded too, so that nobody reads another text.
    static func unstructured(_ text: String) -> String {
        let line = oneLine(text)
        let isPlain =
            line.utf8.allSatisfy { (0x20...0x7E).contains($0) } && line.firstRange(of: "=?") == nil
            && line.utf8.count < longestLine - "Subject: ".utf8.count
        return isPlain ? line : encodedWords(line)
    }

    /// No control and no format character gets into a header, whoever lets one through before.
    private static func oneLine(_ text: String) -> String { BoundedText.line(text, maximumBytes: 500) }

    /// Base64, each word with whole characters, folded.
    private static func encodedWords(_ text: String) -> String {
        // Four characters of base64 carry three bytes.
        let room = (longestWord - opening.utf8.count - closing.utf8.count) / 4 * 3
        var words: [[UInt8]] = [[]]
        for scalar in text.unicodeScalars {
            let bytes = Array(String(scalar).utf8)
            if words[words.count - 1].count + bytes.count > room { words.append([]) }
            words[words.count - 1] += bytes
        }
        return words.map { opening + Data($0).base64EncodedString() + closing }.joined(separator: "\r\n ")
    }
}
