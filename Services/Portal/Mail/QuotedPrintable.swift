/// RFC 2045 §6.7, for text: lines end in CRLF, none has more than 76 characters.
enum QuotedPrintable {
    private static let longestLine = 76
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// - Parameter text: lines end in LF.
    static func encode(_ text: String) -> [UInt8] {
        var encoded: [UInt8] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            append(Array(line.utf8), to: &encoded)
            encoded += [0x0D, 0x0A]
        }
        return encoded
    }

    private static func append(_ line: [UInt8], to encoded: inout [UInt8]) {
        var column = 0
        for (index, byte) in line.enumerated() {
            let isLast = index == line.count - 1
            // A space at the end of a line would be lost on the way.
            let isPlain = byte >= 0x21 && byte <= 0x7E && byte != UInt8(ascii: "=") || byte == 0x20 && !isLast
            let unit: [UInt8] =
                isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 0x0F)]]
            // One place is kept for the `=` of a soft line break.
            if column + unit.count > longestLine - 1 {
                encoded += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            encoded += unit
            column += unit.count
        }
    }
}
