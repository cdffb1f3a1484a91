import CoreMetrics
import ServiceKit
import Storage
import Synchronization

/// The one way into a module's code: its gate, its turns at the database, its threads, its deadline.
final class ModuleDoor: Sendable {
    struct Limits: Sendable {
        var gate = ModuleGate.Limits()
        /// Transactions of one module at a time. On SQLite there is one writer for all.
        var readers = 3
        var writers = 1
        /// For one answer.
        var deadline = Duration.seconds(10)
    }

    private let database: any Database
    private let containment: Containment
    private let limits: Limits
    private let clock: WallClock
    private let gate: Mutex<ModuleGate>
    private let readers: Lending<Int>
    private let writers: Lending<Int>

    init(database: any Database, containment: Containment, limits: Limits, clock: WallClock) {
        self.database = database
        self.containment = containment
        self.limits = limits
        self.clock = clock
        gate = Mutex(ModuleGate(limits: limits.gate))
        readers = Lending(Array(0..<limits.readers))
        writers = Lending(Array(0..<limits.writers))
    }

    var threads: ModuleThreads { containment.threads }

    var isHanging: Bool { gate.withLock { $0.isHanging } }

    /// Runs a handler in one transaction. Only the handler runs on the module's threads: the transaction is ours, and is
    /// rolled back when the handler does not come back.
    func transaction<T: Sendable>(
        writes: Bool, _ body: @escaping @Sendable (any SQLTransaction) async throws -> T
    ) async throws -> T {
        try await entering {
            let turns = writes ? writers : readers
            let turn = try await turn(of: turns)
            defer { turns.giveBack(turn) }
            let contained: @Sendable (any SQLTransaction) async throws -> T = { transaction in
                try await self.contained { try await body(transaction) }
            }
            return writes ? try await database.writeInTurn(contained) : try await database.read(contained)
        }
    }

    /// Runs something else of the module's, e.g. its start or its health.
    func call<T: Sendable>(
        within deadline: Duration, _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await containment.run(within: deadline, remnant: remember, body)
    }

    private func entering<T>(_ work: () async throws -> T) async throws -> T {
        if case .refuse(let fault) = gate.withLock({ $0.enter(now: clock.now()) }) { throw fault }
        do {
            let value = try await work()
            leave(hung: false)
            return value
        } catch let fault as ModuleFault {
            if case .tookTooLong = fault { leave(hung: true) } else { leave(hung: false) }
            throw fault
        } catch {
            leave(hung: false)
            throw error
        }
    }

    private func leave(hung: Bool) { gate.withLock { $0.leave(hung: hung, now: clock.now()) } }

    private func contained<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        try await containment.run(within: limits.deadline, remnant: remember, work)
    }

    private var remember: @Sendable (Containment.Remnant) -> Void {
        { [weak self] remnant in
            self?.gate.withLock { gate in
                switch remnant {
                case .leftBehind: gate.leftBehind()
                case .endedAfterAll: gate.endedAfterAll()
                }
            }
        }
    }

    /// Our own waiting listens to its cancellation, so it needs no thread that could be lost.
    private func turn(of lending: Lending<Int>) async throws -> Int {
        if let idle = lending.borrowIdle() { return idle }
        return try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await lending.borrow() }
            group.addTask { [containment, limits] in
                try await containment.sleep(limits.deadline)
                return nil
            }
            defer { group.cancelAll() }
            if let first = try await group.next(), let turn = first { return turn }
            group.cancelAll()
            // A turn that came in the same moment goes to the next one.
            while let late = await group.nextResult() {
                if case .success(let turn?) = late { lending.giveBack(turn) }
            }
            throw ModuleFault.busy
        }
    }
}
