import Storage
import Synchronization

/// That the login for statements leads to the plant's own database: what is told in one must not be done in another.
///
/// Of SQLite it is the same file by its name. Of PostgreSQL both connections are asked which server it is, by the moment at
/// which it was started, and which database; once proven it stays so for this process, whose settings do not change.
final class OwnDatabase: Sendable {
    private static let question = """
        SELECT EXTRACT(EPOCH FROM pg_postmaster_start_time())::text || ' ' || current_database() AS place
        """

    private let database: any Database
    private let isProven: Atomic<Bool>

    init(_ database: any Database) {
        self.database = database
        isProven = Atomic(database.kind == .sqlite)
    }

    func prove(_ restricted: RestrictedSQL) async throws(StatementFault) {
        if isProven.load(ordering: .relaxed) { return }
        let found: RestrictedResult
        do throws(RestrictedSQLError) {
            found = try await restricted.execute(Self.question)
        } catch {
            throw .database(error)
        }
        let own: String
        do {
            own = try await database.read { try await $0.query(Self.question, []).first?.text("place") ?? "" }
        } catch {
            throw .database(.unavailable("\(error)"))
        }
        guard found.rows.first?.first == .text(own) else { throw .otherDatabase }
        isProven.store(true, ordering: .relaxed)
    }
}
