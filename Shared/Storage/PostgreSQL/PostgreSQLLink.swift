import CPostgreSQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Seconds don't matter here, order does: nanoseconds of a clock that never goes back.
typealias Tick = UInt64

/// One statement on its way.
struct PostgreSQLOperation {
    let id: UInt64
    let sql: String
    let arguments: PostgreSQLArguments
    /// Parsed once per connection.
    let isPrepared: Bool
    var deadline: Tick
    var isCancelled = false
    let finish: (Result<PostgreSQLResult, any Error>) -> Void
}

/// One connection, driven by readiness: no call here waits. Belongs to the poller's thread.
final class PostgreSQLLink {
    private enum Phase {
        case connecting(PostgresPollingStatusType)
        case ready
        case working(PostgreSQLOperation, Step)
        case dead
    }
    private enum Step { case preparing(String), executing }

    /// Why it can't be used any more.
    enum Failure: Error { case lost(String) }

    let id: UInt64
    private let connection: OpaquePointer
    private var phase: Phase
    private var connectDeadline: Tick
    private var prepared: [String: String] = [:]
    private let preparedLimit: Int
    private var failed: PostgreSQLError?
    private var answer: PostgreSQLResult?
    private var needsFlush = false
    /// Told once: that it is ready, or why not.
    private var onConnected: ((Failure?) -> Void)?

    init?(
        id: UInt64, parameters: [(name: String, value: String)], preparedLimit: Int, connectDeadline: Tick,
        onConnected: @escaping (Failure?) -> Void
    ) {
        guard let started = Self.begin(parameters) else { return nil }
        self.id = id
        self.preparedLimit = preparedLimit
        self.connectDeadline = connectDeadline
        self.onConnected = onConnected
        connection = started
        phase = .connecting(PGRES_POLLING_WRITING)
        // libpq prints notices to stderr else.
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    /// A connection that `PQconnectPoll` goes on with; nil is libpq's word for "no memory".
    static func begin(_ parameters: [(name: String, value: String)]) -> OpaquePointer? {
        let names = parameters.map { strdup($0.name) }
        let values = parameters.map { strdup($0.value) }
        defer { for pointer in names + values { free(pointer) } }
        return PQconnectStartParams(
            names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 0)
    }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    var isDead: Bool {
        if case .dead = phase { true } else { false }
    }

    /// May change while it connects.
    var descriptor: Int32 { isDead ? -1 : PQsocket(connection) }

    /// In or after a transaction that was neither committed nor rolled back.
    var isInTransaction: Bool { PQtransactionStatus(connection) != PQTRANS_IDLE }

    enum Transaction { case open, ended, lost }

    /// `open`: inside of one that has not failed; `lost`: the connection is gone, and with it what was not committed.
    var transaction: Transaction {
        if isDead { return .lost }
        return switch PQtransactionStatus(connection) {
        case PQTRANS_INTRANS: .open
        case PQTRANS_UNKNOWN: .lost
        default: .ended
        }
    }

    /// What to wait for.
    var interest: (read: Bool, write: Bool) {
        switch phase {
        case .connecting(let wanted): (wanted == PGRES_POLLING_READING, wanted == PGRES_POLLING_WRITING)
        // An idle one is watched too: a server that goes away says so.
        case .ready: (true, false)
        case .working: (true, needsFlush)
        case .dead: (false, false)
        }
    }

    var deadline: Tick? {
        switch phase {
        case .connecting: connectDeadline
        case .working(let operation, _): operation.deadline
        case .ready, .dead: nil
        }
    }

    /// A handle that `PQcancel` takes on another thread; nil unless that operation is at work.
    func canceller(of operation: UInt64, deadline: Tick) -> OpaquePointer? {
        guard case .working(var current, let step) = phase, current.id == operation, !current.isCancelled else {
            return nil
        }
        current.isCancelled = true
        current.deadline = min(current.deadline, deadline)
        phase = .working(current, step)
        return PQgetCancel(connection)
    }

    /// Channels that told something since the last call.
    func takeNotifications() -> Set<String> {
        var channels: Set<String> = []
        while let notification = PQnotifies(connection) {
            channels.insert(String(cString: notification.pointee.relname))
            PQfreemem(notification)
        }
        return channels
    }

    /// One at a time; the caller has looked at `isReady`.
    func start(_ operation: PostgreSQLOperation) {
        guard case .ready = phase else {
            return operation.finish(.failure(Failure.lost("the connection was lost")))
        }
        failed = nil
        answer = nil
        let key = operation.arguments.signature + ":" + operation.sql
        let sent: Bool
        if !operation.isPrepared || (prepared[key] == nil && prepared.count >= preparedLimit) {
            phase = .working(operation, .executing)
            sent = operation.arguments.withPointers { values in
                PQsendQueryParams(
                    connection, operation.sql, Int32(values.count), operation.arguments.types, values,
                    operation.arguments.lengths, operation.arguments.formats, 0) == 1
            }
        } else if let name = prepared[key] {
            sent = execute(operation, name)
        } else {
            let name = "s\(prepared.count)"
            phase = .working(operation, .preparing(name))
            sent =
                PQsendPrepare(
                    connection, name, operation.sql, Int32(operation.arguments.types.count),
                    operation.arguments.types) == 1
        }
        if sent { flush() } else { die(lastMessage) }
    }

    private func execute(_ operation: PostgreSQLOperation, _ name: String) -> Bool {
        phase = .working(operation, .executing)
        return operation.arguments.withPointers { values in
            PQsendQueryPrepared(
                connection, name, Int32(values.count), values, operation.arguments.lengths,
                operation.arguments.formats, 0) == 1
        }
    }

    /// Goes on after the descriptor became ready.
    func advance() {
        switch phase {
        case .connecting:
            switch PQconnectPoll(connection) {
            case PGRES_POLLING_OK:
                guard PQsetnonblocking(connection, 1) == 0 else { return die(lastMessage) }
                phase = .ready
                tellConnected(nil)
            case PGRES_POLLING_FAILED:
                die(lastMessage)
            case let wanted:
                phase = .connecting(wanted)
            }
        case .ready:
            if PQconsumeInput(connection) == 0 || PQstatus(connection) == CONNECTION_BAD { return die(lastMessage) }
            // A server that shuts down sends its reason outside of any statement.
            while PQisBusy(connection) == 0, let result = PQgetResult(connection) { PQclear(result) }
            if PQstatus(connection) == CONNECTION_BAD { die(lastMessage) }
        case .working:
            if PQconsumeInput(connection) == 0 { return die(lastMessage) }
            if needsFlush { flush() }
            collect()
        case .dead:
            break
        }
    }

    /// Nothing came in time.
    func expire(now: Tick) {
        guard let deadline, deadline <= now else { return }
        if case .connecting = phase { die("the server does not answer") } else { die("the server fell silent") }
    }

    /// Whoever waits is told; nothing more happens here.
    func die(_ reason: String) {
        let last = phase
        phase = .dead
        tellConnected(.lost(reason))
        if case .working(let operation, _) = last { operation.finish(.failure(Failure.lost(reason))) }
    }

    private func tellConnected(_ failure: Failure?) {
        let tell = onConnected
        onConnected = nil
        tell?(failure)
    }

    private func flush() {
        switch PQflush(connection) {
        case 0: needsFlush = false
        case 1: needsFlush = true
        default: die(lastMessage)
        }
    }

    private func collect() {
        while case .working(let operation, let step) = phase, PQisBusy(connection) == 0 {
            guard let result = PQgetResult(connection) else {
                guard PQstatus(connection) == CONNECTION_OK else { return die(failed?.message ?? lastMessage) }
                settle(operation, step)
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                answer = PostgreSQLResult(owning: result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                return die("COPY is not for this surface")
            default:
                failed = failed ?? PostgreSQLError(result: result)
                PQclear(result)
            }
        }
    }

    private func settle(_ operation: PostgreSQLOperation, _ step: Step) {
        if case .preparing(let name) = step, failed == nil {
            prepared[operation.arguments.signature + ":" + operation.sql] = name
            answer = nil
            if operation.isCancelled {
                phase = .ready
                return operation.finish(.failure(CancellationError()))
            }
            if execute(operation, name) { flush() } else { die(lastMessage) }
            return
        }
        phase = .ready
        if let failed {
            // 57014 is what our own cancelling looks like.
            let error: any Error = operation.isCancelled && failed.code == "57014" ? CancellationError() : failed
            operation.finish(.failure(error))
        } else if let answer {
            operation.finish(.success(answer))
        } else {
            operation.finish(.failure(Failure.lost("the server gave no answer")))
        }
        failed = nil
        answer = nil
    }

    /// In one line. libpq's messages name hosts, users and databases; no password and no argument.
    private var lastMessage: String {
        let text = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline).joined(
            separator: "; ")
        return text.isEmpty ? "the connection was lost" : text
    }
}
