import Logging
import NIOCore

/// A WebSocket between a client and an upstream that have both agreed to it: bytes pass as they come, either way at the
/// pace of whoever takes them, and nothing is kept of them.
///
/// The end: when the client closes its half, the upstream is told by the same and may still answer. When the upstream
/// closes, the client gets what is left, and is closed. When the gateway ends it, a Close says why (RFC 6455 §7.4.1): to the
/// client where a frame of the upstream's has ended, or has not much left, and to the upstream where one of the client's has.
final class Tunnel: UpstreamResponder {
    private enum Phase: Equatable {
        case open
        /// The client has said its last byte.
        case clientEnded
        /// The present frame of the upstream's is let through, then a Close is said.
        case leaving(StreamEnd)
        case over
    }

    /// Bytes of a frame that are waited for before a Close.
    private static let patience: UInt64 = 64 * 1024

    /// The request that opened it.
    private let exchange: Exchange
    private let client: ClientHandler
    private let connection: UpstreamConnection
    private var phase = Phase.open
    private var fromUpstream = WebSocketFrames()
    private var fromClient = WebSocketFrames()
    private var hasClientEnded = false
    private var isUnflushed = false
    private var idleAt: NIODeadline
    /// Since when somebody does not take what was sent, and until when it may.
    private var clientStallAt = NIODeadline.distantFuture
    private var upstreamStallAt = NIODeadline.distantFuture
    private let totalAt: NIODeadline

    init(_ exchange: Exchange, _ connection: UpstreamConnection) {
        self.exchange = exchange
        client = exchange.client
        self.connection = connection
        // The gateway's own total is for a request and its answer.
        totalAt =
            exchange.route?.policy.timeouts?.total.map { exchange.startedAt + .milliseconds($0) } ?? .distantFuture
        idleAt = exchange.loop.eventLoop.now
    }

    private var loop: GatewayLoop { exchange.loop }

    /// Of the route, or of the gateway.
    private var idle: TimeAmount {
        exchange.route?.policy.timeouts?.idle.map { .milliseconds($0) } ?? loop.settings.timeouts.tunnelIdle
    }

    /// - Parameter early: what the client sent before it knew.
    func open(early: ByteBuffer?) {
        loop.metrics.tunnels.opened()
        alive()
        if let early {
            clientSent(early)
            clientReadComplete()
        }
        client.flush()
        client.read()
    }

    // MARK: the client's side

    /// Whether more of the client's bytes would be of use now.
    var wantsClient: Bool { phase == .open && connection.isWritable }

    func clientSent(_ bytes: ByteBuffer) {
        guard phase == .open else { return }
        exchange.line.bytesIn += bytes.readableBytes
        _ = fromClient.pass(bytes)
        connection.send(bytes)
        isUnflushed = true
        alive()
    }

    func clientReadComplete() {
        guard isUnflushed else { return }
        isUnflushed = false
        connection.flush()
        if !connection.isWritable { upstreamStallAt = min(upstreamStallAt, loop.eventLoop.now + stall) }
        setDeadline()
    }

    func clientWritabilityChanged(_ isWritable: Bool) {
        clientStallAt = isWritable ? .distantFuture : min(clientStallAt, loop.eventLoop.now + stall)
        setDeadline()
        if isWritable { connection.read() }
    }

    /// It sends no more; it may still read.
    func clientEnded() {
        guard phase == .open else { return }
        phase = .clientEnded
        hasClientEnded = true
        connection.closeOutput()
    }

    /// Its connection is no more.
    func clientGone() {
        let end = phase == .clientEnded ? StreamEnd.client : .clientLost
        guard leave(end) else { return }
        note(end)
    }

    // MARK: the upstream's side

    func upstreamHead(_ response: ReceivedResponse) {}

    func upstreamBody(_ bytes: ByteBuffer) {
        var bytes = bytes
        switch phase {
        case .over: return
        case .open, .clientEnded: _ = fromUpstream.pass(bytes)
        case .leaving: bytes = bytes.readSlice(length: fromUpstream.pass(bytes, stopsAtBoundary: true)) ?? ByteBuffer()
        }
        exchange.line.bytesOut += bytes.readableBytes
        client.write(bytes)
        if case .leaving(let end) = phase {
            if fromUpstream.isAtBoundary { sayClose(end) }
        } else {
            alive()
        }
    }

    func upstreamReadComplete() {
        client.flush()
        if client.isWritable {
            connection.read()
        } else {
            clientStallAt = min(clientStallAt, loop.eventLoop.now + stall)
            setDeadline()
        }
    }

    func upstreamWritabilityChanged() {
        upstreamStallAt = connection.isWritable ? .distantFuture : min(upstreamStallAt, loop.eventLoop.now + stall)
        setDeadline()
        client.read()
    }

    func upstreamEnd() {
        switch phase {
        case .open: close(.upstream)
        case .clientEnded: close(.client)
        case .leaving(let end): close(end)
        case .over: break
        }
    }

    func upstreamLost(_ fault: UpstreamFault) {
        loop.logger.info(
            "tunnel broken", metadata: ["request_id": "\(exchange.requestID)", "reason": "\(fault.reason)"])
        if case .leaving(let end) = phase { close(end) } else { close(.upstreamLost) }
    }

    // MARK: time

    /// For a side that does not take what is sent to it.
    private var stall: TimeAmount { exchange.timeouts.idle }

    private func alive() {
        idleAt = loop.eventLoop.now + idle
        setDeadline()
    }

    private func setDeadline() {
        if case .leaving = phase { return }
        client.deadline = min(idleAt, clientStallAt, upstreamStallAt, totalAt)
    }

    func deadlinePassed() {
        let now = loop.eventLoop.now
        if case .leaving(let end) = phase { return close(end) }
        if clientStallAt <= now {
            // What it has not taken in all that time it will not take now.
            guard leave(.stalled) else { return }
            note(.stalled)
            return client.cut()
        }
        end(upstreamStallAt <= now ? .stalled : totalAt <= now ? .total : .idle)
    }

    // MARK: the end

    /// Why it must end; nil where it goes on.
    /// - Parameter now: seconds since the epoch.
    func streamEnd(now: Int64) -> StreamEnd? {
        guard phase == .open || phase == .clientEnded, let known = exchange.known,
            TokenEndRule.closes(exchange.route?.policy.onTokenEnd, isEndless: true)
        else { return nil }
        return loop.end(of: known, now: now)
    }

    /// By the gateway.
    func end(_ reason: StreamEnd) {
        guard phase == .open || phase == .clientEnded else { return }
        guard reason.closeCode != nil, !fromUpstream.hasClosed else { return close(reason) }
        if fromUpstream.isAtBoundary { return sayClose(reason) }
        guard fromUpstream.remaining <= Self.patience else { return close(reason) }
        phase = .leaving(reason)
        client.deadline = loop.eventLoop.now + loop.settings.timeouts.linger
        connection.read()
    }

    private func sayClose(_ reason: StreamEnd) {
        if let code = reason.closeCode { client.write(WebSocketFrames.closeFrame(code: code)) }
        close(reason)
    }

    private func close(_ end: StreamEnd) {
        guard leave(end) else { return }
        note(end)
        client.closeGently(patience: end.closeCode == nil ? nil : loop.settings.timeouts.linger)
    }

    /// - Returns: whether it was not over yet.
    private func leave(_ end: StreamEnd) -> Bool {
        guard phase != .over else { return false }
        phase = .over
        client.left(self)
        if let code = end.closeCode, mayTellUpstream {
            UpstreamFarewell.say(code, on: connection, loop: loop)
        } else {
            connection.cancel()
        }
        return true
    }

    /// Whether a Close may stand there now, and would be taken.
    private var mayTellUpstream: Bool {
        fromClient.isAtBoundary && !fromClient.hasClosed && !hasClientEnded && connection.isUsable
            && connection.isWritable
    }

    private func note(_ end: StreamEnd) {
        loop.metrics.tunnels.closed(end, bytesIn: exchange.line.bytesIn, bytesOut: exchange.line.bytesOut)
        exchange.noteTunnel(end)
    }
}
