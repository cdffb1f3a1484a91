package import Logging

/// Runs one statement of an administrator on a service's database, with no way out of its data
/// (docs/decisions/0027): no other file or program, no other statement, no schema, no protected table, and bounded in
/// time, rows, bytes and changes.
///
/// Each statement has a connection of its own, opened for it and closed after it, and a transaction of its own, which is
/// committed only if the statement stayed within its limits. Whoever calls it writes the audit entry: before it with
/// what is about to run, and after it with what came of it, as neither can be in its transaction.
package struct RestrictedSQL: Sendable {
    private enum Engine: Sendable {
        case sqlite(RestrictedSQLite)
        case postgreSQL(RestrictedPostgreSQL)
    }

    private let engine: Engine

    /// Opens nothing yet.
    /// - Parameters:
    ///   - url: `sqlite:///…` of the service's own file, or `postgres://…` of a login of its own, whose role is
    ///     restricted (`roleStatements`): not the service's.
    ///   - protected: tables that may be neither read nor written, whatever the schema. `lockstep_migrations` always is.
    package static func open(
        url: String, password: String? = nil, protecting protected: [String], logger: Logger
    ) throws(RestrictedSQLError) -> RestrictedSQL {
        let tables = Set((protected + ["lockstep_migrations"]).map { $0.lowercased() })
        let parsed: DatabaseURL
        do throws(StorageError) { parsed = try DatabaseURL.parse(url) } catch {
            throw .unavailable("the URL is not usable: \(error)")
        }
        switch parsed {
        case .memory:
            throw .unavailable("a database in memory has no second connection")
        case .file(let path):
            return RestrictedSQL(engine: .sqlite(RestrictedSQLite(path: path, protected: tables)))
        case .postgreSQL(var address):
            if let password {
                guard address.password == nil else { throw .unavailable("the password is given twice") }
                address.password = DatabasePassword(password)
            }
            return RestrictedSQL(
                engine: .postgreSQL(RestrictedPostgreSQL(address: address, protected: tables, logger: logger)))
        }
    }

    /// - Parameter sql: one statement, without placeholders.
    package func execute(
        _ sql: String, _ limits: RestrictedLimits = RestrictedLimits()
    ) async throws(RestrictedSQLError) -> RestrictedResult {
        guard sql.utf8.count <= limits.statementBytes else {
            throw .refused("the statement is longer than \(limits.statementBytes) bytes")
        }
        guard !sql.utf8.contains(0) else { throw .refused("the statement holds NUL") }
        switch engine {
        case .sqlite(let engine): return try await engine.execute(sql, limits)
        case .postgreSQL(let engine): return try await engine.execute(sql, limits)
        }
    }

    /// Whether statements could run now: the file is there, or the login's role is restricted as it must be.
    package func check() async throws(RestrictedSQLError) {
        switch engine {
        case .sqlite(let engine): _ = try await engine.execute("SELECT 1", RestrictedLimits())
        case .postgreSQL(let engine): try await engine.check()
        }
    }
}
