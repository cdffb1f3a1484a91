/// An account, as administrators see it. Times are seconds since the epoch.
struct PersonDocument: Codable, Sendable, Equatable {
    var id: String
    var email: String
    var name: String
    var roles: [String]
    var customerID: String?
    var createdAt: Int64
    var lastLoginAt: Int64?
    var emailVerifiedAt: Int64?
    var secondFactorAt: Int64?
    /// Waits since then for its address to be verified.
    var pendingSince: Int64?
    var disabledAt: Int64?
    /// To be sent with a change that must not undo another's.
    var version: Int64

    init(_ person: PeopleStore.Person) {
        let user = person.user
        id = user.id
        email = user.email
        name = user.name
        roles = user.roles
        customerID = user.customerID
        createdAt = user.createdAt
        lastLoginAt = person.lastLoginAt
        emailVerifiedAt = user.emailVerifiedAt
        secondFactorAt = person.secondFactorAt
        pendingSince = user.pendingSince
        disabledAt = user.disabledAt
        version = user.version
    }

    enum CodingKeys: String, CodingKey {
        case id, email, name, roles, version
        case customerID = "customer_id"
        case createdAt = "created_at"
        case lastLoginAt = "last_login_at"
        case emailVerifiedAt = "email_verified_at"
        case secondFactorAt = "second_factor_at"
        case pendingSince = "pending_since"
        case disabledAt = "disabled_at"
    }
}

/// An invitation, as administrators see it; its link is in the mail alone.
struct InvitationDocument: Codable, Sendable, Equatable {
    var id: String
    var email: String
    var roles: [String]
    var invitedBy: String
    /// `pending`, `accepted`, `revoked` or `expired`
    var status: String
    var createdAt: Int64
    var expiresAt: Int64

    init(_ invitation: Invitation, now: Int64) {
        id = invitation.id
        email = invitation.email
        roles = invitation.roles
        invitedBy = invitation.invitedBy
        status = invitation.status(at: now).rawValue
        createdAt = invitation.createdAt
        expiresAt = invitation.expiresAt
    }

    enum CodingKeys: String, CodingKey {
        case id, email, roles, status
        case invitedBy = "invited_by"
        case createdAt = "created_at"
        case expiresAt = "expires_at"
    }
}
