import Synchronization

/// Copies everything that one database holds into another one with the same tables, SQLite or PostgreSQL each.
///
/// The source is read in one snapshot and never written. The target takes it in one transaction, and before that is
/// committed it is read again and compared: a copy that fails, or is killed, leaves the target as it was. (Batches that
/// could be resumed would need a source that stands still, and would leave something half that looks whole.)
package struct DatabaseCopy: Sendable {
    package struct Progress: Sendable, Equatable {
        package enum Phase: String, Sendable { case copying, comparing }

        package let phase: Phase
        package let table: String
        /// Rows of this table, and of all tables.
        package let tableDone: Int
        package let tableTotal: Int
        package let done: Int
        package let total: Int
    }

    package struct Report: Sendable, Equatable {
        /// By table's name.
        package let tables: [String: TableDigest]
    }

    package let source: any Database
    package let target: any Database
    /// What the tables hold that have just been made: rows that migrations insert. They make way.
    package var fresh: [String: TableDigest] = [:]
    /// Given for a restore: a new name for each ordered log, as positions that were given out after the backup will be
    /// given out again. Who follows one by its old name is told to start anew (`EventLog`).
    package var newLogID: (@Sendable () -> String)?
    package var progress: @Sendable (Progress) -> Void = { _ in }

    package init(from source: any Database, to target: any Database) {
        self.source = source
        self.target = target
    }

    /// - Throws: `TransferFault`, `StorageError`.
    package func run() async throws -> Report {
        let outcome = Outcome()
        do {
            return try await Unhurried.run {
                try await source.read { sent in
                    // A server may have this run more than once; it begins anew each time.
                    let report = try await target.write { arrived in
                        try await CopyRun(copy: self, sent: sent, arrived: arrived).run()
                    }
                    outcome.report.withLock { $0 = report }
                    return report
                }
            }
        } catch {
            // The target has it all; that the source went away after the last row is no matter.
            guard let report = outcome.report.withLock({ $0 }) else { throw error }
            return report
        }
    }

    private final class Outcome: Sendable {
        let report = Mutex<Report?>(nil)
    }

    /// Rows and checksum of each table, in one snapshot.
    package static func digests(of database: any Database) async throws -> [String: TableDigest] {
        let kind = database.kind
        return try await Unhurried.run {
            try await database.read { transaction in try await digests(transaction, kind) }
        }
    }

    static func digests(
        _ transaction: any SQLTransaction, _ kind: DatabaseKind
    ) async throws -> [String: TableDigest] {
        var digests: [String: TableDigest] = [:]
        for table in try await SchemaReader.tables(transaction, kind) {
            digests[table.name] = try await TableScan(table: table, kind: kind).digest(transaction)
        }
        return digests
    }
}
