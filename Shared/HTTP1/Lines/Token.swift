/// `tchar` of RFC 9110 §5.6.2.
enum Token {
    /// One bit for each byte: 0x00 to 0x3F, then 0x40 to 0x7F.
    private static var lower: UInt64 { 0x03FF_6CFA_0000_0000 }
    private static var upper: UInt64 { 0x57FF_FFFF_C7FF_FFFE }

    @inline(__always)
    static func contains(_ byte: UInt8) -> Bool {
        let half = byte & 0x40 == 0 ? lower : upper
        return byte < 0x80 && half &>> UInt64(byte & 0x3F) & 1 == 1
    }

    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    @inline(__always)
    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        let letter = byte | 0x20
        return isDigit(byte) || letter >= 0x61 && letter <= 0x7A
    }

    /// ASCII letters in lower case, all else as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
