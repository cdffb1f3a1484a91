import NIOCore
import NIOHTTP1

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
        case .exhausted: "no connection is free, and too many wait for one"
        case .lost(let reason): reason
        }
    }
}

/// Who hears what an upstream says in one exchange. After `upstreamEnd` or `upstreamLost` it hears nothing more.
protocol UpstreamResponder: AnyObject {
    func upstreamHead(_ head: HTTPResponseHead)
    func upstreamBody(_ bytes: ByteBuffer)
    /// - Parameter reused: the connection went back to the pool.
    func upstreamEnd()
    /// What the socket had is read; nothing more comes until `read()`.
    func upstreamReadComplete()
    func upstreamLost(_ fault: UpstreamFault)
    func upstreamWritabilityChanged()
}

/// One HTTP/1.1 connection to an upstream: the thin shell between NIO's codec and one exchange at a time.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let pool: UpstreamPool
    private var context: ChannelHandlerContext?
    private var responder: (any UpstreamResponder)?
    private var isRequestSent = false
    private var isResponseHeadSeen = false
    private var isReusable = false
    private var isRegistered = false
    private var lastError: String?
    /// Exchanges begun on it.
    private(set) var exchanges = 0

    init(pool: UpstreamPool) { self.pool = pool }

    var isUsable: Bool { context?.channel.isActive ?? false }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: the exchange's side

    func begin(_ responder: any UpstreamResponder) {
        self.responder = responder
        exchanges += 1
        isRequestSent = false
        isResponseHeadSeen = false
        isReusable = false
        context?.read()
    }

    func send(_ head: HTTPRequestHead) { context?.write(wrapOutboundOut(.head(head)), promise: nil) }
    func send(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }

    func sendEnd() {
        isRequestSent = true
        context?.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func flush() { context?.flush() }
    func read() { context?.read() }

    /// The exchange is given up: the connection can serve no other, since its answer would come here.
    func cancel() {
        responder = nil
        close()
    }

    func close() { context?.close(promise: nil) }

    // MARK: the channel's side

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Only what the pool has been told of is taken from its count again.
    func registered() { isRegistered = true }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let responder else {
            // Nobody asked: whatever this is, it may not become the answer to the next request.
            isReusable = false
            return close()
        }
        switch unwrapInboundIn(data) {
        case .head(let head):
            isResponseHeadSeen = true
            isReusable = head.isKeepAlive && head.status.code >= 200
            responder.upstreamHead(head)
        case .body(let bytes):
            responder.upstreamBody(bytes)
        case .end:
            self.responder = nil
            if isReusable, isRequestSent, context.channel.isActive {
                pool.release(self)
            } else {
                close()
            }
            responder.upstreamEnd()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is UpstreamOverrun { isReusable = false }
        context.fireUserInboundEventTriggered(event)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let responder { responder.upstreamReadComplete() } else { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { responder?.upstreamWritabilityChanged() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        lastError = lastError ?? "\(error)"
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
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
