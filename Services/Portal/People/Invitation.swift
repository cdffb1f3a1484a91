/// Somebody is asked in, with roles that are theirs once they accept.
struct Invitation: Sendable, Equatable {
    enum Status: String, Sendable { case pending, accepted, revoked, expired }

    var id: String
    var email: String
    var roles: [String]
    /// At a customer portal, whose people they are to be.
    var customerID: String?
    /// A user.
    var invitedBy: String
    /// Seconds since the epoch.
    var createdAt: Int64
    var expiresAt: Int64
    var settledAt: Int64?
    /// `accepted` or `revoked`, once it is settled.
    var outcome: Status?

    func status(at now: Int64) -> Status { outcome ?? (now < expiresAt ? .pending : .expired) }
}
