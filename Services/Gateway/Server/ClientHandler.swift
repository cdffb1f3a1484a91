import Glibc
import HTTPKit
import NIOCore
import NIOHTTP1

/// One client connection: the shell between the codec and one `Exchange` at a time. It keeps order among pipelined
/// requests, decides when to read, and closes connections without cutting off what was said last.
final class ClientHandler: ChannelInboundHandler, Deadlined {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    let loop: GatewayLoop
    /// The socket's other end, as text.
    let peer: String
    /// `https` where the client spoke TLS with this gateway, or with a proxy that says so in its PROXY header.
    let proto: String
    /// Whether the peer is one of TRUSTED_PROXIES.
    let isTrusted: Bool
    private(set) var context: ChannelHandlerContext?
    private var exchange: Exchange?
    /// Parts of requests behind the present one. Bounded by one read: while there are some, nothing is read.
    private var pending = CircularBuffer<HTTPServerRequestPart>()
    private var isDrainingPending = false
    /// No further request is served; what still comes in is dropped.
    private var isClosing = false
    /// The codec gave up: nothing more can be read behind what is pending.
    private var unreadable: RequestFault?
    private var isReadOutstanding = false
    private var hasPartialHead = false
    private var hasReadPart = false
    var deadline: NIODeadline = .distantFuture
    var deadlineSlot = -1

    /// - Parameter peer: an address, `unix`, or `unknown`.
    init(loop: GatewayLoop, peer: String, proto: String = "http") {
        self.loop = loop
        self.peer = peer
        self.proto = proto
        isTrusted = loop.settings.trustedProxies.trusts(peer)
    }

    // MARK: the channel's side

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.opened(self)
        deadline = loop.eventLoop.now + loop.settings.timeouts.head
        if context.channel.isActive { read() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.closed(self)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) { read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        hasReadPart = true
        pending.append(unwrapInboundIn(data))
        drainPending()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadOutstanding = false
        exchange?.clientReadComplete()
        if !isClosing, !hasPartialHead, !hasReadPart, exchange?.isRequestComplete ?? true {
            // Bytes came and no head: it has begun, and must end in time however slowly it drips.
            hasPartialHead = true
            if exchange == nil { deadline = min(deadline, loop.eventLoop.now + loop.settings.timeouts.head) }
        }
        hasReadPart = false
        read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        exchange?.clientWritabilityChanged(context.channel.isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        pending.removeAll()
        let exchange = exchange
        self.exchange = nil
        exchange?.clientGone()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let fault = error as? RequestFault, !isClosing else { return cut() }
        // What came before it is still served, in its order.
        unreadable = fault
        drainPending()
    }

    func deadlinePassed() {
        if let exchange { exchange.deadlinePassed() } else { context?.close(promise: nil) }
    }

    // MARK: the exchange's side

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ part: HTTPServerResponsePart) { context?.write(wrapOutboundOut(part), promise: nil) }
    func flush() { context?.flush() }

    /// Reads if somebody wants what would come.
    func read() {
        guard let context, !isReadOutstanding, pending.isEmpty || isClosing else { return }
        // Behind a whole request one read stays asked for: to take it back and to ask anew would be two system calls
        // for every request.
        guard exchange.map({ $0.wantsRequest || $0.isRequestComplete }) ?? true else { return }
        isReadOutstanding = true
        context.read()
    }

    /// The exchange is over and its last part written.
    func finished(_ next: ExchangeMachine.Next) {
        exchange = nil
        switch next {
        case .nextRequest where !loop.isDraining:
            flush()
            let timeouts = loop.settings.timeouts
            deadline = loop.eventLoop.now + (hasPartialHead ? timeouts.head : timeouts.keepAlive)
            drainPending()
            read()
        case .nextRequest, .close:
            closeGently()
        }
    }

    /// The answer is flushed, our half closed, and the rest of what the client sends dropped until it closes too: a close
    /// with unread bytes would reset the connection and could take the answer with it.
    func closeGently() {
        isClosing = true
        pending.removeAll()
        deadline = loop.eventLoop.now + loop.settings.timeouts.linger
        guard let context else { return }
        flush()
        context.close(mode: .output, promise: nil)
        read()
    }

    /// A reset: the client must not take what it has for a whole answer.
    func cut() {
        isClosing = true
        guard let context else { return }
        if let socket = context.channel as? any SocketOptionProvider {
            // Best effort; without it the close below still leaves a body short of its declared end.
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in }
        }
        context.close(promise: nil)
    }

    func drain() {
        guard exchange == nil, !isClosing else { return }
        if hasPartialHead { return }
        closeGently()
    }

    private func drainPending() {
        guard !isDrainingPending else { return }
        isDrainingPending = true
        defer { isDrainingPending = false }
        while let part = pending.first, !isClosing {
            if let exchange {
                guard !exchange.isRequestComplete else { return }
                pending.removeFirst()
                switch part {
                case .head: return cut()
                case .body(let bytes): exchange.requestBody(bytes)
                case .end: exchange.requestEnd()
                }
            } else {
                pending.removeFirst()
                // Rest of a request whose exchange is over can't be here: those connections are closing.
                guard case .head(let head) = part else { continue }
                hasPartialHead = false
                let exchange = Exchange(client: self, head: head)
                self.exchange = exchange
                exchange.start()
            }
        }
        guard let unreadable, !isClosing else { return }
        if let exchange {
            if !exchange.isRequestComplete { exchange.requestBroken() }
        } else {
            Exchange.refuseUnreadable(unreadable, client: self)
        }
    }
}
