/// What a link that was mailed may be used for, once and for a while.
enum AccountLinkPurpose: String, Sendable, CaseIterable {
    case verifyEmail = "verify_email"
    case resetPassword = "reset_password"
    case changeEmail = "change_email"
    case invitation

    /// Seconds.
    var lifetime: Int64 {
        switch self {
        case .verifyEmail: 86_400
        case .resetPassword, .changeEmail: 3600
        case .invitation: 3 * 86_400
        }
    }
}

/// A link that is good now.
struct AccountLink: Sendable, Equatable {
    /// A user, or an invitation.
    var subject: String
    /// Where it was mailed to.
    var email: String
    /// Seconds since the epoch.
    var expiresAt: Int64
}
