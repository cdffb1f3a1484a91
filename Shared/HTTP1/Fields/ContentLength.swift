/// RFC 9110 §8.6: 1*DIGIT. No sign, no list, no whitespace.
enum ContentLength {
    static func parse(_ value: Range<Int>, in bytes: RawSpan) throws(HeadFault) -> Int {
        guard !value.isEmpty else { throw .badContentLength }
        var length = 0
        for offset in value {
            let byte = bytes.byte(offset)
            guard Token.isDigit(byte) else { throw .badContentLength }
            let (shifted, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(Int(byte &- 0x30))
            guard !overflow, !carry else { throw .badContentLength }
            length = sum
        }
        return length
    }
}
