import Foundation
import TestSupport
import Testing

/// `lockstep db updates-role`, with the plant's own executable beside it.
@Suite("lockstep db updates-role", .timeLimit(.minutes(10)))
struct DatabaseUpdatesRoleTests {
    private static func lockstep(
        _ arguments: String..., variables: [String: String] = [:]
    ) throws -> BuiltLockstep.Answer {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var environment = ["PATH": "/usr/bin:/bin", "HOME": folder]
        environment["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        return try BuiltLockstep.run(
            arguments, environment: environment.merging(variables) { $1 }, folder: folder)
    }

    private static let protected = [
        "audit_log", "audit_log_head", "farm_manager_events", "farm_manager_events_head", "idempotency_keys",
        "lockstep_migrations", "permissions", "revocations", "revocations_head", "role_permissions", "validation_audit",
    ]

    @Test("prints a role that reaches what is not protected, and no password")
    func prints() throws {
        let answer = try Self.lockstep(
            "db", "updates-role", "--role", "plant_updates", variables: ["DATABASE_PASSWORD": "hidden-word"])
        #expect(answer.status == 0, "\(answer.err)")
        let lines = answer.out.split(separator: "\n").map(String.init)
        #expect(lines.allSatisfy { $0.hasSuffix(";") })
        #expect(lines.first?.hasPrefix("CREATE ROLE \"plant_updates\" LOGIN NOSUPERUSER") == true)
        let grant = try #require(lines.last { $0.hasPrefix("GRANT SELECT") })
        for table in ["customers", "skills", "farm_manager_farms"] {
            #expect(grant.contains("\"public\".\"\(table)\""))
        }
        for table in Self.protected { #expect(!grant.contains("\"\(table)\""), "\(table)") }
        #expect(!(answer.out + answer.err).contains("hidden-word"))
        let again = try Self.lockstep(
            "db", "updates-role", "--role", "plant_updates", "--grants-only", "--schema", "farm")
        #expect(again.status == 0)
        #expect(!again.out.contains("CREATE ROLE"))
        #expect(again.out.contains("\"farm\".\"skills\""))
    }

    @Test("a name is quoted, and one that is none is refused")
    func names() throws {
        let answer = try Self.lockstep("db", "updates-role", "--role", "a\"; DROP TABLE skills; --")
        #expect(answer.status == 0)
        #expect(!answer.out.contains("a\";"))
        for name in ["", String(repeating: "a", count: 64)] {
            #expect(try Self.lockstep("db", "updates-role", "--role", name).status == 64)
        }
    }

    @Test(
        "PostgreSQL takes the statements, and again what they grant",
        .enabled(if: TestedPostgreSQL.isNamed, "LOCKSTEP_TEST_POSTGRES_URL names no server"))
    func taken() async throws {
        try await TestedPostgreSQL.withDatabase { url in
            let migrated = try Self.lockstep("db", "migrate", "--service", "plant", "--database", url)
            try #require(migrated.status == 0, "\(migrated.err)")
            let role = "updates_" + UUID().uuidString.lowercased().filter { $0 != "-" }
            for more in [[], ["--grants-only"]] as [[String]] {
                let answer =
                    more.isEmpty
                    ? try Self.lockstep("db", "updates-role", "--role", role)
                    : try Self.lockstep("db", "updates-role", "--role", role, "--grants-only")
                try #require(answer.status == 0, "\(answer.err)")
                try await TestedPostgreSQL.run(answer.out, at: url)
            }
            let reached = try await TestedPostgreSQL.run(
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
                    + "AND has_table_privilege('\(role)', oid, 'SELECT')", at: url)
            let names = reached.split(separator: "\n").map(String.init)
            #expect(names.contains("skills"))
            #expect(names.filter(Self.protected.contains) == [])
            try await TestedPostgreSQL.run("DROP OWNED BY \(role); DROP ROLE \(role)", at: url)
        }
    }
}
