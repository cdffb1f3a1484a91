import NIOCore

/// What is left of a tunnel that the gateway ended: its upstream was told why, and has a moment to close, which is the
/// server's part (RFC 6455 §7.1.1). What it still says is read and dropped, so that no reset overtakes the Close.
final class UpstreamFarewell: UpstreamResponder, Deadlined {
    private let connection: UpstreamConnection
    private let deadlines: LoopDeadlines
    let deadline: NIODeadline
    var deadlineSlot = -1

    private init(_ connection: UpstreamConnection, loop: GatewayLoop) {
        self.connection = connection
        deadlines = loop.deadlines
        deadline = loop.eventLoop.now + loop.settings.timeouts.linger
    }

    /// - Parameter code: RFC 6455 §7.4.1.
    static func say(_ code: UInt16, on connection: UpstreamConnection, loop: GatewayLoop) {
        let farewell = UpstreamFarewell(connection, loop: loop)
        loop.deadlines.add(farewell)
        connection.hand(over: farewell)
        let mask = UInt32(truncatingIfNeeded: loop.randomness.word())
        connection.send(WebSocketFrames.closeFrame(code: code, mask: mask))
        connection.flush()
        connection.read()
    }

    func upstreamHead(_ response: ReceivedResponse) {}
    func upstreamBody(_ bytes: ByteBuffer) {}
    func upstreamReadComplete() { connection.read() }
    func upstreamWritabilityChanged() {}
    func upstreamEnd() { deadlines.remove(self) }
    func upstreamLost(_ fault: UpstreamFault) { deadlines.remove(self) }

    func deadlinePassed() {
        deadlines.remove(self)
        connection.cancel()
    }
}
