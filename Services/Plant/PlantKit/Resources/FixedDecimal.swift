/// Decimal numbers as whole numbers of their last place: what was entered is stored and shown again as it was, which a
/// floating number does not promise.
package enum FixedDecimal {
    /// - Parameters:
    ///   - text: digits with at most `places` after a point, `-` before them, as JSON and CSV write them; no exponent.
    ///   - places: 12.5 with 3 places is 12500.
    /// - Returns: nil for anything else, and what `Int64` does not hold.
    package static func parse(_ text: some StringProtocol, places: Int) -> Int64? {
        guard text.utf8.count <= 24 else { return nil }
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let parts = text.utf8.dropFirst(isNegative ? 1 : 0).split(
            separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        let fraction = parts.count == 2 ? Array(parts[1]) : []
        guard fraction.count <= places else { return nil }
        var value: Int64 = 0
        let padding = [UInt8](repeating: UInt8(ascii: "0"), count: places - fraction.count)
        for byte in Array(parts[0]) + fraction + padding {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isBeyond) = product.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
            if isTooLarge || isBeyond { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }

    /// The shortest text that `parse` reads back: `12.5` for 12500 with 3 places.
    package static func text(_ value: Int64, places: Int) -> String {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        var fraction = padded.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        return (value < 0 ? "-" : "") + padded.dropLast(places) + (fraction.isEmpty ? "" : ".\(fraction)")
    }
}
