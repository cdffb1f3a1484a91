/// Tokens that must not be accepted any more although they have not expired: what an issuer, or the plant, tells all
/// verifiers.
package struct Revocation: Sendable, Hashable {
    /// What happened, by the event names of OpenID CAEP and RISC.
    package enum Event: String, Sendable, CaseIterable {
        /// One session, or all sessions of a user, ended.
        case sessionRevoked = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
        /// The user's roles changed: tokens say what is no longer so.
        case tokenClaimsChange = "https://schemas.openid.net/secevent/caep/event-type/token-claims-change"
        /// A user may not sign in any more, or a customer is suspended.
        case accountDisabled = "https://schemas.openid.net/secevent/risc/event-type/account-disabled"
    }

    /// Whose tokens (RFC 9493). Issuers are not repeated here: sessions, tokens and users are those of `issuer`.
    package enum Subject: Sendable, Hashable {
        /// All tokens of one session, whenever they were issued.
        case session(id: String, user: String)
        /// One token, by its `jti`.
        case token(id: String)
        /// All tokens of a user that were issued until now.
        case user(String)
        /// All tokens that name this customer and were issued until now, of whatever issuer.
        /// - Parameter user: the `sub` of tokens that name no customer, where one is known.
        case customer(id: String, user: String?)
    }

    /// `jti` of the event: the same however often it is told.
    package var id: String
    /// Who says so: the `iss` of the tokens concerned, or `lockstep-plant` for customers.
    package var issuer: String
    package var event: Event
    package var subject: Subject
    /// Seconds since the epoch.
    package var occurredAt: Int64
    /// The user's `token_version` from then on. A token with this version or a later one is not concerned, even one that
    /// was issued in the same second.
    package var tokenVersion: Int64?

    package init(
        id: String, issuer: String, event: Event, subject: Subject, occurredAt: Int64, tokenVersion: Int64? = nil
    ) {
        self.id = id
        self.issuer = issuer
        self.event = event
        self.subject = subject
        self.occurredAt = occurredAt
        self.tokenVersion = tokenVersion
    }
}
