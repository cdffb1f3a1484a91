/// Comparing parts of a head as RFC 9110 compares names and options: without regard to ASCII case.
enum FieldText {
    /// - Parameter lowercase: all in lower case.
    @inline(__always)
    static func equals(_ range: Range<Int>, _ lowercase: String, in bytes: RawSpan) -> Bool {
        guard range.count == lowercase.utf8.count else { return false }
        var offset = range.lowerBound
        for expected in lowercase.utf8 {
            guard Token.lowercased(bytes.byte(offset)) == expected else { return false }
            offset &+= 1
        }
        return true
    }

    static func same(_ left: Range<Int>, _ right: Range<Int>, in bytes: RawSpan) -> Bool {
        guard left.count == right.count else { return false }
        var place = 0
        while place < left.count {
            let one = Token.lowercased(bytes.byte(left.lowerBound &+ place))
            guard one == Token.lowercased(bytes.byte(right.lowerBound &+ place)) else { return false }
            place &+= 1
        }
        return true
    }
}
