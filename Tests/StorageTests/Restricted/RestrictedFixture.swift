import Foundation
import TestSupport
import Testing

@testable import Storage

/// A service's database with three farms, an audit log of two entries, and a login for statements of administrators.
struct RestrictedFixture {
    enum Kind: String, CaseIterable, Sendable {
        case sqlite, postgreSQL

        static var allCases: [Kind] { [.sqlite] + (TestedPostgreSQL.isNamed ? [.postgreSQL] : []) }
    }

    static let protected = ["audit_log", "audit_log_head", "role_permissions"]
    static let granted = ["farms", "blocks"]

    let kind: Kind
    let restricted: RestrictedSQL
    /// The service's own.
    let database: any Storage.Database
    /// The owner's URL (PostgreSQL), or the file's folder.
    let place: String
    /// The restricted login (PostgreSQL).
    let role: String

    static func use(_ kind: Kind, _ body: (RestrictedFixture) async throws -> Void) async throws {
        switch kind {
        case .sqlite:
            try await withTemporaryFolder { folder in
                let url = "sqlite://\(folder)/plant.sqlite"
                let database = try Databases.open(url: url, logger: .silent)
                try await fill(database)
                let restricted = try RestrictedSQL.open(url: url, protecting: protected, logger: .silent)
                try await body(
                    RestrictedFixture(
                        kind: kind, restricted: restricted, database: database, place: folder, role: ""))
                try await database.close()
            }
        case .postgreSQL:
            try await TestedPostgreSQL.withDatabase { url in
                let database = try Databases.open(url: url, logger: .silent)
                try await fill(database)
                let role = "restricted_" + UUID().uuidString.lowercased().filter { $0 != "-" }
                for statement in RestrictedSQL.roleStatements(role: role, tables: granted) {
                    try await TestedPostgreSQL.run(statement, at: url)
                }
                try await TestedPostgreSQL.run("ALTER ROLE \(role) PASSWORD 'throw-away'", at: url)
                guard let at = url.firstIndex(of: "@") else { throw StorageError.badURL("names no user") }
                let restricted = try RestrictedSQL.open(
                    url: "postgres://\(role)" + url[at...], password: "throw-away", protecting: protected,
                    logger: .silent)
                try await body(
                    RestrictedFixture(
                        kind: kind, restricted: restricted, database: database, place: url, role: role))
                try await database.close()
            }
        }
    }

    /// Whatever the owner of the database may do.
    func own(_ statement: String) async throws {
        switch kind {
        case .sqlite: try await database.write { try await $0.execute(statement, []) }
        case .postgreSQL: try await TestedPostgreSQL.run(statement, at: place)
        }
    }

    /// Nothing of it all has moved.
    func expectUntouched(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let farms = try await database.read {
            try await $0.query("SELECT id, name FROM farms ORDER BY id", [])
        }
        let report = try await auditLog.verify(in: database)
        let names = try farms.map { try $0.text("name") }
        #expect(names == ["north", "south; east", "west"], sourceLocation: sourceLocation)
        #expect(report.faults == [], sourceLocation: sourceLocation)
        #expect(report.checked == 2, sourceLocation: sourceLocation)
    }

    private static func fill(_ database: any Storage.Database) async throws {
        let farms = Migration(
            id: "0000",
            statements: [
                "CREATE TABLE farms (id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, area BIGINT)",
                """
                CREATE TABLE blocks (
                    id TEXT NOT NULL PRIMARY KEY, farm TEXT NOT NULL REFERENCES farms (id) ON DELETE CASCADE
                )
                """,
                "CREATE TABLE role_permissions (role TEXT NOT NULL PRIMARY KEY, permission TEXT NOT NULL)",
                """
                INSERT INTO farms (id, name, area)
                VALUES ('f1', 'north', 1), ('f2', 'south; east', 2), ('f3', 'west', NULL)
                """,
            ])
        try await database.migrate(
            [farms, Migration(id: "0001", statements: auditLog.statements)], namespace: "test")
        try await auditLog.establish(id: "log-a", in: database)
        try await auditLog.fill(2, of: database)
    }
}

extension RestrictedSQL {
    /// What came of a statement, in a word.
    func outcome(_ sql: String, _ limits: RestrictedLimits = RestrictedLimits()) async -> String {
        do throws(RestrictedSQLError) {
            return try await execute(sql, limits).isTruncated ? "truncated" : "done"
        } catch {
            return error.word
        }
    }
}

extension RestrictedSQLError {
    var word: String {
        switch self {
        case .refused: "refused"
        case .invalid: "invalid"
        case .tooManyChanges: "too many changes"
        case .timedOut: "timed out"
        case .tooLarge: "too large"
        case .busy: "busy"
        case .unavailable: "unavailable"
        case .notRestricted: "not restricted"
        case .cancelled: "cancelled"
        case .unknownOutcome: "unknown outcome"
        }
    }
}
