/// An account at a provider that opens an account here.
struct LinkedIdentity: Sendable, Equatable {
    var id: String
    var issuer: String
    var subject: String
    var userID: String
    /// As the provider told it last; empty where it told none.
    var email: String
    /// Seconds since the epoch.
    var createdAt: Int64
    var lastUsedAt: Int64
    /// The verified address that joined it to the account; nil: it was linked by hand.
    var joinedBy: String?
}
