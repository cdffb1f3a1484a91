import Logging

/// PostgreSQL through libpq (docs/decisions/0013).
///
/// Writes run as SERIALIZABLE: of two that contradict each other, at this replica or another, one is ended by the server
/// and runs again. Reads are REPEATABLE READ, READ ONLY: one snapshot, which neither waits nor is ended.
final class PostgreSQLDatabase: Database {
    /// Any 64 bits that nobody else uses in this database.
    private static let migrationLock: Int64 = 0x4c6f_636b_7374_6570
    private static let contentionLock: Int64 = 0x4c6f_636b_7374_6571
    private static let turnLock: Int64 = 0x4c6f_636b_7374_6572

    private static let unhurriedTimeout = Duration.seconds(3600)

    private let pool: PostgreSQLPool
    private let hub = NotificationHub()
    private let outage = WriteOutage()
    private let logger: Logger

    /// Connects when first asked for something.
    init(address: PostgreSQLAddress, logger: Logger) throws(StorageError) {
        self.logger = logger
        pool = try PostgreSQLPool(address: address, hub: hub, logger: logger)
    }

    deinit { pool.abandon() }

    private var limits: PostgreSQLLimits { pool.limits }

    /// Beyond the server's own timeout: after this it is taken for dead.
    private var patience: Duration {
        Unhurried.isOn ? Self.unhurriedTimeout : limits.statement + limits.silence
    }

    func read<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try await attempts { _ in
            try await self.transaction(.reading, inLines: [], body)
        }
    }

    func write<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try await outage.watching {
            try await attempts { lost in
                try await self.transaction(.writing, inLines: Self.lines(lost: lost), body)
            }
        }
    }

    /// One of this process waits at the server for the other replicas' turns; the rest of it waits here, without a
    /// connection. The turn is kept while it runs again.
    func writeInTurn<T: Sendable>(_ body: @Sendable (any SQLTransaction) async throws -> T) async throws -> T {
        try GuardedTransaction.refuseNesting(in: self)
        try await pool.takeTurn()
        defer { pool.endTurn() }
        return try await outage.watching {
            try await attempts { lost in
                try await self.transaction(.writing, inLines: [Self.turnLock] + Self.lines(lost: lost), body)
            }
        }
    }

    /// Those who lost take turns among themselves, at all replicas; so one that loses again loses to newcomers alone, and
    /// these soon stand in the same line.
    private static func lines(lost: Int) -> [Int64] { lost >= 2 ? [contentionLock] : [] }

    func ping() async throws {
        try await mapped {
            try await self.withLink { link in
                _ = try await self.pool.run("SELECT 1", on: link, timeout: self.limits.connect, isCancellable: true)
            }
        }
        try await outage.look(at: self)
    }

    func notifications(_ channel: String) -> AsyncStream<Void> {
        let stream = hub.listen(channel)
        pool.listen(channel)
        return stream
    }

    func close() async throws {
        hub.close()
        await pool.close()
    }

    /// Replicas that start together take turns. The lock belongs to the connection, so it ends with its holder.
    func migrate(_ migrations: [Migration], namespace: String) async throws {
        try await mapped {
            // Who waits gives its connection back meanwhile: the one whose turn it is needs a second.
            while try await !self.tookTurn(migrations, namespace) { try await Task.sleep(for: .milliseconds(100)) }
        }
    }

    private func tookTurn(_ migrations: [Migration], _ namespace: String) async throws -> Bool {
        try await withLink { link in
            guard try await self.tryLock(link) else { return false }
            let outcome: Result<Void, any Error>
            do {
                // Migrations take the time they take.
                try await Unhurried.run {
                    try await Migrator(namespace: namespace, migrations: migrations).run(on: self)
                }
                outcome = .success(())
            } catch {
                outcome = .failure(error)
            }
            await self.unlock(link, Self.migrationLock)
            try outcome.get()
            return true
        }
    }

    // MARK: -

    private func tryLock(_ link: UInt64) async throws -> Bool {
        let result = try await pool.run(
            "SELECT pg_try_advisory_lock($1) AS taken", try PostgreSQLArguments([.integer(Self.migrationLock)]),
            on: link, timeout: patience, isCancellable: true)
        return try result.rows().first?.bool("taken") ?? false
    }

    private func lock(_ link: UInt64, _ key: Int64) async throws {
        do {
            _ = try await pool.run(
                "SELECT pg_advisory_lock($1) AS taken", try PostgreSQLArguments([.integer(key)]), on: link,
                timeout: patience, isCancellable: true)
        } catch let error as PostgreSQLError where error.code == "57014" {
            // The server's statement timeout: others took longer than this one may wait.
            throw StorageError.busy
        } catch let error as PostgreSQLLink.Failure {
            throw PostgreSQLFailures.NotBegun(reason: error)
        }
    }

    /// What can't be unlocked is closed, which does the same; what was committed stays so.
    private func unlock(_ link: UInt64, _ key: Int64) async {
        do {
            _ = try await pool.run(
                "SELECT pg_advisory_unlock($1) AS released", try PostgreSQLArguments([.integer(key)]), on: link,
                timeout: limits.statement, isCancellable: false)
        } catch {
            pool.condemn(link)
        }
    }

    /// Lends a connection; one on which something went wrong beyond a refused statement is not used again.
    private func withLink<T: Sendable>(_ work: (UInt64) async throws -> T) async throws -> T {
        let link = try await pool.borrow()
        do {
            let value = try await work(link)
            pool.giveBack(link, reusable: true)
            return value
        } catch {
            let isKnown = !(error is PostgreSQLFailures.Unusable)
            let isUpToDate = (error as? PostgreSQLFailures.Ended)?.remedy != .reconnect
            pool.giveBack(link, reusable: isKnown && isUpToDate)
            throw error
        }
    }

    /// - Parameter lines: advisory locks that are held from before the snapshot until after the commit, taken in this
    ///   order. They belong to the connection: a holder that dies lets go of them.
    private func transaction<T: Sendable>(
        _ opening: PostgreSQLOpening, inLines lines: [Int64], _ body: @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        try GuardedTransaction.refuseNesting(in: self)
        return try await withLink { link in try await self.holding(lines[...], on: link, opening, body) }
    }

    private func holding<T: Sendable>(
        _ lines: ArraySlice<Int64>, on link: UInt64, _ opening: PostgreSQLOpening,
        _ body: @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        guard let line = lines.first else { return try await committed(opening, on: link, body) }
        try await lock(link, line)
        let outcome: Result<T, any Error>
        do {
            outcome = .success(try await holding(lines.dropFirst(), on: link, opening, body))
        } catch {
            outcome = .failure(error)
        }
        await unlock(link, line)
        return try outcome.get()
    }

    private func committed<T: Sendable>(
        _ opening: PostgreSQLOpening, on link: UInt64, _ body: @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        let statements = PostgreSQLStatements(pool: pool, link: link, opening: opening, timeout: patience)
        do {
            if Unhurried.isOn {
                for limit in ["statement_timeout", "idle_in_transaction_session_timeout"] {
                    _ = try await statements.execute("SET LOCAL \(limit) = 0", [])
                }
            }
            let value = try await GuardedTransaction.run(body, on: statements, of: self)
            guard statements.isBegun else { return value }
            guard statements.isOpen else {
                throw StorageError.invalidStatement("a statement ended the transaction itself")
            }
            if opening == .writing { try await commit(link) }
            return value
        } catch {
            let end = PostgreSQLFailures.end(error, cause: statements.failure)
            let isLost = end is PostgreSQLFailures.Unusable || end is PostgreSQLFailures.NotBegun
            if opening == .writing, statements.isBegun, !isLost { await rollback(link) }
            throw end
        }
    }

    private func commit(_ link: UInt64) async throws {
        do {
            _ = try await pool.run("COMMIT", on: link, timeout: patience, isCancellable: false)
        } catch PostgreSQLLink.Failure.unsent {
            throw PostgreSQLLink.Failure.lost("the connection was lost before the commit; nothing was changed")
        } catch is PostgreSQLLink.Failure {
            throw PostgreSQLFailures.Unusable(
                reason: StorageError.unavailable("the connection was lost in a commit; whether it was done is unknown"))
        }
    }

    /// What can't be rolled back comes back to the pool inside of a transaction, and is closed there.
    private func rollback(_ link: UInt64) async {
        do {
            _ = try await pool.run("ROLLBACK", on: link, timeout: limits.statement, isCancellable: false)
        } catch {
            logger.debug("a transaction could not be rolled back; its connection is closed")
        }
    }

    /// Runs a transaction until it is through, has failed for good, or has lost too often.
    private func attempts<T: Sendable>(_ run: (_ lost: Int) async throws -> T) async throws -> T {
        var lost = 0
        var conflicts = 0
        var reconnects = 0
        while true {
            do {
                return try await run(lost)
            } catch let error as PostgreSQLFailures.Ended {
                try Task.checkCancellation()
                switch error.remedy {
                case .runAgain where lost < limits.attempts:
                    lost += 1
                case .confirmByRunningAgain where conflicts < 2:
                    conflicts += 1
                    lost += 1
                case .reconnect where reconnects <= limits.connections:
                    reconnects += 1
                default:
                    throw PostgreSQLFailures.storageError(error)
                }
            } catch let error as PostgreSQLFailures.NotBegun {
                // A server that went away leaves as many dead connections as the pool holds.
                guard reconnects <= limits.connections else { throw PostgreSQLFailures.storageError(error) }
                reconnects += 1
            } catch {
                throw PostgreSQLFailures.storageError(error)
            }
        }
    }

    private func mapped<T: Sendable>(_ work: () async throws -> T) async throws -> T {
        do { return try await work() } catch { throw PostgreSQLFailures.storageError(error) }
    }
}
