/// Statements inside one transaction.
///
/// SQL is the subset that SQLite and PostgreSQL share:
/// - placeholders are `?`, in order (a PostgreSQL driver numbers them); no `?1`, no `:name`, and no `?` inside a literal;
/// - one statement per call, without `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT` or `PRAGMA`;
/// - column types `TEXT`, `BIGINT`, `DOUBLE PRECISION`, `BYTEA`; booleans and moments are `BIGINT`; identifiers are
///   made by the caller, not by the database (no `AUTOINCREMENT`, no `SERIAL`); every key column is `NOT NULL`;
/// - `INSERT … ON CONFLICT (…) DO NOTHING | DO UPDATE`, `RETURNING`, `LIMIT ? OFFSET ?`, `COALESCE`, `lower()` of ASCII,
///   `LIKE … ESCAPE '!'` on `lower()`ed operands (a bare `LIKE` ignores case in SQLite alone), `CAST(… AS BIGINT)`,
///   partial and expression indexes;
/// - columns are listed by name (no `SELECT *`), and an answer names each column once;
/// - every `ORDER BY` ends in a unique column, and says nothing of NULLs' place (the two databases differ).
package protocol SQLTransaction: Sendable {
    /// Runs one statement; answers how many rows it inserted, changed or deleted.
    @discardableResult func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int
    /// Runs one statement and collects its rows.
    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow]
    /// Wakes those who listen to the channel (`Database.notifications`), at every replica, once this is committed.
    /// - Parameter channel: 1 to 40 of `a`–`z` and `_`.
    func notify(_ channel: String) async throws
}

/// One small SQL surface (DESIGN §8). Conformances pass one suite.
///
/// **The body of `write` may run more than once**: PostgreSQL ends one of two transactions that contradict each other,
/// and it is tried again. So a body does nothing outside of its transaction that would matter twice.
///
/// A transaction's body may suspend, and should do so only for its own statements: a writer waits behind it. Rules that
/// hold on every database, because PostgreSQL has them:
/// - **a failed statement ends its transaction**: further statements are refused and nothing is committed, even if the
///   body swallows the error. Expect a conflict with `ON CONFLICT`, or catch outside of `write`;
/// - a transaction inside a transaction's body is refused (`invalidStatement`) instead of waiting for itself;
/// - a transaction value that outlives its body refuses to work;
/// - a cancelled task rolls back.
package protocol Database: Sendable {
    /// A consistent snapshot; statements that write are refused. Runs beside a write.
    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T
    /// As if no other write ran beside it, at this replica or another; committed durably when it returns, rolled back
    /// when `body` throws. Throws `busy` when it lost to others too often.
    @discardableResult
    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T
    /// `write` for transactions that all touch one row (the head of a log): they take turns among themselves, at all
    /// replicas, before they look at anything, so that none of them is ended by another and runs again. Transactions by
    /// `write` are not in that line. Waiting takes no connection; throws `busy` when the turn does not come in time.
    @discardableResult
    func writeInTurn<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T
    /// Applies what is missing of one namespace's list (see `Migration`).
    func migrate(_ migrations: [Migration], namespace: String) async throws
    /// Throws unless the database answers.
    func ping() async throws
    /// Yields after a transaction that notified the channel was committed, at any replica; also whenever news may have
    /// been missed. Several at once are one. Ends with `close()`.
    func notifications(_ channel: String) -> AsyncStream<Void>
    /// Waits for open transactions, then closes, once; later calls throw `StorageError.unavailable`.
    func close() async throws
}

extension Database {
    /// Where there is one writer, every write has its turn.
    @discardableResult
    package func writeInTurn<T: Sendable>(
        _ body: @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        try await write(body)
    }
}
