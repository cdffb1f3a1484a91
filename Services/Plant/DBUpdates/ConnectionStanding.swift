import HTTPKit
import Storage

/// What the database itself says of the way on which statements come to it.
struct ConnectionStanding: Sendable, Equatable {
    var version: String?
    /// On PostgreSQL.
    var role: String?
    var isWritable = false
    /// Why no statement can run, and how to mend it.
    var faults: [String] = []

    static func ask(
        _ restricted: RestrictedSQL?, _ kind: DatabaseKind, _ own: OwnDatabase
    ) async -> ConnectionStanding {
        var standing = ConnectionStanding()
        do throws(StatementFault) {
            guard let restricted else { throw .noLogin }
            try await own.prove(restricted)
            do throws(RestrictedSQLError) {
                switch kind {
                case .sqlite: try await standing.askSQLite(restricted)
                case .postgreSQL: try await standing.askPostgreSQL(restricted)
                }
            } catch {
                throw .database(error)
            }
        } catch {
            switch error {
            case .database(.notRestricted(let faults)): standing.faults = faults
            case .database(.unavailable(let reason)): standing.faults = [reason]
            default: standing.faults = [error.refusal.detail]
            }
        }
        return standing
    }

    private mutating func askSQLite(_ restricted: RestrictedSQL) async throws(RestrictedSQLError) {
        version = Self.text(try await restricted.execute("SELECT sqlite_version()"), 0)
        // It takes the write lock, as any change does, and changes nothing.
        _ = try await restricted.execute("DELETE FROM customers WHERE 1 = 0")
        isWritable = true
    }

    private mutating func askPostgreSQL(_ restricted: RestrictedSQL) async throws(RestrictedSQLError) {
        let answer = try await restricted.execute(
            """
            SELECT current_setting('server_version'), current_user::text,
            CASE WHEN pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' THEN 'no' ELSE 'yes' END
            """)
        version = Self.text(answer, 0)
        role = Self.text(answer, 1)
        isWritable = Self.text(answer, 2) == "yes"
    }

    private static func text(_ result: RestrictedResult, _ column: Int) -> String? {
        guard let row = result.rows.first, row.indices.contains(column), case .text(let text) = row[column] else {
            return nil
        }
        return text
    }
}
