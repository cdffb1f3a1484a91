import Secrets

/// What a mail is to say, as the outbox keeps it (sealed): its text is made when it is sent.
struct Letter: Sendable, Equatable, Codable {
    enum Kind: String, Sendable, Codable, CaseIterable {
        /// Follow the link, and the account is yours.
        case verifyEmail = "verify_email"
        /// Somebody registered with an address that has an account.
        case alreadyRegistered = "already_registered"
        case resetPassword = "reset_password"
        case passwordChanged = "password_changed"
        /// By a link that was mailed, which unlinked accounts at providers.
        case passwordSetAnew = "password_set_anew"
        /// To the new address.
        case changeEmail = "change_email"
        /// To the old address.
        case emailChanged = "email_changed"
        case invitation
        /// An account at a provider opens the account from now on, or no more.
        case identityLinked = "identity_linked"
        case identityRemoved = "identity_removed"
        /// Whoever proved the address has the account now, and what opened it before is gone.
        case accountReclaimed = "account_reclaimed"
        /// By an administrator.
        case secondFactorReset = "second_factor_reset"
    }

    var kind: Kind
    /// An address.
    var to: String
    var name: String?
    /// The secret of the link. A letter whose link opens nothing any more is not sent.
    var token: String?
    /// Who invites; the new address; the provider, or the accounts at providers.
    var detail: String?

    init(_ kind: Kind, to: EmailAddress, name: String? = nil, link: OpaqueToken? = nil, detail: String? = nil) {
        self.kind = kind
        self.to = to.text
        self.name = name
        token = link?.text
        self.detail = detail
    }
}
