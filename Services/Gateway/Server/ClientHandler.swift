import Glibc
import HTTP1
import HTTPKit
import NIOCore

/// One client connection: the shell between its bytes and one `Exchange` at a time. It keeps order among pipelined requests,
/// decides when to read, and closes connections without cutting off what was said last.
final class ClientHandler: ChannelInboundHandler, Deadlined {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let loop: GatewayLoop
    /// The other end's address, as text.
    let peer: String
    /// `https` where the client spoke TLS with this gateway, or with a proxy that says so in its PROXY header.
    let proto: String
    /// Whether the peer is one of TRUSTED_PROXIES.
    let isTrusted: Bool
    private(set) var context: ChannelHandlerContext?
    private var exchange: Exchange?
    /// What became of an exchange, in its place.
    private var tunnel: Tunnel?
    private var reader: RequestReader
    /// Written together with what comes next, at the latest when the present turn is over.
    private var output: ByteBuffer
    private var isReadingParts = false
    /// No further request is served; what still comes in is dropped.
    private var isClosing = false
    private var isReadOutstanding = false
    /// A head has begun, and must end in time.
    private var hasPartialHead = false
    /// The client has more to take than it takes: it is asked for no further request, whose answer would wait as well.
    private var isStalled = false
    var deadline: NIODeadline = .distantFuture
    var deadlineSlot = -1

    /// Bytes of a part that is worth a copy, to be sent together with what is before it.
    private static let copied = 16 * 1024

    /// - Parameter peer: an address, `unix`, or `unknown`.
    init(loop: GatewayLoop, peer: String, limits: HeadLimits, proto: String = "http") {
        self.loop = loop
        self.peer = peer
        self.proto = proto
        isTrusted = loop.settings.trustedProxies.trusts(peer)
        reader = RequestReader(limits: limits)
        output = ByteBuffer()
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
        if let tunnel { return tunnel.clientSent(unwrapInboundIn(data)) }
        reader.receive(unwrapInboundIn(data))
        readParts()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReadOutstanding = false
        if let exchange { exchange.clientReadComplete() } else { tunnel?.clientReadComplete() }
        read()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isStalled = !context.channel.isWritable
        if let exchange { return exchange.clientWritabilityChanged(!isStalled) }
        if let tunnel { return tunnel.clientWritabilityChanged(!isStalled) }
        guard !isClosing else { return }
        if !hasPartialHead { deadline = loop.eventLoop.now + patience }
        readParts()
        read()
    }

    /// For the next request: of a client that has yet to take what it was answered, as for any other part of an answer.
    private var patience: TimeAmount { isStalled ? loop.settings.timeouts.idle : loop.settings.timeouts.keepAlive }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        reader.removeAll()
        let exchange = exchange
        self.exchange = nil
        exchange?.clientGone()
        tunnel?.clientGone()
        context.fireChannelInactive()
    }

    /// The end of a tunnel's client alone: any other that ends its half has closed. And what a handler in front could read
    /// and nobody may pass on.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            if let tunnel { tunnel.clientEnded() } else if isClosing { context.close(promise: nil) }
        } else if let fault = event as? RequestFault {
            unreadable(fault)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { cut() }

    func deadlinePassed() {
        if let exchange { return exchange.deadlinePassed() }
        if let tunnel { return tunnel.deadlinePassed() }
        // Goodbye first, which over TLS is a word of its own (RFC 8446 §6.1); whoever does not answer it is hung up on.
        if isClosing { return context?.close(promise: nil) ?? () }
        if isStalled {
            SlowClient.answer.count()
            return cut()
        }
        guard hasPartialHead else { return closeGently() }
        SlowClient.head.count()
        Exchange.refuseUnreadable(
            Refusal(.requestTimeout, "the head of the request did not come in time"), client: self)
    }

    // MARK: the exchange's side

    var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Appends to what is sent with the next `flush()`.
    func write(_ body: (inout ByteBuffer) -> Void) { body(&output) }

    func write(_ head: HeadBuffer) {
        // With room for a short body, which then goes with it.
        output.reserveCapacity(minimumWritableBytes: head.bytes.count + 1024)
        output.writeBytes(head.bytes)
    }

    func write(_ bytes: ByteBuffer) {
        if bytes.readableBytes <= Self.copied {
            output.writeImmutableBuffer(bytes)
        } else {
            send()
            context?.write(wrapOutboundOut(bytes), promise: nil)
        }
    }

    func flush() {
        send()
        context?.flush()
    }

    private func send() {
        guard output.readableBytes > 0 else { return }
        context?.write(wrapOutboundOut(output), promise: nil)
        // An idle connection holds none.
        output = ByteBuffer()
    }

    /// Reads if somebody wants what would come.
    func read() {
        guard let context, !isReadOutstanding else { return }
        if let tunnel {
            guard tunnel.wantsClient else { return }
        } else if !isClosing {
            if let exchange {
                // Behind a whole request one read stays asked for: to take it back and to ask anew would be two system
                // calls for every request. What it brought waits, and nothing is read behind that.
                guard exchange.isRequestComplete ? !reader.hasUnread : exchange.wantsRequest else { return }
            } else if isStalled {
                return
            }
        }
        isReadOutstanding = true
        context.read()
    }

    /// The exchange is over and its last part written.
    func finished(_ next: ExchangeMachine.Next) {
        exchange = nil
        switch next {
        case .nextRequest where !loop.isDraining:
            reader.next()
            hasPartialHead = false
            deadline = loop.eventLoop.now + patience
            // Last: it may tell that the client takes more, or no more, and then the next request begins in it.
            flush()
            readParts()
            read()
        case .nextRequest, .close:
            closeGently()
        }
    }

    /// The answer is flushed, our half closed, and the rest of what the client sends dropped until it closes too: a close
    /// with unread bytes would reset the connection and could take the answer with it.
    /// - Parameter patience: for a client that takes the answer slowly; nil: as with any other part of it.
    func closeGently(patience: TimeAmount? = nil) {
        isClosing = true
        reader.removeAll()
        deadline = loop.eventLoop.now + (patience ?? loop.settings.timeouts.idle)
        guard let context else { return }
        flush()
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.close(mode: .output, promise: sent)
        // Only what is behind the answer has the short time.
        sent.futureResult.assumeIsolated().whenComplete { [self] _ in
            deadline = min(deadline, loop.eventLoop.now + loop.settings.timeouts.linger)
        }
        read()
    }

    /// In the middle of an answer whose framing says that its end is missing. What there is goes out, but over TLS and HTTP/2,
    /// which have words of their own for an end: there the client may lose what it has not taken.
    func breakOff(patience: TimeAmount) {
        exchange = nil
        let isTLS = (try? context?.pipeline.syncOperations.handler(type: AbruptClose.self)) != nil
        // There the end of our half is a word of its own, for those that have said all (RFC 8446 §6.1).
        guard isTLS else { return closeGently(patience: patience) }
        flush()
        cut()
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
        if let tunnel { return tunnel.end(.shutdown) }
        guard exchange == nil, !isClosing, !hasPartialHead else { return }
        closeGently()
    }

    // MARK: tunnels and streams

    /// HTTP has ended here: what comes from now on is the tunnel's.
    /// - Returns: what had come already.
    func become(_ tunnel: Tunnel) -> ByteBuffer? {
        exchange = nil
        self.tunnel = tunnel
        // Best effort; without it a half-close is a close.
        try? context?.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        return reader.takeUnread()
    }

    /// The tunnel is over.
    func left(_ tunnel: Tunnel) { self.tunnel = nil }

    /// Why what is on its way must end; nil where it goes on.
    /// - Parameter now: seconds since the epoch.
    func streamEnd(now: Int64) -> StreamEnd? {
        if let exchange { return exchange.streamEnd(now: now) }
        return tunnel?.streamEnd(now: now)
    }

    func endStream(_ end: StreamEnd) {
        exchange?.endStream(end)
        tunnel?.end(end)
    }

    // MARK: reading

    /// As far as what was received goes, and one request at a time.
    private func readParts() {
        guard !isReadingParts else { return }
        isReadingParts = true
        defer { isReadingParts = false }
        do throws(RequestFault) {
            while !isClosing {
                guard let exchange else {
                    guard !isStalled, try readHead() else { return }
                    continue
                }
                guard !exchange.isRequestComplete else { return }
                if reader.isBodyEnded {
                    exchange.requestEnd()
                } else if let part = try reader.bodyPart() {
                    exchange.requestBody(part)
                } else {
                    return
                }
            }
        } catch {
            unreadable(error)
        }
    }

    /// - Returns: whether there was a whole one.
    private func readHead() throws(RequestFault) -> Bool {
        guard let request = try reader.head() else {
            if reader.hasUnread, !hasPartialHead {
                hasPartialHead = true
                deadline = min(deadline, loop.eventLoop.now + loop.settings.timeouts.head)
            }
            return false
        }
        hasPartialHead = false
        let exchange = Exchange(client: self, request: request)
        self.exchange = exchange
        try reader.beginBody(request.head.framing, maximum: exchange.maximumBody)
        exchange.start()
        return true
    }

    private func unreadable(_ fault: RequestFault) {
        reader.removeAll()
        guard let exchange else {
            return Exchange.refuseUnreadable(Refusal(fault.problem, fault.text), client: self)
        }
        exchange.requestBroken(fault)
    }
}
