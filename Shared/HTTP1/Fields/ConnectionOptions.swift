/// The options of all `Connection` lines (RFC 9110 §7.6.1).
struct ConnectionOptions: Sendable {
    private(set) var close = false
    /// Whether a lone line says `keep-alive` and nothing else.
    private var keepAlive = false
    private(set) var upgrade = false
    private var named = 0

    /// Each named field costs a look at all fields.
    private static let maximumNamed = 32

    /// Whether an option names a field.
    var namesFields: Bool { named > 0 }

    @inline(__always)
    mutating func read(_ value: Range<Int>, isFirst: Bool, in bytes: RawSpan) throws(HeadFault) {
        let isKeepAlive = FieldText.equals(value, "keep-alive", in: bytes)
        keepAlive = isFirst && isKeepAlive
        if isKeepAlive { return }
        var position = value.lowerBound
        while let option = Self.next(&position, value.upperBound, in: bytes) {
            for offset in option where !Token.contains(bytes.byte(offset)) { throw .badConnectionOption }
            switch option.count {
            case 5 where FieldText.equals(option, "close", in: bytes): close = true
            case 10 where FieldText.equals(option, "keep-alive", in: bytes): break
            case 7 where FieldText.equals(option, "upgrade", in: bytes): upgrade = true
            default: named += 1
            }
        }
        guard named <= Self.maximumNamed else { throw .tooManyConnectionOptions }
    }

    static func forEach(_ value: Range<Int>, in bytes: RawSpan, _ body: (Range<Int>) -> Void) {
        var position = value.lowerBound
        while let option = next(&position, value.upperBound, in: bytes) { body(option) }
    }

    /// RFC 9110 §5.6.1: between commas; empty elements are passed over.
    private static func next(_ position: inout Int, _ end: Int, in bytes: RawSpan) -> Range<Int>? {
        while position < end {
            let byte = bytes.byte(position)
            guard byte == UInt8(ascii: ",") || Token.isWhitespace(byte) else { break }
            position &+= 1
        }
        guard position < end else { return nil }
        let start = position
        while position < end, bytes.byte(position) != UInt8(ascii: ",") { position &+= 1 }
        var last = position
        while Token.isWhitespace(bytes.byte(last &- 1)) { last &-= 1 }
        return start..<last
    }

    /// No other message on this connection.
    mutating func end() { close = true }

    /// RFC 9112 §9.3. An HTTP/1.0 connection stays open only where nobody could doubt it: closing one is always safe.
    func keepsAlive(minorVersion: Int) -> Bool { !close && (minorVersion >= 1 || keepAlive) }
}
