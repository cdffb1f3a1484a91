import Crypto

/// A resource's version as a strong entity tag (RFC 9110 §8.8.3): `"v7"`.
package struct EntityTag: Equatable, Sendable {
    package let text: String

    package init(version: Int64) { text = "\"v\(version)\"" }

    /// Of bytes that have no version: the first half of their SHA-256.
    package init(content: [UInt8]) {
        let digits = Array("0123456789abcdef")
        let hexadecimal = SHA256.hash(data: content).prefix(16).flatMap { byte in
            [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        text = "\"\(String(hexadecimal))\""
    }
}

/// `If-Match` and `If-None-Match` (RFC 9110 §13.1).
package enum EntityTagCondition: Equatable, Sendable {
    case any
    /// As they were sent, weak ones with their `W/`.
    case tags([String])

    /// - Parameter values: every field line received. Nil when there is none.
    package init?(_ values: [String]) {
        let tags = values.flatMap { $0.split(separator: ",") }.map { $0.trimmed() }.filter { !$0.isEmpty }
        if values.isEmpty { return nil }
        self = tags == ["*"] ? .any : .tags(tags)
    }

    /// Strong comparison, for `If-Match`: a weak tag matches nothing.
    package func matchesStrongly(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains(tag.text)
        }
    }

    /// Weak comparison, for `If-None-Match`.
    package func matchesWeakly(_ tag: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0 == tag.text || $0 == "W/" + tag.text }
        }
    }
}

extension Substring {
    /// Without the optional white space of HTTP lists (RFC 9110 §5.6.3).
    fileprivate func trimmed() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
