import HTTPKit
import NIOCore
import NIOHTTP1
import Secrets

/// One connection too many: a 503 without reading a byte of the request, and goodbye.
final class Overload: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let seconds = 2

    private let date: String

    /// - Parameter date: see `AnswerDate`.
    init(date: String) { self.date = date }

    func handlerAdded(context: ChannelHandlerContext) {
        // Behind a TLS handshake or a PROXY header.
        if context.channel.isActive { refuse(context) }
    }

    func channelActive(context: ChannelHandlerContext) { refuse(context) }

    private func refuse(_ context: ChannelHandlerContext) {
        let body = Refusal(.unavailable, "too many connections", retryAfter: Self.seconds)
            .body(instance: "/", requestID: RequestID.new(), environment: .production)
        var buffer = context.channel.allocator.buffer(capacity: body.count + 256)
        buffer.writeString(
            """
            HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n\
            Content-Length: \(body.count)\r\nRetry-After: \(Self.seconds)\r\nCache-Control: no-store\r\n\
            Date: \(date)\r\n\
            Connection: close\r\n\r\n
            """)
        buffer.writeBytes(body)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        context.close(mode: .output, promise: nil)
        // Its request is dropped unread until it hangs up; what does not is hung up on.
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(Int64(Self.seconds))) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}
}
