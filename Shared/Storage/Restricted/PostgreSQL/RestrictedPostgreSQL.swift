import Dispatch
import Logging

/// One statement on a PostgreSQL server, by a login whose role is restricted; that it is gets proven on each connection
/// before the statement.
///
/// The server's own parser decides what is one statement and of which kind: it is prepared, which refuses a second one,
/// and prepared once more behind EXPLAIN, which only takes statements on data. Neither runs anything.
final class RestrictedPostgreSQL: Sendable {
    private let address: PostgreSQLAddress
    private let protected: Set<String>
    private let logger: Logger
    private let thread = RestrictedThread("restricted-postgresql")

    init(address: PostgreSQLAddress, protected: Set<String>, logger: Logger) {
        self.address = address
        self.protected = protected
        self.logger = logger
    }

    func check() async throws(RestrictedSQLError) {
        let (address, protected) = (address, protected)
        try await thread.run { (cancel) throws(RestrictedSQLError) in
            let link = try RestrictedLink(address: address, limits: RestrictedLimits(), cancel: cancel)
            try RestrictedRole.prove(on: link, protected: protected)
        }
    }

    func execute(_ sql: String, _ limits: RestrictedLimits) async throws(RestrictedSQLError) -> RestrictedResult {
        let (address, protected, logger) = (address, protected, logger)
        return try await thread.run { (cancel) throws(RestrictedSQLError) in
            let start = DispatchTime.now().uptimeNanoseconds
            let link = try RestrictedLink(address: address, limits: limits, cancel: cancel)
            do throws(RestrictedSQLError) {
                try RestrictedRole.prove(on: link, protected: protected)
            } catch {
                if case .notRestricted(let faults) = error {
                    logger.error(
                        "The login for statements of administrators may do too much", metadata: ["faults": "\(faults)"])
                }
                throw error
            }
            let (answer, changes) = try Self.run(sql, on: link, limits)
            return RestrictedResult(
                columns: answer.columns, rows: answer.collected.rows, changes: changes,
                isTruncated: answer.collected.isTruncated,
                duration: .nanoseconds(Int64(clamping: DispatchTime.now().uptimeNanoseconds - start)))
        }
    }

    private static func run(
        _ sql: String, on link: RestrictedLink, _ limits: RestrictedLimits
    ) throws(RestrictedSQLError) -> (RestrictedLink.Answer, changes: Int) {
        try link.prepare("foreign", sql)
        do throws(RestrictedSQLError) {
            try link.prepare("kind", "EXPLAIN (COSTS OFF) \(sql)")
        } catch {
            guard case .invalid = error else { throw error }
            throw .refused("only SELECT, VALUES, INSERT, UPDATE, DELETE and MERGE are allowed, also behind WITH")
        }
        // A statement that only reads can be left at any row. One that writes says so at once, and is run as such.
        try link.own("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if case .answer(let answer) = try link.execute("foreign", mayStop: true) { return (answer, 0) }
        try link.own("ROLLBACK")
        // Serializable, as the service's own writes are and as they rely on.
        try link.own("BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE")
        guard case .answer(let answer) = try link.execute("foreign", mayStop: false) else {
            throw .unavailable("the server takes no writes")
        }
        let changes = max(answer.changes, try counted(on: link))
        // Not committed, it is rolled back with the connection's end.
        guard changes <= limits.changes else { throw .tooManyChanges(limit: limits.changes) }
        try link.commit()
        return (answer, changes)
    }

    /// By the server's statistics of this transaction: triggers, cascades and parts behind WITH too.
    private static func counted(on link: RestrictedLink) throws(RestrictedSQLError) -> Int {
        let sums = try link.texts(
            """
            SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)::text FROM pg_catalog.pg_stat_xact_user_tables
            """)
        return sums.first.flatMap { Int($0) } ?? 0
    }
}
