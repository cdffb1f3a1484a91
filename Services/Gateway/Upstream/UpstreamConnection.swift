import HTTP1
import NIOCore

/// Why an exchange with an upstream came to nothing.
enum UpstreamFault: Error, Equatable {
    case connect(String)
    /// As many exchanges wait for a connection as may.
    case exhausted
    /// Closed or broken before the response was whole.
    case lost(String)

    var reason: String {
        switch self {
        case .connect(let reason): "no connection: \(reason)"
        case .exhausted: "no connection is free, and as many requests wait for one as may (GW_UPSTREAM_WAITERS)"
        case .lost(let reason): reason
        }
    }
}

/// Who hears what an upstream says in one exchange. After `upstreamEnd` or `upstreamLost` it hears nothing more.
protocol UpstreamResponder: AnyObject {
    /// A 1xx (RFC 9110 §15.2), but no 101.
    func upstreamInterim(_ response: ReceivedResponse)
    func upstreamHead(_ response: ReceivedResponse)
    func upstreamBody(_ bytes: ByteBuffer)
    /// The connection went back to its pool, or is closed.
    func upstreamEnd()
    /// What the socket had is read; nothing more comes until `read()`.
    func upstreamReadComplete()
    func upstreamLost(_ fault: UpstreamFault)
    func upstreamWritabilityChanged()
}

extension UpstreamResponder {
    func upstreamInterim(_ response: ReceivedResponse) {}
}

/// One HTTP/1.1 connection to an upstream: the thin shell between its bytes and one exchange at a time.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var responder: (any UpstreamResponder)?
    private var reader = ResponseReader(limits: HeadLimits(headBytes: 64 * 1024, fields: 200))
    private var isRequestSent = false
    private var isResponseHeadSeen = false
    private var isReusable = false
    private var isRegistered = false
    private var lastError: String?
    /// Exchanges begun on it.
    private(set) var exchanges = 0

    init(pool: UpstreamPool) { self.pool = pool }

    var isUsable: Bool { lastError == nil && context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: the exchange's side

    /// - Parameters:
    ///   - isHEAD: whether the response will have no body.
    ///   - chunks: how a chunked body is wanted.
    ///   - isUpgrade: whether another protocol is asked for; after a 101 its bytes are a body that ends with the connection.
    func begin(
        _ responder: any UpstreamResponder, isHEAD: Bool, chunks: ChunkedBodyParser.Output, isUpgrade: Bool = false
    ) {
        self.responder = responder
        exchanges += 1
        isRequestSent = false
        isResponseHeadSeen = false
        isReusable = false
        reader.expect(isToHEAD: isHEAD, output: chunks, isUpgrade: isUpgrade)
        context?.read()
    }

    /// Writes a head, with the next `flush()` or `sendEnd()`.
    func send(_ head: HeadBuffer) {
        guard let context else { return }
        var bytes = context.channel.allocator.buffer(capacity: head.bytes.count)
        bytes.writeBytes(head.bytes)
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    func send(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

    func sendEnd() {
        isRequestSent = true
        context?.flush()
    }

    func flush() { context?.flush() }
    func read() { context?.read() }

    /// The exchange is given up: the connection can serve no other, since its answer would come here.
    func cancel() {
        responder = nil
        close()
    }

    func close() { context?.close(promise: nil) }

    /// Whoever began the exchange has become another, for as long as this connection lasts. The pool has no part in it any
    /// more: what lasts for hours would leave no connection for requests.
    func hand(over responder: any UpstreamResponder) {
        self.responder = responder
        if isRegistered {
            isRegistered = false
            pool.connectionClosed(self)
        }
    }

    /// Nothing more will be sent; what was, goes out first.
    func closeOutput() {
        context?.flush()
        context?.close(mode: .output, promise: nil)
    }

    // MARK: the channel's side

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Only what the pool has been told of is taken from its count again.
    func registered() { isRegistered = true }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard lastError == nil else { return }
        reader.receive(unwrapInboundIn(data))
        do throws(ResponseFault) {
            while let event = try reader.next() { hear(event) }
        } catch {
            fail("\(error)")
        }
    }

    private func hear(_ event: ResponseReader.Event) {
        // Given up in the meantime: the channel is closing.
        guard let responder else { return }
        switch event {
        case .interim(let response): responder.upstreamInterim(response)
        case .head(let response):
            isResponseHeadSeen = true
            isReusable = response.head.keepAlive && response.head.status >= 200
            responder.upstreamHead(response)
        case .body(let bytes):
            responder.upstreamBody(bytes)
        case .end(let overrun):
            self.responder = nil
            if isReusable, isRequestSent, !overrun, isUsable {
                pool.release(self)
            } else {
                close()
            }
            responder.upstreamEnd()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let responder { responder.upstreamReadComplete() } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { responder?.upstreamWritabilityChanged() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail("\(error)") }

    private func fail(_ reason: String) {
        lastError = lastError ?? reason
        close()
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A close after an error (a TLS connection that was cut) is not the end of a body.
        if lastError == nil, let end = reader.closed() {
            isReusable = false
            hear(end)
        }
        if isRegistered {
            isRegistered = false
            pool.connectionClosed(self)
        }
        guard let responder else { return }
        self.responder = nil
        let moment = isResponseHeadSeen ? "in the middle of its response" : "before it answered"
        responder.upstreamLost(
            .lost("the upstream closed the connection \(moment)\(lastError.map { " (\($0))" } ?? "")"))
    }
}
