/// What YAML 1.1 takes a plain scalar for, by its bytes: this is asked so often that a pattern would cost more than the
/// reading of the file.
enum PlainScalar {
    /// `2026-01-31`, with or without a time behind it.
    static func isDate(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        guard digits(&bytes, 4...4), byte(&bytes, "-"), digits(&bytes, 1...2), byte(&bytes, "-"), digits(&bytes, 1...2)
        else { return false }
        return bytes.isEmpty || byte(&bytes, "T") || byte(&bytes, "t") || byte(&bytes, " ")
    }

    /// `12`, `0x1F`, `1_000`, `12:30`, `1.5e3`, `.5`, `-.inf`.
    static func isNumber(_ text: String) -> Bool {
        var bytes = text.utf8[...]
        if !byte(&bytes, "-") { _ = byte(&bytes, "+") }
        if byte(&bytes, ".") {
            if ["inf", "Inf", "INF", "nan", "NaN", "NAN"].contains(where: { $0.utf8.elementsEqual(bytes) }) {
                return true
            }
            return !bytes.isEmpty && bytes.allSatisfy(isDigitOrUnderscore)
        }
        if isBased(bytes) { return true }
        guard let first = bytes.first, isDigit(first) else { return false }
        skip(&bytes, isDigitOrUnderscore)
        // Base 60: `12:30:45`.
        while bytes.first == UInt8(ascii: ":") {
            bytes.removeFirst()
            let part = bytes.prefix(while: isDigit)
            guard part.count == 1 || (part.count == 2 && part.first.map { $0 < UInt8(ascii: "6") } == true) else {
                return false
            }
            bytes = bytes.dropFirst(part.count)
        }
        if byte(&bytes, ".") { skip(&bytes, isDigitOrUnderscore) }
        if byte(&bytes, "e") || byte(&bytes, "E") {
            if !byte(&bytes, "-") { _ = byte(&bytes, "+") }
            guard let digit = bytes.first, isDigit(digit) else { return false }
            skip(&bytes, isDigit)
        }
        return bytes.isEmpty
    }

    /// `0x…`, `0o…`, `0b…`
    private static func isBased(_ bytes: Substring.UTF8View) -> Bool {
        var bytes = bytes
        guard byte(&bytes, "0"), byte(&bytes, "x") || byte(&bytes, "X") || byte(&bytes, "o") || byte(&bytes, "b") else {
            return false
        }
        return !bytes.isEmpty
            && bytes.allSatisfy { byte in
                isDigitOrUnderscore(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
            }
    }

    private static func byte(_ bytes: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    private static func digits(_ bytes: inout Substring.UTF8View, _ count: ClosedRange<Int>) -> Bool {
        let found = bytes.prefix(count.upperBound).prefix(while: isDigit).count
        bytes = bytes.dropFirst(found)
        return count.contains(found)
    }

    private static func skip(_ bytes: inout Substring.UTF8View, _ isPart: (UInt8) -> Bool) {
        bytes = bytes.drop(while: isPart)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isDigitOrUnderscore(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: "_") }
}
