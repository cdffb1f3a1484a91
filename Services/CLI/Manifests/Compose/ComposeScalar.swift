/// How compose prints what stands in `environment` without quotes: the reader of YAML makes numbers and booleans of it
/// first (YAML 1.1 and the Go and Python readers that compose 2 and 1 are built on).
enum ComposeScalar {
    static func printed(_ scalar: ManifestScalar) -> String {
        switch scalar.kind {
        case .null, .string, .date: return scalar.text
        case .boolean:
            // Go reads no more than these as booleans; yes and off stay words.
            let word = scalar.text.lowercased()
            return word == "true" || word == "false" ? word : scalar.text
        case .number: return number(scalar.text)
        }
    }

    private static func number(_ text: String) -> String {
        var digits = text.replacing("_", with: "")
        let isNegative = digits.hasPrefix("-")
        if isNegative || digits.hasPrefix("+") { digits.removeFirst() }
        let sign = isNegative ? "-" : ""
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.lowercased().hasPrefix(prefix) {
            return Int(digits.dropFirst(2), radix: radix).map { sign + String($0) } ?? text
        }
        // A zero in front means base eight to both.
        if digits.count > 1, digits.hasPrefix("0"), digits.allSatisfy({ ("0"..."7").contains($0) }) {
            return Int(digits, radix: 8).map { sign + String($0) } ?? text
        }
        if let whole = Int(digits) { return sign + String(whole) }
        guard digits.contains("."), !digits.contains(":"), !digits.lowercased().contains("e"),
            let value = Double(digits.hasPrefix(".") ? "0" + digits : digits), value.isFinite, value < 1e15
        else { return text }
        let printed = String(value)
        return sign + (printed.hasSuffix(".0") ? String(printed.dropLast(2)) : printed)
    }
}
