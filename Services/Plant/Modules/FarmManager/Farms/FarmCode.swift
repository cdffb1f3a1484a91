/// A farm's short name on signs and screens, e.g. `FCD2`.
package enum FarmCode {
    /// What is wrong with it, or nil: 2 to 8 of `A`–`Z` and `0`–`9`, beginning with a letter.
    package static func problem(in text: String) -> String? {
        let bytes = Array(text.utf8)
        guard (2...8).contains(bytes.count), let first = bytes.first, isLetter(first),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) })
        else { return "must be 2 to 8 of A–Z and 0–9, beginning with a letter, such as FCD2" }
        return nil
    }

    static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
