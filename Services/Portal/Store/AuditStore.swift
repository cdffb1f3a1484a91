import Storage

/// Reads the audit trail; it is written in the transactions of what it tells, but for what happens outside of this
/// database.
struct AuditStore: Sendable {
    private let database: any Database

    init(database: any Database) { self.database = database }

    func record(_ event: AuditEvent) async throws {
        try await database.write { try await AuditRows.insert(event, $0) }
    }

    /// The newest first.
    func latest(_ limit: Int) async throws -> [AuditEvent] {
        try await database.read { try await AuditRows.latest(limit, $0) }
    }
}
