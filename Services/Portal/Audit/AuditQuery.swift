/// Which part of the audit trail is asked for.
struct AuditFilter: Sendable, Equatable {
    static let maximumBytes = 254

    var kind: AuditEvent.Kind?
    var outcome: AuditEvent.Outcome?
    /// A user, an address, a session: who acted, or whom it concerns. Exactly.
    var concerning: String?
}

/// Behind which event a page of the trail begins: the trail grows at its head, where counted pages would shift.
struct AuditCursor: Sendable, Equatable {
    /// Seconds since the epoch.
    var at: Int64
    var id: String

    init(_ event: AuditEvent) {
        at = event.at
        id = event.id
    }

    /// Nil for what is no cursor of ours.
    init?(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1)
        guard parts.count == 2, let at = Int64(parts[0]), parts[1].utf8.count <= 64 else { return nil }
        self.at = at
        id = String(parts[1])
    }

    var text: String { "\(at).\(id)" }
}

/// An event with what a reader wants to see beside it.
struct AuditEntry: Sendable, Equatable {
    var event: AuditEvent
    /// Nil where nobody acted, or the account is gone.
    var actorEmail: String?
}
