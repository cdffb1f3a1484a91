/// A person with an account at this portal.
struct User: Sendable, Equatable {
    var id: String
    var email: String
    var name: String
    var roles: [String]
    /// A customer portal's users alone.
    var customerID: String?
    /// Grows with each logout everywhere and each change of roles; travels as the claim `token_version`.
    var tokenVersion: Int64
    /// Seconds since the epoch.
    var createdAt: Int64
    var disabledAt: Int64?
    /// Since when the address is known to be this person's: a link that was mailed there was followed, an identity
    /// provider said so, or the operator named it.
    var emailVerifiedAt: Int64? = nil
    /// Since when the account waits for its address to be verified: until then it can't sign in, and the plant does not
    /// know of it.
    var pendingSince: Int64? = nil
    /// Grows with each change by an administrator.
    var version: Int64 = 0
}

/// A user with the PHC string that opens the account. It leaves the store for the login alone.
struct Credential: Sendable {
    var user: User
    var passwordHash: String
}
