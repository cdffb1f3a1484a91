import FoundationEssentials
package import Secrets

/// A JSON value read strictly: members that repeat are refused, whole numbers stay exact.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number that is no whole number of 64 bits; no field takes one, so it is kept as it was written.
    case otherNumber(String)
    case text(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(_ bytes: [UInt8], limits: StrictJSON.Limits) throws(StrictJSON.Fault) {
        self.init(try StrictJSON(bytes, limits: limits))
    }

    package init(_ json: StrictJSON) {
        self = Self.value(json.root, in: json)
    }

    /// What a value of ours looks like as JSON.
    package init(encoding value: some Encodable) throws {
        self = try JSONValue(Array(JSONEncoder().encode(value)), limits: StrictJSON.Limits(bytes: 1 << 20))
    }

    package var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    private static func value(_ node: StrictJSON.Node, in json: StrictJSON) -> JSONValue {
        switch json.kind(node) {
        case .null: return .null
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .number:
            let text = String(decoding: json.raw(node), as: UTF8.self)
            return Int64(text).map(JSONValue.integer) ?? .otherNumber(text)
        case .string: return .text(json.string(node) ?? "")
        case .array: return .array(json.elements(node).map { value($0, in: json) })
        case .object:
            var members: [String: JSONValue] = [:]
            for member in json.members(node) {
                members[json.string(member.name) ?? ""] = value(member.value, in: json)
            }
            return .object(members)
        }
    }
}
