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
        case registered = "user.registered"
        case administratorCreated = "user.administrator_created"
        case outboxRetried = "outbox.retried"
        case dbUpdatesIssued = "db_updates.token_issued"
        case dbUpdatesRefused = "db_updates.token_refused"
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
