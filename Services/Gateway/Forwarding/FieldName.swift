/// Field names as RFC 9110 §5.1 compares them: without regard to ASCII case.
enum FieldName {
    /// - Parameter lowercase: all lower case.
    @inline(__always)
    static func equals(_ name: String, _ lowercase: StaticString) -> Bool {
        let count = lowercase.utf8CodeUnitCount
        guard name.utf8.count == count else { return false }
        var expected = lowercase.utf8Start
        for byte in name.utf8 {
            guard lowercased(byte) == expected.pointee else { return false }
            expected += 1
        }
        return true
    }

    /// Both as they came. (Another name than `equals`: a literal would be a String before it is a StaticString, and every
    /// comparison with one would take this slower way.)
    static func same(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
        left.utf8.count == right.utf8.count
            && zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
    }

    @inline(__always)
    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }
}
