/// A person with an account at this portal.
struct User: Sendable, Equatable {
    var id: String
    var email: String
    var name: String
    var roles: [String]
    /// A customer portal's users alone.
    var customerID: String?
    /// Grows with each logout everywhere; travels as the claim `token_version`.
    var tokenVersion: Int64
    /// Seconds since the epoch.
    var createdAt: Int64
    var disabledAt: Int64?
}

/// A user with the PHC string that opens the account. It leaves the store for the login alone.
struct Credential: Sendable {
    var user: User
    var passwordHash: String
}
