/// Who does something, and when: the same in every event that one request leaves.
struct AuditSource: Sendable {
    var caller: Caller
    var entropy: Entropy
    /// Seconds since the epoch.
    var now: Int64

    /// Of somebody who acts on their own account.
    func event(
        _ kind: AuditEvent.Kind, _ outcome: AuditEvent.Outcome, by user: User, _ detail: String = ""
    ) -> AuditEvent {
        AuditEvent(
            kind, outcome, actor: user.id, subject: user.email, detail: detail, caller: caller, entropy: entropy,
            now: now)
    }
}
