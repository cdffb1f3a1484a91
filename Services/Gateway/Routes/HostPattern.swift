/// Whom a route is for by the request's host (RFC 9110 §7.2): one name, or all below one.
package struct HostPattern: Sendable, Hashable {
    /// Lower case, without port; of a wildcard what follows `*.`.
    package let name: String
    package let isWildcard: Bool

    package var text: String { isWildcard ? "*." + name : name }

    /// `example.org`, `10.0.0.7`, or `*.example.org` for one or more labels before it; nil for anything else.
    package init?(_ text: String) {
        let lower = text.lowercased()
        isWildcard = lower.hasPrefix("*.")
        name = isWildcard ? String(lower.dropFirst(2)) : lower
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else { return nil }
    }

    private static func isLabel(_ text: Substring) -> Bool {
        guard (1...63).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "-"),
            text.utf8.last != UInt8(ascii: "-")
        else { return false }
        return text.utf8.allSatisfy {
            $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
    }

    /// What of a `Host` field is compared: lower case, without port and without a dot at its end.
    /// - Returns: a part of what came where nothing has to be changed, without an allocation.
    package static func comparable(_ host: String) -> Substring {
        var rest = host[...]
        if let colon = rest.utf8.lastIndex(of: UInt8(ascii: ":")), rest.utf8.last != UInt8(ascii: "]") {
            rest = rest[..<colon]
        }
        if rest.utf8.last == UInt8(ascii: ".") { rest = rest.dropLast() }
        let hasCapital = rest.utf8.contains { $0 >= 0x41 && $0 <= 0x5A }
        return hasCapital ? rest.lowercased()[...] : rest
    }
}
