import CoreMetrics
import Logging
import ServiceKit
import Synchronization

/// The routes in force and the file that they came from. A file that changes takes their place whole if it is good; of a
/// bad one everybody can see that it is not in force: log, metric, readiness and `/internal/v1/routes`.
package final class ServedRoutes: Sendable {
    /// Why the file as it lies there is not in force.
    package struct Fault: Sendable, Equatable {
        /// `FILE:LINE:COLUMN: what; how to mend it`, or why it can't be read.
        package let lines: [String]
        /// Seconds since the epoch.
        package let since: Int64
    }

    /// What is told apart between two tables of a gateway: those in force, and those of a dry run.
    struct Role: Sendable, Equatable {
        /// For people.
        let name: String
        /// In readiness, metrics and for programs.
        let label: String

        static let inForce = Role(name: "routes file", label: "routes")
        static let candidate = Role(name: "dry-run routes file", label: "routes_dry_run")
    }

    static let reloadsName = "lockstep_gateway_routes_reloads_total"
    static let currentName = "lockstep_gateway_routes_file_in_force"
    /// Of a file's faults, those that are logged and shown.
    private static let maximumLines = 20

    private enum Sight: Equatable {
        case never, missing
        case file(WatchedFile.Revision)

        init(_ file: WatchedFile) { self = file.revision.map(Sight.file) ?? .missing }
    }

    private struct State {
        var inForce: RoutesInForce
        var fault: Fault?
        /// Of the file when it was last read, whatever came of it: a bad file is told of once.
        var seen = Sight.never
        /// Another than `seen`, of the last look: whoever writes may not be done.
        var settling: Sight?
        var observers: [@Sendable (RoutesInForce) -> Void] = []
    }

    private let file: WatchedFile?
    private let role: Role
    private let readiness: Readiness?
    private let check: @Sendable (RouteTable) -> [String]
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>
    /// One look after the other, so that an older file can't come after a newer one.
    private let turn = Mutex(())

    /// - Parameters:
    ///   - source: of `table`; nil for the built-in one, which never changes.
    ///   - check: what keeps a table that is in order from being used: files beside it.
    ///   - readiness: told of faults, never more than warned: what is in force serves.
    init(
        table: RouteTable, source: RoutesInForce.Source?, role: Role = .inForce, readiness: Readiness?,
        clock: WallClock, logger: Logger, check: @escaping @Sendable (RouteTable) -> [String] = { _ in [] }
    ) {
        file = source.map { WatchedFile(path: $0.path) }
        self.role = role
        self.readiness = readiness
        self.check = check
        self.clock = clock
        self.logger = logger
        state = Mutex(
            State(inForce: RoutesInForce(table: table, source: source, loadedAt: clock.now(), version: 1)))
        if file != nil { show(nil) }
    }

    package var inForce: RoutesInForce { state.withLock { $0.inForce } }
    package var fault: Fault? { state.withLock { $0.fault } }

    /// Called at once with what is in force, then with each table that takes its place, in their order, on whichever
    /// thread looked. Must not call back.
    func observe(_ observer: @escaping @Sendable (RoutesInForce) -> Void) {
        state.withLock { state in
            observer(state.inForce)
            state.observers.append(observer)
        }
    }

    /// One look at the file. A change counts once two looks have found the same, so that half a file is not read; whoever
    /// asks (SIGHUP) says that it is whole.
    package func look(isAsked: Bool = false) {
        guard let file else { return }
        turn.withLock { _ in
            let sight = Sight(file)
            if isDue(sight, isAsked: isAsked) { read(file, sight) }
        }
    }

    private func isDue(_ sight: Sight, isAsked: Bool) -> Bool {
        state.withLock { state in
            let wasSettling = state.settling
            state.settling = nil
            if isAsked { return true }
            guard state.seen != sight else { return false }
            if wasSettling == sight { return true }
            state.settling = sight
            return false
        }
    }

    private func read(_ file: WatchedFile, _ sight: Sight) {
        let bytes: [UInt8]
        do throws(WatchedFile.Unreadable) {
            bytes = try file.read().bytes
        } catch {
            return refuse(["\(file.path): \(error.reason)"], sight)
        }
        // Changed while it was read: for the next looks.
        guard Sight(file) == sight else { return }
        let source = RoutesInForce.Source(path: file.path, bytes: bytes)
        guard source != inForce.source else { return keep(sight) }
        do throws(RoutesFile.Faults) {
            let table = try RoutesFile.load(bytes)
            let faults = check(table)
            if faults.isEmpty { adopt(table, source, sight) } else { refuse(faults, sight) }
        } catch {
            refuse(error.faults.map { $0.text(file: file.path) }, sight)
        }
    }

    private func adopt(_ table: RouteTable, _ source: RoutesInForce.Source, _ sight: Sight) {
        let now = clock.now()
        state.withLock { state in
            state.inForce = RoutesInForce(
                table: table, source: source, loadedAt: now, version: state.inForce.version + 1)
            state.fault = nil
            state.seen = sight
            for observer in state.observers { observer(state.inForce) }
        }
        logger.info(
            "\(role.name) reloaded",
            metadata: ["file": "\(source.path)", "sha256": "\(source.digest)", "routes": "\(table.routes.count)"])
        count("loaded")
        show(nil)
    }

    /// The file says what is in force already.
    private func keep(_ sight: Sight) {
        let hadFault = state.withLock { state in
            defer { state.fault = nil }
            state.seen = sight
            return state.fault != nil
        }
        guard hadFault else { return }
        logger.info("\(role.name) says again what is in force")
        show(nil)
    }

    private func refuse(_ lines: [String], _ sight: Sight) {
        var shown = Array(lines.prefix(Self.maximumLines))
        if lines.count > shown.count { shown.append("and \(lines.count - shown.count) more") }
        let fault = Fault(lines: shown, since: clock.now())
        state.withLock { state in
            state.fault = fault
            state.seen = sight
        }
        for line in shown {
            logger.error(
                "\(role.name) not reloaded: the one before it stays in force", metadata: ["fault": "\(line)"])
        }
        count("refused")
        show(fault)
    }

    private func count(_ result: String) {
        Counter(label: Self.reloadsName, dimensions: [("file", role.label), ("result", result)]).increment()
    }

    private func show(_ fault: Fault?) {
        Gauge(label: Self.currentName, dimensions: [("file", role.label)]).record(fault == nil ? 1 : 0)
        readiness?.set(
            role.label,
            fault.map { .warning(code: "reload_rejected", detail: $0.lines.joined(separator: "\n")) } ?? .ready)
    }
}
