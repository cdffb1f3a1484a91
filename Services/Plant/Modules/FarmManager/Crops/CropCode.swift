/// A crop's short name, e.g. `TOM-CHERRY`.
package enum CropCode {
    /// What is wrong with it, or nil: 2 to 16 of `A`–`Z`, `0`–`9` and `-`, beginning and ending with a letter or digit.
    package static func problem(in text: String) -> String? {
        let bytes = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard (2...16).contains(bytes.count), bytes.first != dash, bytes.last != dash,
            bytes.allSatisfy({ FarmCode.isLetter($0) || FarmCode.isDigit($0) || $0 == dash })
        else { return "must be 2 to 16 of A–Z, 0–9 and -, such as TOM-CHERRY" }
        return nil
    }
}
