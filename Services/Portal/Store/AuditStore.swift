import Storage

/// Reads the audit trail; it is written in the transactions of what it tells.
struct AuditStore: Sendable {
    private let database: any Database

    init(database: any Database) { self.database = database }

    /// The newest first.
    func latest(_ limit: Int) async throws -> [AuditEvent] {
        try await database.read { try await AuditRows.latest(limit, $0) }
    }
}
