/// How text that others may have written reaches a log line: nothing in it can end the line, start a second one, move a
/// terminal's cursor or turn the reading direction.
enum LogText {
    /// As the inside of a JSON string (RFC 8259 §7).
    /// - Parameter quotes: whether `"` and `\` are escaped too; without them the text is safe for a terminal only.
    static func appendEscaped(_ text: String, quotes: Bool = true, to line: inout [UInt8]) {
        let isPlain = text.utf8.allSatisfy { byte in
            byte >= 0x20 && byte < 0x7F && !(quotes && (byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")))
        }
        if isPlain { return line.append(contentsOf: text.utf8) }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\":
                if quotes { line.append(UInt8(ascii: "\\")) }
                line.append(UInt8(truncatingIfNeeded: scalar.value))
            case "\n": line.append(contentsOf: [0x5C, 0x6E])
            case "\r": line.append(contentsOf: [0x5C, 0x72])
            case "\t": line.append(contentsOf: [0x5C, 0x74])
            default:
                if scalar.value >= 0x20 && scalar.value < 0x7F {
                    line.append(UInt8(truncatingIfNeeded: scalar.value))
                } else if isDangerous(scalar) {
                    appendUnicodeEscape(scalar.value, to: &line)
                } else {
                    line.append(contentsOf: String(scalar).utf8)
                }
            }
        }
    }

    /// Whether text can stand in a JSON string as it is, and holds nothing that could be the start of a token or of a
    /// credential. Most text is: one look, which allocates nothing.
    static func isHarmless(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var strange: UInt8 = 0
        for byte in bytes {
            let isPlain = byte &- 0x20 < 0x5F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            strange |= isPlain ? 0 : 1
        }
        return strange == 0 && !Redaction.mayHoldToken(bytes)
    }

    /// In quotes.
    static func appendString(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &line)
        line.append(UInt8(ascii: "\""))
    }

    /// Controls (C0, DEL, C1), line and paragraph separators, and what turns the reading direction. All lie in the
    /// basic plane, so that one `\u` escape is enough.
    private static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    private static func appendUnicodeEscape(_ value: UInt32, to line: inout [UInt8]) {
        let digits = String(value, radix: 16)
        line.append(contentsOf: [0x5C, 0x75])
        for _ in 0..<(4 - digits.utf8.count) { line.append(UInt8(ascii: "0")) }
        line.append(contentsOf: digits.utf8)
    }
}
