/// RFC 9112 §2.3: `HTTP/` in capitals, a digit, a dot, a digit.
enum Version {
    private static var http10: UInt64 { 0x48_54_54_50_2F_31_2E_30 }
    private static var http11: UInt64 { 0x48_54_54_50_2F_31_2E_31 }

    /// - Returns: the minor version of HTTP/1: 0 or 1.
    @inline(__always)
    static func parse(from start: Int, to end: Int, in bytes: RawSpan) throws(HeadFault) -> Int {
        guard end &- start == 8 else { throw .badVersion }
        let text = bytes.word(start).byteSwapped
        if text == http11 { return 1 }
        if text == http10 { return 0 }
        let isVersion =
            text >> 24 == http11 >> 24 && Token.isDigit(bytes.byte(start + 5))
            && bytes.byte(start + 6) == UInt8(ascii: ".") && Token.isDigit(bytes.byte(start + 7))
        throw isVersion ? .unsupportedVersion : .badVersion
    }
}
