import HTTP1
import NIOCore
import NIOHTTP1

/// One small GET of the gateway's own (a validation, an ID token) over the loop's pools: bounded in time and size,
/// repeated once when a kept-alive connection turns out to be dead.
final class UpstreamCall: UpstreamResponder, Deadlined {
    private let pool: UpstreamPool
    private let head: HeadBuffer
    private let deadlines: LoopDeadlines
    private var completion: ((PlantAnswer) -> Void)?
    private var connection: UpstreamConnection?
    private var ticket: Int?
    private var mayRetry = true
    private var status = 0
    private var body: [UInt8] = []
    let deadline: NIODeadline
    var deadlineSlot = -1

    /// Bytes of an answer; more is garbage.
    static let maximumBody = 64 * 1024

    /// - Parameters:
    ///   - target: path and query, below the origin's base path.
    ///   - lines: what the head says beside the start line and `Host`.
    init(
        pool: UpstreamPool, target: String, lines: HeadBuffer, deadlines: LoopDeadlines, deadline: NIODeadline,
        completion: @escaping (PlantAnswer) -> Void
    ) {
        self.pool = pool
        var head = HeadBuffer()
        UpstreamRequest.writeStart(
            method: .GET, target: pool.origin.basePath + target, query: nil, authority: pool.authority, to: &head)
        head.writeLines(lines)
        UpstreamRequest.writeEnd(.none, to: &head)
        self.head = head
        self.deadlines = deadlines
        self.deadline = deadline
        self.completion = completion
    }

    func start() {
        deadlines.add(self)
        lease(fresh: false)
    }

    private func lease(fresh: Bool) {
        ticket = pool.lease(fresh: fresh) { [self] result in
            ticket = nil
            guard completion != nil else {
                // Answered by the deadline in the meantime; the connection is unused and as good as new.
                if case .success(let connection) = result { pool.release(connection) }
                return
            }
            switch result {
            case .success(let connection):
                self.connection = connection
                mayRetry = mayRetry && connection.exchanges > 0
                connection.begin(self, isHEAD: false, chunks: .data)
                connection.send(head)
                connection.sendEnd()
            case .failure(let fault):
                finish(.failed(fault.reason))
            }
        }
    }

    func upstreamHead(_ response: ReceivedResponse) {
        status = response.head.status
        mayRetry = false
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        guard body.count + bytes.readableBytes <= Self.maximumBody else {
            connection?.cancel()
            return finish(.failed("the answer is longer than \(Self.maximumBody) bytes"))
        }
        body.append(contentsOf: bytes.readableBytesView)
    }

    func upstreamEnd() {
        connection = nil
        finish(.answered(status: status, body: body))
    }

    func upstreamReadComplete() { connection?.read() }
    func upstreamWritabilityChanged() {}

    func upstreamLost(_ fault: UpstreamFault) {
        connection = nil
        if mayRetry {
            mayRetry = false
            lease(fresh: true)
        } else {
            finish(.failed(fault.reason))
        }
    }

    func deadlinePassed() {
        connection?.cancel()
        connection = nil
        if let ticket { pool.cancel(ticket: ticket) }
        finish(.failed("no answer in time"))
    }

    private func finish(_ answer: PlantAnswer) {
        guard let completion else { return }
        self.completion = nil
        deadlines.remove(self)
        completion(answer)
    }
}
