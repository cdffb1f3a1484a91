import Logging
import NIOCore
import NIOHTTP2

/// One HTTP/2 connection as such: how long it may be idle, when it has broken, and how it ends (RFC 9113 §6.8).
final class HTTP2Connection: ChannelInboundHandler, Deadlined {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private enum Phase {
        case serving
        /// The client was told that no more streams are wanted; those under way to us are still served.
        case warned
        /// It was told which stream was the last.
        case leaving
        case closed
    }

    /// The client's word that it has seen the warning.
    private static let ping = HTTP2PingData(withInteger: 0x6C6F_636B_7374_6570)
    /// For a client that does not answer it.
    private static let warning = TimeAmount.seconds(1)

    private let desk: FrontDesk
    private let peer: String
    private let logger: Logger
    private var context: ChannelHandlerContext?
    private var phase = Phase.serving
    private var streams = 0
    private var lastStream = HTTP2StreamID.rootStream
    private var malformedRequests = 0
    var deadline: NIODeadline = .distantFuture
    var deadlineSlot = -1

    init(desk: FrontDesk, peer: String) {
        self.desk = desk
        self.peer = peer
        logger = desk.logger
    }

    // MARK: the channel's side

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        desk.opened(self)
        // A first request is to come as soon as over HTTP/1.1. What the client says on the connection itself gains it no
        // time.
        deadline = desk.loop.eventLoop.now + desk.loop.settings.timeouts.head
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        phase = .closed
        self.context = nil
        desk.closed(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ping(Self.ping, ack: true) = unwrapInboundIn(data).payload, phase == .warned { leave() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !Self.isOfStream(error) else { return }
        if phase != .closed {
            // What else there is, a client that hangs up without a word, is no news.
            logger.log(
                level: error is any NIOHTTP2Error ? .info : .debug, "HTTP/2 connection closed",
                metadata: ["peer": "\(peer)", "reason": "\(type(of: error))"])
        }
        // The codec has said GOAWAY, where there was something to say.
        close()
    }

    /// Errors that the codec has answered with RST_STREAM. Whatever it should find besides ends the connection.
    private static func isOfStream(_ error: any Error) -> Bool {
        switch error {
        case is NIOHTTP2Errors.StreamError, is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.MissingPseudoHeader,
            is NIOHTTP2Errors.DuplicatePseudoHeader, is NIOHTTP2Errors.PseudoHeaderAfterRegularHeader,
            is NIOHTTP2Errors.UnknownPseudoHeader, is NIOHTTP2Errors.UnsupportedPseudoHeader,
            is NIOHTTP2Errors.InvalidPseudoHeaders, is NIOHTTP2Errors.InvalidPseudoHeaderValue,
            is NIOHTTP2Errors.EmptyPathHeader, is NIOHTTP2Errors.InvalidHTTP2HeaderFieldName,
            is NIOHTTP2Errors.InvalidHTTP2HeaderFieldValue, is NIOHTTP2Errors.ForbiddenHeaderField,
            is NIOHTTP2Errors.TrailersWithoutEndStream, is NIOHTTP2Errors.ContentLengthViolated,
            is NIOHTTP2Errors.ContentLengthHeadersMismatch, is NIOHTTP2Errors.ContentLengthHeaderNegative,
            is NIOHTTP2Errors.ContentLengthHeaderMalformedValue:
            true
        default: false
        }
    }

    // MARK: its streams

    func streamOpened(_ id: HTTP2StreamID) {
        streams += 1
        lastStream = max(lastStream, id)
        // From here on each stream's own deadlines hold.
        if phase == .serving || phase == .leaving { deadline = .distantFuture }
    }

    func streamClosed() {
        streams -= 1
        guard streams == 0 else { return }
        switch phase {
        case .serving: deadline = desk.loop.eventLoop.now + desk.loop.settings.timeouts.keepAlive
        case .leaving: closeSoon()
        case .warned, .closed: break
        }
    }

    /// A stream was reset for it. Over HTTP/1.1 one of them ends the connection.
    func malformed(_ fault: StreamFault) {
        logger.debug("malformed HTTP/2 request", metadata: ["peer": "\(peer)", "reason": "\(fault.rawValue)"])
        malformedRequests += 1
        guard malformedRequests > HTTP2Pipeline.Limits.malformedRequests else { return }
        sayGoodbye(lastStream, .enhanceYourCalm)
        closeSoon()
    }

    // MARK: the end

    /// RFC 9113 §6.8: first a warning, so that requests under way are not lost, and the last stream's number when the
    /// client has seen it.
    func drain() {
        guard phase == .serving, let context else { return }
        phase = .warned
        deadline = desk.loop.eventLoop.now + Self.warning
        sayGoodbye(.maxID, .noError)
        context.writeAndFlush(
            wrapOutboundOut(HTTP2Frame(streamID: .rootStream, payload: .ping(Self.ping, ack: false))), promise: nil)
    }

    func deadlinePassed() {
        deadline = .distantFuture
        switch phase {
        case .serving, .warned: leave()
        case .leaving, .closed: close()
        }
    }

    /// Without waiting for anything.
    func cut() { close() }

    private func leave() {
        phase = .leaving
        deadline = .distantFuture
        sayGoodbye(lastStream, .noError)
        if streams == 0 { closeSoon() }
    }

    private func sayGoodbye(_ last: HTTP2StreamID, _ code: HTTP2ErrorCode) {
        let frame = HTTP2Frame(
            streamID: .rootStream, payload: .goAway(lastStreamID: last, errorCode: code, opaqueData: nil))
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// The frame that ended the last stream may wait for its flush still.
    private func closeSoon() {
        let connection = NIOLoopBound(self, eventLoop: desk.loop.eventLoop)
        desk.loop.eventLoop.execute { connection.value.close() }
    }

    private func close() {
        guard phase != .closed else { return }
        phase = .closed
        context?.close(promise: nil)
    }
}
