/// An email address as this portal compares them: one spelling per mailbox, so that `Ada@x` and `ada@x` can't both
/// register. ASCII alone: two Unicode strings that look the same must not be two accounts.
struct EmailAddress: Hashable, Sendable {
    /// RFC 5321 §4.5.3.1.3, less the angle brackets.
    static let maximumBytes = 254

    /// Lowercase.
    let text: String

    /// Nil when it is no address that this portal accepts; stricter than RFC 5322: no quoted local parts, no
    /// comments, no address literals.
    init?(_ candidate: String) {
        let trimmed = candidate.utf8.drop { $0 == 0x20 }
        let bytes = Array(trimmed).dropTrailingSpaces().map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        guard bytes.count <= Self.maximumBytes else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// RFC 5321 dot-string: atext (RFC 5322 §3.2.3) in parts joined by single dots.
    private static func isLocalPart(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...64).contains(bytes.count)
            && bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty && atom.allSatisfy { isAlphanumeric($0) || atext.contains($0) }
            }
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...253).contains(bytes.count)
            && bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
                return isAlphanumeric(first) && isAlphanumeric(last)
                    && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static let atext = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension [UInt8] {
    fileprivate func dropTrailingSpaces() -> ArraySlice<UInt8> {
        var slice = self[...]
        while slice.last == 0x20 { slice.removeLast() }
        return slice
    }
}
