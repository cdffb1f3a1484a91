import Logging

/// Metadata as flat pairs: `["peer": ["address": "…"]]` becomes `peer.address`; sensitive ones are masked.
struct LogFields {
    /// Names that a line sets itself; metadata of that name is written with `meta.` before it.
    static let reserved: Set<String> = ["ts", "level", "service", "instance", "msg"]

    /// By key, so that lines are comparable.
    let sorted: [(key: String, value: String)]

    init(_ metadata: Logger.Metadata) {
        var fields: [(key: String, value: String)] = []
        for (key, value) in metadata { Self.flatten(key, value, into: &fields) }
        sorted = fields.sorted { $0.key < $1.key }
    }

    private static func flatten(
        _ key: String, _ value: Logger.MetadataValue, into fields: inout [(key: String, value: String)]
    ) {
        if Redaction.isSensitive(key) {
            fields.append((key, Redaction.mask))
            return
        }
        switch value {
        case .string(let text): fields.append((key, Redaction.scrubbed(text)))
        case .stringConvertible(let convertible): fields.append((key, Redaction.scrubbed(convertible.description)))
        case .dictionary(let members):
            for (member, inner) in members { flatten("\(key).\(member)", inner, into: &fields) }
        case .array(let elements):
            for (index, inner) in elements.enumerated() { flatten("\(key).\(index)", inner, into: &fields) }
        }
    }
}
