import Tokens

/// Finds out how a verified token's owner stands at the plant. The plant's customers decide; a module gets this handed in.
protocol CallerDirectory: Sendable {
    /// Throws `Refusal`: `customer_unknown` or `customer_suspended` for a customer's token without an active customer.
    func caller(for identity: Identity) async throws -> Caller
}
