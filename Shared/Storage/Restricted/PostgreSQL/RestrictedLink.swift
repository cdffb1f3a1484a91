import CPostgreSQL
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A connection for one statement, with deadlines. Its calls block; it lives on one thread and ends with this object.
final class RestrictedLink {
    struct Answer {
        var columns: [String] = []
        var collected: RestrictedAnswer
        /// By the server's own count, without what triggers, cascades and parts behind WITH did.
        var changes = 0
    }

    enum Outcome {
        case answer(Answer)
        /// It writes, and its transaction may not.
        case wouldWrite
    }

    private let connection: OpaquePointer
    private let limits: RestrictedLimits
    private let cancel: RestrictedCancel
    private var deadline: Tick
    /// Beyond the server's own timeout: after this it is taken for dead.
    private static let grace = Duration.seconds(2)

    init(
        address: PostgreSQLAddress, limits: RestrictedLimits, cancel: RestrictedCancel
    ) throws(RestrictedSQLError) {
        self.limits = limits
        self.cancel = cancel
        deadline = PostgreSQLPoller.now() + address.limits.connect.ticks
        var address = address
        address.limits.statement = limits.time
        address.applicationName += "-restricted"
        let addresses = try Self.addresses(of: address)
        let options = Self.options(limits)
        let parameters = address.parameters(addresses: addresses).map { name, value in
            name == "options" ? (name: name, value: options) : (name: name, value: value)
        }
        guard let started = PostgreSQLLink.begin(parameters) else { throw .unavailable("no memory for a connection") }
        connection = started
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
        try connect()
    }

    deinit {
        // What still runs would run to its timeout: the server looks for its client only when it sends.
        if PQtransactionStatus(connection) == PQTRANS_ACTIVE { requestCancel() }
        PQfinish(connection)
    }

    // MARK: Statements

    /// Parses, and runs nothing.
    func prepare(_ name: String, _ sql: String) throws(RestrictedSQLError) {
        try send(PQsendPrepare(connection, name, sql, 0, nil))
        try finish()
    }

    /// A statement of ours, whose answer does not matter.
    func own(_ sql: String) throws(RestrictedSQLError) {
        try send(PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 0))
        try finish()
    }

    /// A question of ours.
    func texts(_ sql: String, _ arguments: PostgreSQLArguments = .none) throws(RestrictedSQLError) -> [String] {
        try send(
            arguments.withPointers { values in
                PQsendQueryParams(
                    connection, sql, Int32(values.count), arguments.types, values, arguments.lengths,
                    arguments.formats, 0)
            })
        var found: [String] = []
        try each { (result) throws(RestrictedSQLError) in
            for row in 0..<PQntuples(result) { found.append(String(cString: PQgetvalue(result, row, 0))) }
        }
        return found
    }

    /// - Parameter mayStop: leaves the statement where the answer is full; nothing runs on this connection then.
    func execute(_ name: String, mayStop: Bool) throws(RestrictedSQLError) -> Outcome {
        try send(PQsendQueryPrepared(connection, name, 0, nil, nil, nil, 0))
        PQsetSingleRowMode(connection)
        var answer = Answer(collected: RestrictedAnswer(limits))
        var isFull = false
        var wouldWrite = false
        var failure: RestrictedSQLError?
        while let result = try next() {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK:
                if answer.columns.isEmpty { answer.columns = Self.columns(of: result) }
                for row in 0..<PQntuples(result) where !isFull {
                    // Looked at before it is read: to turn a hundred MB into values takes seconds.
                    guard Self.size(of: result, row) <= largestRow else { throw .tooLarge(Self.rowTooLarge) }
                    isFull = !answer.collected.take(Self.values(of: result, row))
                }
                if isFull, mayStop { return .answer(answer) }
                answer.changes += Self.changes(of: result)
            case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                answer.changes += Self.changes(of: result)
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                throw .refused("COPY is not allowed")
            default:
                if mayStop, PostgreSQLError(result: result).code == "25006" { wouldWrite = true }
                failure = failure ?? error(result)
            }
        }
        if wouldWrite { return .wouldWrite }
        if let failure { throw failure }
        return .answer(answer)
    }

    /// - Throws: `unknownOutcome` when the connection was lost on the way.
    func commit() throws(RestrictedSQLError) {
        do throws(RestrictedSQLError) {
            try own("COMMIT")
        } catch {
            switch error {
            case .unavailable, .timedOut, .cancelled: throw .unknownOutcome
            default: throw error
            }
        }
    }

    // MARK: -

    private func finish() throws(RestrictedSQLError) {
        try each { (_) throws(RestrictedSQLError) in }
    }

    private func each(
        _ take: (OpaquePointer) throws(RestrictedSQLError) -> Void
    ) throws(RestrictedSQLError) {
        var failure: RestrictedSQLError?
        while let result = try next() {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: try take(result)
            default: failure = failure ?? error(result)
            }
        }
        if let failure { throw failure }
    }

    private func send(_ sent: Int32) throws(RestrictedSQLError) {
        guard sent == 1 else { throw lost }
        deadline = PostgreSQLPoller.now() + (limits.time + Self.grace).ticks
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1: try wait(for: POLLOUT)
            default: throw lost
            }
        }
    }

    /// The next result; nil at the end.
    private func next() throws(RestrictedSQLError) -> OpaquePointer? {
        // libpq takes a whole row into memory, whatever its size; so what arrives for one row is counted.
        var arrived = 0
        while PQisBusy(connection) != 0 {
            try wait(for: POLLIN)
            var waiting: Int32 = 0
            if ioctl(PQsocket(connection), UInt(FIONREAD), &waiting) == 0 { arrived += Int(waiting) }
            guard arrived <= largestRow else { throw .tooLarge(Self.rowTooLarge) }
            guard PQconsumeInput(connection) == 1 else { throw lost }
        }
        guard let result = PQgetResult(connection) else {
            guard PQstatus(connection) == CONNECTION_OK else { throw lost }
            return nil
        }
        return result
    }

    private static let rowTooLarge = "a row is larger than may be answered"

    /// On the wire a blob takes twice its size, and small rows come many at a time.
    private var largestRow: Int { 2 * limits.bytes + (1 << 20) }

    private func wait(for event: Int32) throws(RestrictedSQLError) {
        while true {
            if cancel.isSet {
                requestCancel()
                throw .cancelled
            }
            let now = PostgreSQLPoller.now()
            guard now < deadline else {
                requestCancel()
                throw .timedOut
            }
            var watched = pollfd(fd: PQsocket(connection), events: Int16(event), revents: 0)
            // Short, as nothing else tells of a cancelled task.
            if poll(&watched, 1, Int32(clamping: min(50, (deadline - now) / 1_000_000 + 1))) > 0 { return }
        }
    }

    private func requestCancel() {
        guard let handle = PQgetCancel(connection) else { return }
        PostgreSQLCancel(owning: handle).send()
    }

    private var lost: RestrictedSQLError {
        let text = String(cString: PQerrorMessage(connection)).split(whereSeparator: \.isNewline).joined(
            separator: "; ")
        return .unavailable(text.isEmpty ? "the connection was lost" : text)
    }

    private func error(_ result: OpaquePointer) -> RestrictedSQLError {
        // The parser's own complaint comes from elsewhere; messages may be in any language.
        let source = PQresultErrorField(result, Int32(UInt8(ascii: "R"))).map { String(cString: $0) }
        let error = PostgreSQLError(result: result)
        if error.code == "42601", source == "exec_parse_message" { return .refused("only one statement is allowed") }
        return RestrictedFailures.map(error)
    }

    // MARK: Connecting

    private func connect() throws(RestrictedSQLError) {
        var wanted = PGRES_POLLING_WRITING
        while true {
            switch wanted {
            case PGRES_POLLING_OK:
                guard PQsetnonblocking(connection, 1) == 0 else { throw lost }
                narrow()
                return
            case PGRES_POLLING_READING: try waitToConnect(for: POLLIN)
            case PGRES_POLLING_WRITING: try waitToConnect(for: POLLOUT)
            default: throw lost
            }
            wanted = PQconnectPoll(connection)
        }
    }

    /// libpq reads on while there is something to read. With little room in the kernel the server soon has to wait, libpq
    /// comes back, and what arrived is counted before there is much of it.
    private func narrow() {
        var size: Int32 = 16 << 10
        setsockopt(PQsocket(connection), SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    private func waitToConnect(for event: Int32) throws(RestrictedSQLError) {
        do throws(RestrictedSQLError) {
            try wait(for: event)
        } catch {
            if error == .timedOut { throw .unavailable("the server does not answer") }
            throw error
        }
    }
}
