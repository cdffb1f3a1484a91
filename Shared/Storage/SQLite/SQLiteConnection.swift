import Foundation
import GRDB
import Synchronization

/// One SQLite connection. Work runs on the connection's own dispatch queue, as it blocks (fsync, busy waiting); as an
/// executor it takes a whole transaction there, whose statements then need not go to another thread and back each.
///
/// GRDB's own async calls are not used here: they watch the task's cancellation, and a rollback must run just then.
final class SQLiteConnection: TaskExecutor {
    enum Access { case read, write }

    /// KiB of pages that a connection keeps, as far as it has use for them. SQLite's own 2,000 are less than the indexes of
    /// a million rows have in their upper levels, and a large transaction writes the same pages out and reads them back.
    private static let writerCache = 32 << 10
    private static let readerCache = 8 << 10

    /// Milliseconds are SQLite's unit; this is in seconds.
    private static let busyTimeout: TimeInterval = 5

    private let queue: DatabaseQueue
    /// One that both reads and writes must be told before each transaction which it is; a reader's file is opened so.
    private let servesBoth: Bool
    private let isWriting = Mutex(false)
    /// The thread that runs a job of ours now; 0: none.
    private let thread = Atomic<UInt>(0)

    private init(_ queue: DatabaseQueue, servesBoth: Bool = false) {
        self.queue = queue
        self.servesBoth = servesBoth
    }

    /// A file's one writer: WAL with `synchronous = FULL`, so that what was committed survives `kill -9` and power loss.
    static func writer(path: String) throws -> SQLiteConnection {
        var configuration = shared()
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // GRDB's WAL set-up leaves NORMAL, which may lose the last commits with the machine.
        // And what was deleted or overwritten is not left in the file's free space: it was to be forgotten.
        try queue.inDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "PRAGMA cache_size = -\(writerCache)")
        }
        return SQLiteConnection(queue)
    }

    static func reader(path: String) throws -> SQLiteConnection {
        var configuration = shared()
        configuration.readonly = true
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(readerCache)") }
        return SQLiteConnection(try DatabaseQueue(path: path, configuration: configuration))
    }

    static func memory() throws -> SQLiteConnection {
        SQLiteConnection(try DatabaseQueue(configuration: shared()), servesBoth: true)
    }

    private static func shared() -> Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busyTimeout)
        // Our transactions span several accesses of the queue; `Lending` keeps everyone else out meanwhile.
        configuration.allowsUnsafeTransactions = true
        return configuration
    }

    func begin(_ access: Access) async throws {
        isWriting.withLock { $0 = access == .write }
        try await run { [servesBoth] database in
            if servesBoth {
                try database.cachedStatement(sql: "PRAGMA query_only = \(access == .read ? 1 : 0)").execute()
            }
            let kind = access == .read ? "DEFERRED" : "IMMEDIATE"
            try database.cachedStatement(sql: "BEGIN \(kind) TRANSACTION").execute()
        }
    }

    func commit() async throws {
        try await run { database in
            guard database.isInsideTransaction else {
                throw StorageError.invalidStatement("a statement ended the transaction itself")
            }
            try database.cachedStatement(sql: "COMMIT TRANSACTION").execute()
        }
    }

    func rollback() async throws {
        try await run { try $0.rollback() }
    }

    /// Answers how many rows the statement changed; 0 for one that changes the schema.
    func execute(_ sql: String, _ arguments: [SQLValue]) async throws -> Int {
        try await run { database in
            let statement = try database.cachedStatement(sql: sql)
            let before = database.totalChangesCount
            try statement.execute(arguments: try SQLiteValues.arguments(arguments))
            return database.totalChangesCount == before ? 0 : database.changesCount
        }
    }

    func query(_ sql: String, _ arguments: [SQLValue]) async throws -> [SQLRow] {
        try await run { database in
            let statement = try database.cachedStatement(sql: sql)
            try statement.setArguments(try SQLiteValues.arguments(arguments))
            return try SQLiteValues.rows(of: statement)
        }
    }

    /// Copies the whole database as this connection's transaction sees it; others may write meanwhile.
    /// - Parameters:
    ///   - path: of an empty file.
    ///   - progress: pages done, and all.
    func backup(to path: String, progress: @escaping @Sendable (Int, Int) -> Void) async throws {
        try await run { database in
            let copy = try DatabaseQueue(path: path)
            try copy.inDatabase { copy in
                try database.backup(to: copy, pagesPerStep: 2048) { step in
                    progress(step.completedPageCount, step.totalPageCount)
                }
            }
            try copy.close()
        }
    }

    /// Takes the file out of WAL mode, so that it is one file that can be read from anywhere, and has it written through.
    static func settle(path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { database in
            _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
        }
        try queue.close()
    }

    func close() throws {
        do { try queue.close() } catch { throw SQLiteErrors.map(error, isWriting: false) }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.asyncWriteWithoutTransaction { [self] _ in
            thread.store(Self.current, ordering: .relaxed)
            job.runSynchronously(on: asUnownedTaskExecutor())
            thread.store(0, ordering: .relaxed)
        }
    }

    /// No two threads that live at one time have the same; a thread finds its own only where it put it itself.
    private static var current: UInt { UInt(pthread_self()) }

    private func run<T: Sendable>(_ work: @escaping @Sendable (GRDB.Database) throws -> T) async throws -> T {
        let isWriting = isWriting.withLock { $0 }
        if thread.load(ordering: .relaxed) == Self.current {
            do {
                return try queue.unsafeReentrantWrite(work)
            } catch {
                throw SQLiteErrors.map(error, isWriting: isWriting)
            }
        }
        return try await withCheckedThrowingContinuation { continuation in
            queue.asyncWriteWithoutTransaction { database in
                continuation.resume(
                    with: Result { try work(database) }.mapError { SQLiteErrors.map($0, isWriting: isWriting) })
            }
        }
    }
}
