/// `HTTP-version SP 3DIGIT SP [reason]` (RFC 9112 §4). A line without the second space is taken too: nothing else can be
/// read in it, and old servers send it.
enum StatusLine {
    /// - Parameter end: offset of the line's CR.
    @inline(__always)
    static func parse(
        from start: Int, to end: Int, in bytes: RawSpan, into head: inout ResponseHead
    ) throws(HeadFault) {
        guard end &- start >= 12 else { throw .badStatusLine }
        head.minorVersion = try Version.parse(from: start, to: start &+ 8, in: bytes)
        guard bytes.byte(start &+ 8) == 0x20 else { throw .badStatusLine }
        var status = 0
        for offset in start &+ 9..<start &+ 12 {
            guard Token.isDigit(bytes.byte(offset)) else { throw .badStatusLine }
            status = status &* 10 &+ Int(bytes.byte(offset) &- 0x30)
        }
        guard status >= 100, status < 600 else { throw .badStatusLine }
        head.status = status
        if end &- start > 12 {
            guard bytes.byte(start &+ 12) == 0x20 else { throw .badStatusLine }
            head.reasonRange = start &+ 13..<end
        } else {
            head.reasonRange = end..<end
        }
    }
}
