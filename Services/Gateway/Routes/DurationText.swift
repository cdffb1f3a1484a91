/// `500ms`, `2s`, `15m`, `24h`: a whole number and its unit, so that nobody has to guess which one is meant.
package enum DurationText {
    /// - Returns: milliseconds; nil for what is no such text, or longer than ten years.
    package static func milliseconds(_ text: String) -> Int64? {
        let digits = text.utf8.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard (1...12).contains(digits.count), let number = Int64(String(digits) ?? "") else { return nil }
        let factor: Int64
        switch text.dropFirst(digits.count) {
        case "ms": factor = 1
        case "s": factor = 1000
        case "m": factor = 60_000
        case "h": factor = 3_600_000
        default: return nil
        }
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows || product > 315_360_000_000 ? nil : product
    }

    /// In the largest unit that keeps it whole.
    package static func text(milliseconds: Int64) -> String {
        for (factor, unit) in [(Int64(3_600_000), "h"), (60_000, "m"), (1000, "s")]
        where milliseconds != 0 && milliseconds % factor == 0 {
            return "\(milliseconds / factor)\(unit)"
        }
        return "\(milliseconds)ms"
    }
}
