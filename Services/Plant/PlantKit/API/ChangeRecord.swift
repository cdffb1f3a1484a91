package import Tokens

/// A change that was made, for the audit: told in the transaction that makes it.
package struct ChangeRecord: Sendable {
    /// The operation's id, e.g. `createFarm`.
    package let operation: String
    package let identity: Identity
    /// What was changed, where the operation concerns one thing.
    package let resourceID: String?
    package let status: Int
    /// Seconds since the epoch.
    package let at: Int64
    package let requestID: String
    package let clientAddress: String
}
