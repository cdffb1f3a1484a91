/// What texts from outside must be like; each answers what is wrong, or nil.
package enum TextRule {
    /// - Parameter length: Unicode scalars; what people see as one character may be many.
    package static func problem(in text: String, length: ClosedRange<Int>, multiline: Bool) -> String? {
        let count = text.unicodeScalars.count
        guard length.contains(count) else {
            return "must be \(length.lowerBound) to \(length.upperBound) characters long, not \(count)"
        }
        let isControl = text.unicodeScalars.contains { scalar in
            switch scalar {
            case "\n", "\t": !multiline
            default: scalar.properties.generalCategory == .control
            }
        }
        if isControl { return "holds control characters" }
        if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
            return "begins or ends with white space"
        }
        return nil
    }

    /// One `@` between a local part of at most 64 bytes and a domain with a dot or `localhost`; 254 bytes at most
    /// (RFC 5321 §4.5.3.1). Whether it can be delivered to only a message would show.
    package static func emailProblem(in text: String) -> String? {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII
                ? scalar.value > 32 && scalar.value != 127 && !"\"(),:;<>[\\]".unicodeScalars.contains(scalar)
                : scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
        guard parts.count == 2, isPlain, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count) else {
            return "is no email address"
        }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.allSatisfy({ (1...63).contains($0.utf8.count) && $0.first != "-" && $0.last != "-" }) else {
            return "has no valid domain"
        }
        return labels.count > 1 || parts[1] == "localhost" ? nil : "has no valid domain"
    }

    /// Digits with the signs that people write between them; 3 to 20 digits.
    package static func phoneProblem(in text: String) -> String? {
        let digits = text.filter { $0.isASCII && $0.isNumber }.count
        let isPlain = text.enumerated().allSatisfy { index, character in
            character.isASCII && (character.isNumber || " -.()/".contains(character)) || character == "+" && index == 0
        }
        return isPlain && (3...20).contains(digits) ? nil : "is no phone number"
    }

    /// A short machine-readable name, as plans and categories are: `[a-z0-9_-]`.
    package static func slugProblem(in text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain ? nil : "may hold a–z, 0–9, _ and - only"
    }

    /// An identifier that a path or another service names: 1–128 of `[A-Za-z0-9._-]`.
    package static func isIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
