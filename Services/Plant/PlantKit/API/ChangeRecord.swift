package import Tokens

/// What was done, for the audit: a change is told in the transaction that makes it.
package struct ChangeRecord: Sendable {
    /// The module's name, or `core`.
    package let area: String
    /// The operation's id, e.g. `createFarm`.
    package let operation: String
    package let identity: Identity
    /// What was changed, where the operation concerns one thing.
    package let resourceID: String?
    /// The collection that its path names, e.g. `blocks`.
    package let resourceKind: String
    package let status: Int
    /// Seconds since the epoch.
    package let at: Int64
    package let requestID: String
    package let clientAddress: String
}

extension Operation {
    /// `/api/v1/farm/blocks/{id}/status` is about `blocks`, `/api/v1/farm/farms` about `farms`.
    var resourceKind: String {
        let parts = path.split(separator: "/").map(String.init)
        let capture = parts.firstIndex { $0 == "{id}" }
        let names = parts.prefix(capture ?? parts.count).filter { !$0.hasPrefix("{") }
        return names.last ?? id
    }
}
