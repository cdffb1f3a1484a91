import PlantTesting
import Storage
import Testing

@testable import Plant

@Suite("Tables that no statement reaches")
struct ProtectedTablesTests {
    @Test("the audit, permissions, revocations, kept answers and migrations, and every log that a module keeps")
    func names() {
        let diary = MigrationList(
            namespace: "diary",
            migrations: [
                Migration(
                    id: "0001", statements: ["CREATE TABLE diary_pages (id TEXT NOT NULL PRIMARY KEY, head TEXT)"]),
                Migration(id: "0002", statements: EventLog(table: "diary_events").statements),
            ])
        #expect(
            ProtectedTables.names(of: Plant.migrations(of: []) + [diary]) == [
                "audit_log", "audit_log_head", "diary_events", "diary_events_head", "idempotency_keys",
                "lockstep_migrations", "permissions", "revocations", "revocations_head", "role_permissions",
                "validation_audit",
            ])
    }

    @Test("each of them is there, and none of the others is")
    func existing() async throws {
        try await PlantFixture.use { plant in
            let tables = try await DatabaseCopy.digests(of: plant.plant.database).keys
            let protected = ProtectedTables.names(of: Plant.migrations(of: []))
            #expect(Set(protected).subtracting(tables).subtracting(["lockstep_migrations"]) == [])
            #expect(
                Set(tables).subtracting(protected) == ["customers", "customer_registrations", "skills"])
        }
    }
}
