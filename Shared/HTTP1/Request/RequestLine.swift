/// `method SP request-target SP HTTP-version` (RFC 9112 §3), with one space each.
enum RequestLine {
    /// - Parameter end: offset of the line's CR.
    @inline(__always)
    static func parse(
        from start: Int, to end: Int, in bytes: RawSpan, limits: HeadLimits, into head: inout RequestHead
    ) throws(HeadFault) {
        let methodEnd = try method(from: start, to: end, in: bytes, into: &head)
        let targetStart = methodEnd &+ 1
        let targetEnd = firstNonTarget(from: targetStart, to: end, in: bytes)
        guard targetEnd < end else { throw .badRequestLine }
        guard bytes.byte(targetEnd) == 0x20 else { throw .badTarget }
        guard targetEnd > targetStart else { throw .badRequestLine }
        guard targetEnd &- targetStart <= limits.targetBytes else { throw .targetTooLong }
        head.minorVersion = try Version.parse(from: targetEnd &+ 1, to: end, in: bytes)
        head.target = try target(targetStart..<targetEnd, in: bytes, method: head.method)
    }

    @inline(__always)
    private static func method(
        from start: Int, to end: Int, in bytes: RawSpan, into head: inout RequestHead
    ) throws(HeadFault) -> Int {
        var offset = start
        var packed: UInt64 = 0
        while offset < end {
            let byte = bytes.byte(offset)
            if byte == 0x20 { break }
            guard Token.contains(byte) else { throw .badMethod }
            packed = packed &<< 8 | UInt64(byte)
            offset &+= 1
        }
        let count = offset &- start
        guard offset < end, count > 0 else { throw .badRequestLine }
        guard count <= HeadLimits.methodBytes else { throw .badMethod }
        if count == 7, packed == Method.connect { throw .connectNotServed }
        head.method = Method(packed: packed, count: count)
        head.methodRange = start..<offset
        return offset
    }

    @inline(__always)
    private static func firstNonTarget(from start: Int, to end: Int, in bytes: RawSpan) -> Int {
        var offset = start
        while offset &+ 8 <= end {
            let found = bytes.word(offset).nonTargetBytes
            if found != 0 { return offset &+ found.firstPlace }
            offset &+= 8
        }
        while offset < end {
            let byte = bytes.byte(offset)
            if byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "#") { break }
            offset &+= 1
        }
        return offset
    }

    @inline(__always)
    private static func target(
        _ range: Range<Int>, in bytes: RawSpan, method: Method
    ) throws(HeadFault) -> RequestLineTarget {
        switch bytes.byte(range.lowerBound) {
        case UInt8(ascii: "/"):
            RequestLineTarget(form: .origin, range: range, pathRange: range)
        case UInt8(ascii: "*") where range.count == 1:
            if method == .options {
                RequestLineTarget(form: .asterisk, range: range)
            } else {
                throw .asteriskTarget
            }
        default:
            try absolute(range, in: bytes)
        }
    }

    /// RFC 9112 §3.2.2, of the schemes http and https.
    private static func absolute(_ range: Range<Int>, in bytes: RawSpan) throws(HeadFault) -> RequestLineTarget {
        var start = range.lowerBound
        if range.count > 7, FieldText.equals(start..<start + 7, "http://", in: bytes) {
            start += 7
        } else if range.count > 8, FieldText.equals(start..<start + 8, "https://", in: bytes) {
            start += 8
        } else {
            throw .badTarget
        }
        var end = start
        while end < range.upperBound, bytes.byte(end) != UInt8(ascii: "/"), bytes.byte(end) != UInt8(ascii: "?") {
            end += 1
        }
        do {
            try Authority.check(start..<end, in: bytes)
        } catch {
            throw .badTarget
        }
        return RequestLineTarget(
            form: .absolute, range: range, authorityRange: start..<end, pathRange: end..<range.upperBound)
    }
}
