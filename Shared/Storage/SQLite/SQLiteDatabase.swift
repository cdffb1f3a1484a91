import Logging

/// SQLite through GRDB: one writer, a few readers beside it, each connection lent to one transaction at a time.
final class SQLiteDatabase: Database {
    /// Reads are short and mostly served from the page cache: more connections would only take more memory.
    private static let readerCount = 4

    private let writers: Lending<SQLiteConnection>
    /// The writer itself for a database in memory, which has only one connection.
    private let readers: Lending<SQLiteConnection>
    private let logger: Logger
    /// A file belongs to one process (docs/decisions/0010), so its listeners are all here.
    private let hub = NotificationHub()
    private let outage: WriteOutage

    private init(
        writers: Lending<SQLiteConnection>, readers: Lending<SQLiteConnection>, path: String? = nil, logger: Logger
    ) {
        outage = WriteOutage { path.map(SQLiteFile.hasRoom) ?? true }
        self.writers = writers
        self.readers = readers
        self.logger = logger
    }

    static func memory(logger: Logger) throws(StorageError) -> SQLiteDatabase {
        let only = Lending([try opened { try SQLiteConnection.memory() }])
        return SQLiteDatabase(writers: only, readers: only, logger: logger)
    }

    static func file(_ path: String, logger: Logger) throws(StorageError) -> SQLiteDatabase {
        try SQLiteFile.prepare(path)
        // The writer first: it makes the write-ahead log that a read-only connection needs to find.
        let writer = try opened { try SQLiteConnection.writer(path: path) }
        let readers = try opened { try (0..<readerCount).map { _ in try SQLiteConnection.reader(path: path) } }
        return SQLiteDatabase(writers: Lending([writer]), readers: Lending(readers), path: path, logger: logger)
    }

    /// A file that is there, to be read alone: its one connection can't write.
    static func existing(_ path: String, logger: Logger) throws(StorageError) -> SQLiteDatabase {
        guard SQLiteFile.exists(path) else { throw .unavailable("there is no database file \(path)") }
        let only = Lending([try opened { try SQLiteConnection.reader(path: path) }])
        return SQLiteDatabase(writers: only, readers: only, logger: logger)
    }

    /// Copies all of it to an empty file, and runs the body in the same snapshot.
    func backup<T: Sendable>(
        to path: String, progress: @escaping @Sendable (_ pages: Int, _ all: Int) -> Void,
        _ body: @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        try await transaction(
            .read, on: readers,
            before: { connection in
                // A transaction has its snapshot from its first look.
                _ = try await connection.query("SELECT COUNT(*) AS n FROM sqlite_schema", [])
                try await connection.backup(to: path, progress: progress)
            }, body)
    }

    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try await transaction(.read, on: readers, body)
    }

    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try await outage.watching { try await transaction(.write, on: writers, body) }
    }

    func ping() async throws {
        _ = try await read { try await $0.query("SELECT 1 AS one", []) }
        try await outage.look(at: self)
    }

    func notifications(_ channel: String) -> AsyncStream<Void> { hub.listen(channel) }

    func close() async throws {
        hub.close()
        let writing = try await writers.close()
        let reading = readers === writers ? [] : try await readers.close()
        // The writer last: closing the last connection folds the log into the file, which a reader can't do.
        for connection in reading + writing { try connection.close() }
    }

    private func transaction<T: Sendable>(
        _ access: SQLiteConnection.Access, on lending: Lending<SQLiteConnection>,
        before: @Sendable (SQLiteConnection) async throws -> Void = { _ in },
        _ body: @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        try GuardedTransaction.refuseNesting(in: self)
        let connection = try await lending.borrow()
        defer { lending.giveBack(connection) }
        return try await withTaskExecutorPreference(connection) {
            do {
                try await connection.begin(access)
                try await before(connection)
                let runner = SQLiteStatements(connection)
                let value = try await GuardedTransaction.run(body, on: runner, of: self)
                try await connection.commit()
                hub.tell(runner.notified)
                return value
            } catch {
                await rollback(connection)
                throw error
            }
        }
    }

    private func rollback(_ connection: SQLiteConnection) async {
        do {
            try await connection.rollback()
        } catch {
            // The next BEGIN on this connection will fail and say so; nothing was committed.
            logger.error("A transaction could not be rolled back", metadata: ["reason": "\(error)"])
        }
    }

    private static func opened<T>(_ open: () throws -> T) throws(StorageError) -> T {
        do {
            return try open()
        } catch {
            throw SQLiteErrors.map(error, isWriting: true) as? StorageError ?? .unavailable("\(error)")
        }
    }
}
