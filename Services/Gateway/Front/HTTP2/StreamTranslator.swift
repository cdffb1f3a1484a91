import NIOCore
import NIOHTTP2

/// One HTTP/2 stream, on its way to and from the HTTP/1.1 handler behind it, which takes it for a connection that carries
/// one request. Reads, flushes and writability pass through, and with them flow control.
final class StreamTranslator: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// The gateway has no room: the stream is refused unseen, and the client may try again (RFC 9113 §8.7).
    var isRefused = false
    private let malformed: (StreamFault) -> Void
    private var request = RequestTranslation()
    private var response = ResponseTranslation()
    private var isReset = false
    private var hasDelivered = false
    /// The frame with END_STREAM has left the gateway, where the request goes on behind it: a reset before that would
    /// take what waits for a flush, or for the client's window, with it.
    private var endWritten: EventLoopFuture<Void>?

    /// - Parameter malformed: told of each request that RFC 9113 §8.1.1 calls so.
    init(malformed: @escaping (StreamFault) -> Void) { self.malformed = malformed }

    // MARK: from the client

    func channelActive(context: ChannelHandlerContext) {
        if isRefused { context.read() }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isReset else { return }
        if isRefused { return reset(.refusedStream, context) }
        let isHead = !request.isBegun
        do throws(StreamFault) {
            guard let bytes = try translate(unwrapInboundIn(data)) else { return }
            hasDelivered = true
            context.fireChannelRead(wrapInboundOut(bytes))
        } catch {
            // Who answers it is behind this.
            if isHead, error == .replacedBytes {
                return context.fireUserInboundEventTriggered(RequestFault.replacedBytes)
            }
            malformed(error)
            reset(.protocolError, context)
        }
    }

    private func translate(_ payload: HTTP2Frame.FramePayload) throws(StreamFault) -> ByteBuffer? {
        switch payload {
        case .headers(let headers):
            return try request.headers(headers.headers, endsStream: headers.endStream)
        case .data(let data):
            guard case .byteBuffer(let bytes) = data.data else { return nil }
            return try request.data(bytes, endsStream: data.endStream)
        // Resets and windows are the multiplexer's.
        default: return nil
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard hasDelivered else {
            // Frames came, and nothing of a message in them: whoever asked still waits.
            if !isReset, context.channel.isActive { context.read() }
            return
        }
        hasDelivered = false
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isReset = true
        guard response.isEnded else { return context.fireChannelInactive() }
        // The stream ends while its last frame is written, and the HTTP/1.1 side does not know yet that it has answered:
        // to it the client would seem gone before.
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.execute { context.value.fireChannelInactive() }
    }

    /// A reset by the client comes here and ends the channel; anything else is ours, and ends it too.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOHTTP2Errors.StreamClosed { return }
        reset(.internalError, context)
    }

    // MARK: to the client

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isReset, !response.isEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        do throws(ResponseTranslation.Fault) {
            let frames = try response.take(unwrapOutboundIn(data), toHEAD: request.isHEAD)
            for frame in frames.dropLast() { context.write(wrapOutboundOut(frame), promise: nil) }
            guard let last = frames.last else {
                promise?.succeed()
                return
            }
            var promise = promise
            if response.isEnded, !request.isEnded {
                promise = promise ?? context.eventLoop.makePromise()
                endWritten = promise?.futureResult
            }
            context.write(wrapOutboundOut(last), promise: promise)
        } catch {
            promise?.fail(error)
            reset(.internalError, context)
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        promise?.succeed()
        guard !isReset else { return }
        if mode == .output, let end = response.close() {
            context.writeAndFlush(wrapOutboundOut(end), promise: nil)
        }
        guard response.isEnded else {
            // Unless somebody has begun to read it, the request may be sent again.
            return reset(request.isBegun ? .internalError : .refusedStream, context)
        }
        // All of it is written, and the client has not taken it in all the time that it had.
        guard mode == .output else { return reset(.cancel, context) }
        stopRequest(context)
    }

    /// RFC 9113 §8.1: answered in full, and the rest of the request is of no use.
    private func stopRequest(_ context: ChannelHandlerContext) {
        let place = NIOLoopBound((translator: self, context: context), eventLoop: context.eventLoop)
        endWritten?.whenSuccess {
            let (translator, context) = place.value
            if !translator.request.isEnded { translator.reset(.noError, context) }
        }
    }

    private func reset(_ code: HTTP2ErrorCode, _ context: ChannelHandlerContext) {
        guard !isReset else { return }
        isReset = true
        context.writeAndFlush(wrapOutboundOut(.rstStream(code)), promise: nil)
    }
}
