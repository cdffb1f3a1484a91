package import Storage
package import Tokens

/// Finds out how a verified token's owner stands at the plant. The plant's customers decide; a module gets this handed in.
package protocol CallerDirectory: Sendable {
    /// Throws `Refusal`: `customer_unknown` or `customer_suspended` for a customer's token without an active customer,
    /// `forbidden` for a diagnostic one.
    func caller(for identity: Identity, in transaction: any SQLTransaction) async throws -> Caller
}
