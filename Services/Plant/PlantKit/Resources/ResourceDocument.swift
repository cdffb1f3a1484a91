import HTTPKit
import Secrets
import ServerKit

/// A request's JSON object, and the way from there to a draft.
enum ResourceDocument {
    /// Throws `malformed_request`, or `invalid_input` for what is no object.
    static func members(_ bytes: [UInt8], limit: Int) throws(Refusal) -> [String: JSONValue] {
        let json: StrictJSON
        do throws(StrictJSON.Fault) {
            json = try StrictJSON(
                bytes, limits: StrictJSON.Limits(bytes: limit, depth: 6, members: 128, nodes: 8192))
        } catch {
            throw Refusal(.malformedRequest, "The body is no JSON that can be accepted: \(error).")
        }
        try StreamSafeText.check(json)
        guard let members = JSONValue(json).members else {
            throw Refusal(.invalidInput, "The body must be a JSON object.")
        }
        return members
    }

    static func draft<Draft: ResourceDraft>(_ type: Draft.Type, from members: [String: JSONValue]) throws(Refusal)
        -> Draft
    {
        var reader = FieldReader(members)
        let draft = Draft(reading: &reader)
        try reader.finish()
        return draft
    }

    /// The members that are the draft's. What the server owns may be sent back as it was read, and is refused otherwise:
    /// a client that tries to set an `id` or `created_at` is told so.
    /// - Parameter current: the resource as JSON; empty for a new one.
    static func writable(
        _ members: [String: JSONValue], fields: Set<String>, current: [String: JSONValue], name: String
    ) throws(Refusal) -> [String: JSONValue] {
        var faults: [String: String] = [:]
        for (member, value) in members where !fields.contains(member) && (current[member] ?? .null) != value {
            faults[member] =
                "is no field of a \(name) that can be written; there are \(fields.sorted().joined(separator: ", "))"
        }
        guard faults.isEmpty else {
            throw Refusal(.invalidInput, "Some fields can't be written.", fields: faults)
        }
        return members.filter { fields.contains($0.key) }
    }
}
