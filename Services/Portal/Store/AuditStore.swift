import Storage

/// Reads the audit trail; it is written in the transactions of what it tells, but for what happens outside of this
/// database.
struct AuditStore: Sendable {
    private let database: any Database

    init(database: any Database) { self.database = database }

    func record(_ event: AuditEvent) async throws {
        try await database.write { try await AuditRows.insert(event, $0) }
    }

    /// One page and where the next one begins, if there is more.
    func page(
        _ filter: AuditFilter, before cursor: AuditCursor?, limit: Int
    ) async throws -> (entries: [AuditEntry], next: AuditCursor?) {
        let found = try await database.read {
            try await AuditRows.page(filter, before: cursor, limit: limit + 1, $0)
        }
        let entries = Array(found.prefix(limit))
        return (entries, found.count > limit ? entries.last.map { AuditCursor($0.event) } : nil)
    }

    /// Of accounts that are still there, by their identifiers, which are their tokens' subjects.
    func emails(of subjects: Set<String>) async throws -> [String: String] {
        guard !subjects.isEmpty else { return [:] }
        return try await database.read { try await UserRows.emails(of: subjects, $0) }
    }

    /// Nil where no account has the address.
    func subject(of email: EmailAddress) async throws -> String? {
        try await database.read { try await UserRows.credential(email: email, $0)?.user.id }
    }

    /// The newest first.
    func latest(_ limit: Int) async throws -> [AuditEvent] {
        try await database.read { try await AuditRows.latest(limit, $0) }
    }
}
