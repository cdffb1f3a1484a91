/// JSON merge patch (RFC 7396 §2): null removes a member, an object is merged, anything else replaces.
package enum MergePatch {
    package static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = target.members ?? [:]
        for (name, change) in changes {
            members[name] = change == .null ? nil : apply(change, to: members[name] ?? .null)
        }
        return .object(members)
    }
}
