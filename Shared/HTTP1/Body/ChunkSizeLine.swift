/// `chunk-size [chunk-ext]` (RFC 9112 §7.1).
enum ChunkSizeLine {
    /// - Parameter end: offset of the line's CR.
    /// - Returns: the size, and how many of the line's bytes are its digits; the rest are extensions.
    static func parse(to end: Int, in bytes: RawSpan) throws(BodyFault) -> (size: Int, digits: Int) {
        var size = 0
        var digits = 0
        while digits < end, let value = hexadecimal(bytes.byte(digits)) {
            // 16 digits fill a word; leading zeros beyond that are a game.
            guard digits < 16, size <= Int.max >> 4 else { throw .badChunkSize }
            size = size << 4 | value
            digits += 1
        }
        guard digits > 0 else { throw .badChunkSize }
        try checkExtensions(from: digits, to: end, in: bytes)
        return (size, digits)
    }

    /// They are dropped, but only once it is certain that they are nothing else. Whitespace around them is not allowed:
    /// RFC 9112 §7.1.1 has it as bad whitespace, which others read in several ways.
    private static func checkExtensions(from start: Int, to end: Int, in bytes: RawSpan) throws(BodyFault) {
        var offset = start
        while offset < end {
            guard bytes.byte(offset) == UInt8(ascii: ";") else {
                throw offset == start ? .badChunkSize : .badExtension
            }
            offset = try token(from: offset + 1, to: end, in: bytes)
            guard offset < end, bytes.byte(offset) == UInt8(ascii: "=") else { continue }
            offset += 1
            if offset < end, bytes.byte(offset) == UInt8(ascii: "\"") {
                offset = try quoted(from: offset + 1, to: end, in: bytes)
            } else {
                offset = try token(from: offset, to: end, in: bytes)
            }
        }
    }

    private static func token(from start: Int, to end: Int, in bytes: RawSpan) throws(BodyFault) -> Int {
        var offset = start
        while offset < end, Token.contains(bytes.byte(offset)) { offset += 1 }
        guard offset > start else { throw .badExtension }
        return offset
    }

    /// RFC 9110 §5.6.4, of visible ASCII, spaces and tabs. A backslash is not allowed in it.
    private static func quoted(from start: Int, to end: Int, in bytes: RawSpan) throws(BodyFault) -> Int {
        var offset = start
        while offset < end, bytes.byte(offset) != UInt8(ascii: "\"") {
            guard bytes.byte(offset) < 0x80, bytes.byte(offset) != UInt8(ascii: "\\") else { throw .badExtension }
            offset += 1
        }
        guard offset < end else { throw .badExtension }
        return offset + 1
    }

    private static func hexadecimal(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte - 0x30)
        case 0x41...0x46: Int(byte - 0x37)
        case 0x61...0x66: Int(byte - 0x57)
        default: nil
        }
    }
}
