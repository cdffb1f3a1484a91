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

/// How a transaction begins.
enum PostgreSQLOpening: String, Sendable {
    case reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    case writing = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
}

/// One statement on its way.
struct PostgreSQLOperation {
    let id: UInt64
    /// Of the transaction whose first statement it is: sent with it, in one packet.
    var opening: PostgreSQLOpening?
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
        case working(PostgreSQLOperation)
        case dead
    }

    /// Why it can't be used any more.
    enum Failure: Error {
        /// It was gone before the statement was sent.
        case unsent
        case lost(String)
        /// The server did not answer for longer than its own limit of a statement.
        case silent

        var reason: String {
            switch self {
            case .unsent: "the connection was lost"
            case .lost(let reason): reason
            case .silent: "the server fell silent"
            }
        }
    }

    let id: UInt64
    private let connection: OpaquePointer
    private var phase: Phase
    private var connectDeadline: Tick
    private var prepared: [String: String] = [:]
    private let preparedLimit: Int
    private var failed: PostgreSQLError?
    /// The last result of a success; owned.
    private var answer: OpaquePointer?
    /// What is being prepared with the statement at work: its key and its name.
    private var preparing: (key: String, name: String)?
    /// Of the commands that were sent together: a transaction's opening, what is prepared, the statement.
    private var succeeded = 0
    private var needsFlush = false
    private var open: PostgreSQLOpening?
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

    deinit {
        PQclear(answer)
        PQfinish(connection)
    }

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

    /// In or after one that changes nothing.
    var isReading: Bool { isInTransaction && open == .reading }

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
        case .working(let operation): operation.deadline
        case .ready, .dead: nil
        }
    }

    /// A handle that `PQcancel` takes on another thread; nil unless that operation is at work.
    func canceller(of operation: UInt64, deadline: Tick) -> OpaquePointer? {
        guard case .working(var current) = phase, current.id == operation, !current.isCancelled else { return nil }
        current.isCancelled = true
        current.deadline = min(current.deadline, deadline)
        phase = .working(current)
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
        guard case .ready = phase else { return operation.finish(.failure(Failure.unsent)) }
        failed = nil
        preparing = nil
        succeeded = 0
        if let opening = operation.opening { open = opening }
        phase = .working(operation)
        if send(operation) { flush() } else { die(lastMessage) }
    }

    /// What has to come before the statement goes with it, and none waits for the other's answer (libpq's pipeline mode).
    /// Once one has failed, the server passes over those behind it.
    private func send(_ operation: PostgreSQLOperation) -> Bool {
        let key = operation.arguments.signature + ":" + operation.sql
        let known = operation.isPrepared ? prepared[key] : nil
        if operation.isPrepared, known == nil, prepared.count < preparedLimit {
            preparing = (key, "s\(prepared.count)")
        }
        let isAlone = operation.opening == nil && preparing == nil
        guard isAlone || PQenterPipelineMode(connection) == 1 else { return false }
        if let opening = operation.opening,
            PQsendQueryParams(connection, opening.rawValue, 0, nil, nil, nil, nil, 0) != 1
        {
            return false
        }
        if let preparing,
            PQsendPrepare(
                connection, preparing.name, operation.sql, Int32(operation.arguments.types.count),
                operation.arguments.types) != 1
        {
            return false
        }
        return execute(operation, prepared: known ?? preparing?.name) && (isAlone || PQpipelineSync(connection) == 1)
    }

    private func execute(_ operation: PostgreSQLOperation, prepared name: String?) -> Bool {
        let arguments = operation.arguments
        return arguments.withPointers { values in
            if let name {
                PQsendQueryPrepared(
                    connection, name, Int32(values.count), values, arguments.lengths, arguments.formats, 0) == 1
            } else {
                PQsendQueryParams(
                    connection, operation.sql, Int32(values.count), arguments.types, values, arguments.lengths,
                    arguments.formats, 0) == 1
            }
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
        if case .connecting = phase { die("the server does not answer") } else { die(.silent) }
    }

    func die(_ reason: String) { die(.lost(reason)) }

    /// Whoever waits is told; nothing more happens here.
    private func die(_ failure: Failure) {
        let last = phase
        phase = .dead
        tellConnected(failure)
        if case .working(let operation) = last { operation.finish(.failure(failure)) }
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
        var ends = 0
        while case .working(let operation) = phase, PQisBusy(connection) == 0 {
            guard let result = PQgetResult(connection) else {
                guard PQstatus(connection) == CONNECTION_OK else { return die(failed?.message ?? lastMessage) }
                // In a pipeline each command's results have an end, and the last is followed by the sync.
                guard PQpipelineStatus(connection) != PQ_PIPELINE_OFF else {
                    settle(operation)
                    continue
                }
                ends += 1
                guard ends < 4 else { return die("the server's answers have no end") }
                continue
            }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                PQclear(answer)
                answer = result
                succeeded += 1
            case PGRES_PIPELINE_SYNC:
                PQclear(result)
                guard PQexitPipelineMode(connection) == 1 else { return die(lastMessage) }
                settle(operation)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                PQclear(result)
                return die("COPY is not for this surface")
            case PGRES_PIPELINE_ABORTED:
                PQclear(result)
            default:
                failed = failed ?? PostgreSQLError(result: result)
                PQclear(result)
            }
        }
    }

    private func settle(_ operation: PostgreSQLOperation) {
        if let preparing, succeeded > (operation.opening == nil ? 0 : 1) { prepared[preparing.key] = preparing.name }
        phase = .ready
        let result = answer.map {
            PostgreSQLResult(owning: $0, leavesTransactionOpen: PQtransactionStatus(connection) == PQTRANS_INTRANS)
        }
        answer = nil
        if let failed {
            // 57014 is what our own cancelling looks like.
            let error: any Error = operation.isCancelled && failed.code == "57014" ? CancellationError() : failed
            operation.finish(.failure(error))
        } else if let result {
            operation.finish(.success(result))
        } else {
            operation.finish(.failure(Failure.lost("the server gave no answer")))
        }
    }

    /// In one line. libpq's messages name hosts, users and databases; no password and no argument.
    private var lastMessage: String {
        let text = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline).joined(
            separator: "; ")
        return text.isEmpty ? "the connection was lost" : text
    }
}
