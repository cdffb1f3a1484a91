/// A field name in lower case, in registers: compared as words, without a loop over its bytes.
struct FoldedName {
    /// Longest name that a table can hold, in bytes. Of a longer one only the first words are kept: enough for families.
    static let maximum = 32

    var words = InlineArray<4, UInt64>(repeating: 0)
    var length = 0
    /// Whether there is anything but letters, digits and `-` in it.
    var isLoose = false

    /// Reads up to the line's colon.
    /// - Throws: what RFC 9110 §5.1 and RFC 9112 §5.1 don't allow.
    @inline(__always)
    init(from start: Int, to lineEnd: Int, in bytes: RawSpan) throws(HeadFault) {
        var offset = start
        var index = 0
        while true {
            let word = bytes.paddedWord(offset)
            let colons = word.places(of: UInt8(ascii: ":"))
            let taken = colons == 0 ? 8 : colons.firstPlace
            guard offset &+ taken < lineEnd else { throw .missingColon }
            if !word.isPlainName(taken) { try check(from: offset, count: taken, in: bytes) }
            if index < 4 { words[index] = word.folded & UInt64(lowest: taken) }
            index &+= 1
            offset &+= taken
            if colons != 0 { break }
        }
        length = offset &- start
        guard length > 0 else { throw .emptyName }
    }

    private mutating func check(from start: Int, count: Int, in bytes: RawSpan) throws(HeadFault) {
        for offset in start..<start + count {
            let byte = bytes.byte(offset)
            guard Token.contains(byte) else { throw Token.isWhitespace(byte) ? .whitespaceBeforeColon : .badName }
            if !Token.isAlphanumeric(byte), byte != UInt8(ascii: "-") { isLoose = true }
        }
    }

    /// A name of a table: ASCII, in lower case.
    init(_ name: String) {
        for (place, byte) in name.utf8.prefix(Self.maximum).enumerated() {
            words[place / 8] |= UInt64(byte) << UInt64(place % 8 * 8)
        }
        length = name.utf8.count
    }

    /// With `-` for each byte that is no letter and no digit. Upstreams behind CGI or WSGI make one variable of all such
    /// spellings: most of `_`, PHP of `.` too, lighttpd and others of every one.
    var tightened: FoldedName {
        var result = self
        for index in 0..<4 {
            var word: UInt64 = 0
            for place in 0..<8 {
                var byte = UInt8(truncatingIfNeeded: words[index] >> UInt64(place * 8))
                // Zero is behind the end; a token has none of its own. What `folded` changes is neither letter nor digit.
                if byte != 0, !Token.isAlphanumeric(byte) { byte = UInt8(ascii: "-") }
                word |= UInt64(byte) << UInt64(place * 8)
            }
            result.words[index] = word
        }
        return result
    }
}
