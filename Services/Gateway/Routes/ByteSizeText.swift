/// `64KiB`, `32MiB`, `512` (bytes). `MB` is refused: half of its readers take it for 1,000,000, the other half do not.
package enum ByteSizeText {
    /// - Returns: bytes; nil for what is no such text, or more than a pebibyte.
    package static func bytes(_ text: String) -> Int64? {
        let digits = text.utf8.prefix { $0 >= 0x30 && $0 <= 0x39 }
        guard (1...16).contains(digits.count), let number = Int64(String(digits) ?? "") else { return nil }
        let shift: Int64
        switch text.dropFirst(digits.count) {
        case "", "B": shift = 0
        case "KiB": shift = 10
        case "MiB": shift = 20
        case "GiB": shift = 30
        default: return nil
        }
        let limit: Int64 = 1 << 50
        return number > limit >> shift ? nil : number << shift
    }

    /// In the largest unit that keeps it whole.
    package static func text(bytes: Int64) -> String {
        for (shift, unit) in [(Int64(30), "GiB"), (20, "MiB"), (10, "KiB")]
        where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)B"
    }
}
