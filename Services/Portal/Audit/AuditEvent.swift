/// One line of the audit trail: who did what to whom, from where, and how it ended. No secret, no password, no token.
struct AuditEvent: Sendable, Equatable {
    enum Kind: String, Sendable, CaseIterable {
        case loginSucceeded = "login.succeeded"
        case loginFailed = "login.failed"
        case loginLocked = "login.locked"
        case refreshReused = "refresh.reused"
        case logout = "session.logout"
        case logoutEverywhere = "session.logout_all"
        case sessionEnded = "session.ended"
        case otherSessionsEnded = "session.others_ended"
        case registered = "user.registered"
        case administratorCreated = "user.administrator_created"
        case rotationBegun = "rotation.begun"
        case rotationTakenBack = "rotation.taken_back"
        case outboxRetried = "outbox.retried"
        case dbUpdatesIssued = "db_updates.token_issued"
        /// Before its time; by itself it ends with its token, of which the trail has the beginning.
        case dbUpdatesClosed = "db_updates.closed"
        case dbUpdatesRefused = "db_updates.token_refused"
        /// The password, or the provider's word, was good, and a code is waited for.
        case secondFactorAsked = "second_factor.asked"
        case secondFactorFailed = "second_factor.failed"
        case secondFactorLocked = "second_factor.locked"
        case secondFactorBegun = "second_factor.enrolment_begun"
        case secondFactorEnrolled = "second_factor.enrolled"
        case secondFactorTurnedOff = "second_factor.turned_off"
        /// By an administrator.
        case secondFactorReset = "second_factor.reset"
        /// A wrong password of somebody who wanted to change theirs.
        case secondFactorRefused = "second_factor.change_refused"
        case recoveryCodeUsed = "recovery_code.used"
        case recoveryCodesRenewed = "recovery_codes.renewed"
        case serviceAccountCreated = "service_account.created"
        case serviceAccountSecretAdded = "service_account.secret_added"
        case serviceAccountSecretRemoved = "service_account.secret_removed"
        case serviceAccountDisabled = "service_account.disabled"
        case serviceAccountDeleted = "service_account.deleted"
        case serviceTokenIssued = "service_token.issued"
        case serviceTokenRefused = "service_token.refused"
        /// A login through a provider; the detail begins with the provider and a stable word (`OIDCFault`).
        case federatedLoginFailed = "login.federated_failed"
        case identityLinked = "identity.linked"
        case identityRemoved = "identity.removed"
        /// Of somebody who is signed in; the detail is as of a login that failed.
        case identityLinkRefused = "identity.link_refused"
        /// A wrong password of somebody who wanted to link one, or to unlink it.
        case identityChangeRefused = "identity.change_refused"
        /// An account whose address was never proved went to who proved it.
        case accountReclaimed = "identity.account_reclaimed"
        case registrationAsked = "user.registration_asked"
        case emailVerified = "user.email_verified"
        case passwordResetAsked = "password.reset_asked"
        case passwordReset = "password.reset"
        case passwordChanged = "password.changed"
        case passwordChangeRefused = "password.change_refused"
        case emailChangeAsked = "user.email_change_asked"
        case emailChangeRefused = "user.email_change_refused"
        case emailChanged = "user.email_changed"
        case userRenamed = "user.renamed"
        case rolesChanged = "user.roles_changed"
        case userDisabled = "user.disabled"
        case userEnabled = "user.enabled"
        case userUnlocked = "user.unlocked"
        case sessionsEndedByAdministrator = "user.sessions_ended"
        case peopleRefused = "user.change_refused"
        case invited = "invitation.created"
        case invitationRevoked = "invitation.revoked"
        case invitationAccepted = "invitation.accepted"
        case mailSent = "mail.sent"
        case mailGivenUp = "mail.given_up"
    }

    enum Outcome: String, Sendable { case success, failure }

    static let maximumDetailBytes = 300

    var id: String
    /// Seconds since the epoch.
    var at: Int64
    var kind: Kind
    var outcome: Outcome
    /// The user who acted, where one is known.
    var actor: String?
    /// Whom or what it concerns: an email address, a session, a user.
    var subject: String
    var address: String
    var requestID: String
    var detail: String
}

extension AuditEvent {
    init(
        _ kind: Kind, _ outcome: Outcome, actor: String? = nil, subject: String, detail: String = "", caller: Caller,
        entropy: Entropy, now: Int64
    ) {
        self.init(
            id: entropy.identifier(), at: now, kind: kind, outcome: outcome, actor: actor, subject: subject,
            address: caller.address.text, requestID: caller.requestID,
            detail: BoundedText.line(detail, maximumBytes: Self.maximumDetailBytes))
    }
}
