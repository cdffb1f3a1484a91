/// A JSON number's value without floating point: what two readers could see differently is refused.
enum JSONNumber {
    static let bound: Int64 = 1 << 53

    /// - Parameter text: a number by RFC 8259's grammar.
    /// - Returns: the greatest whole number that is not above it; nil beyond ±2^53.
    static func floor(_ text: ArraySlice<UInt8>) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        var digits: [UInt8] = []
        var value: Int64 = 0
        // The common case, a short run of digits, costs no allocation.
        let unsigned = isNegative ? text.dropFirst() : text
        if unsigned.count <= 15, unsigned.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            for byte in unsigned { value = value * 10 + Int64(byte - UInt8(ascii: "0")) }
            return isNegative ? -value : value
        }

        var point: Int?
        var exponent = 0
        var rest = unsigned
        while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
            if byte == UInt8(ascii: ".") { point = digits.count } else { digits.append(byte - UInt8(ascii: "0")) }
            rest = rest.dropFirst()
        }
        if !rest.isEmpty {
            rest = rest.dropFirst()
            let sign = rest.first == UInt8(ascii: "-") ? -1 : 1
            for byte in rest where byte >= UInt8(ascii: "0") {
                // Beyond any exponent that could matter to a text of bounded length.
                exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
            }
            exponent *= sign
        }

        let whole = (point ?? digits.count) + exponent
        var index = 0
        while index < whole {
            if index >= digits.count, value == 0 { break }
            value = value * 10 + Int64(index < digits.count ? digits[index] : 0)
            guard value <= bound else { return nil }
            index += 1
        }
        guard isNegative else { return value }
        let hasFraction = digits.dropFirst(max(0, min(whole, digits.count))).contains { $0 != 0 }
        return hasFraction ? (value == bound ? nil : -value - 1) : -value
    }
}
