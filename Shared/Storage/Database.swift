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
}

/// One small SQL surface (DESIGN §8). Conformances pass one suite.
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
    /// Serialised, first come first served; committed durably when it returns, rolled back when `body` throws.
    @discardableResult
    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T
    /// Applies what is missing of one namespace's list (see `Migration`).
    func migrate(_ migrations: [Migration], namespace: String) async throws
    /// Throws unless the database answers.
    func ping() async throws
    /// Waits for open transactions, then closes, once; later calls throw `StorageError.unavailable`.
    func close() async throws
}
