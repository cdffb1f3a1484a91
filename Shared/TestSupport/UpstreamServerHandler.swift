import NIOCore
import NIOHTTP1
import Synchronization

/// One connection of `UpstreamServer`: collects a request, asks what to answer, and writes it byte by byte itself, so
/// that wrong answers are as easy as right ones.
final class UpstreamServerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let holder: Holder
    private let answersEarly: Bool
    private let handler: UpstreamServer.Handler
    private var server: UpstreamServer?
    private var number = 0
    private var request: UpstreamServer.Received?
    private var isHead = false
    private var keepsAlive = true
    private var remaining = 0
    private var isStreaming = false
    private var isAnswered = false

    init(holder: Holder, answersEarly: Bool, handler: @escaping UpstreamServer.Handler) {
        self.holder = holder
        self.answersEarly = answersEarly
        self.handler = handler
    }

    func channelActive(context: ChannelHandlerContext) {
        server = holder.server.withLock { $0 }
        number = server?.opened(context.channel) ?? 0
    }

    func channelInactive(context: ChannelHandlerContext) {
        server?.closed(context.channel)
        server = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            isAnswered = false
            isHead = head.method == .HEAD
            keepsAlive = head.isKeepAlive
            request = UpstreamServer.Received(
                method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                connection: number)
            if answersEarly, let request { answer(handler(request), context) }
        case .body(let bytes):
            request?.bodyBytes += bytes.readableBytes
            if let count = request?.body.count, count < 1_048_576 {
                request?.body.append(contentsOf: bytes.readableBytesView)
            }
        case .end:
            guard let request else { return }
            server?.change { $0.requests.append(request) }
            if !isAnswered { answer(handler(request), context) }
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { continueStream(context) }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func answer(_ answer: UpstreamServer.Answer, _ context: ChannelHandlerContext) {
        isAnswered = true
        switch answer {
        case .respond(let status, let headers, let body):
            var text = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
            for (name, value) in headers { text += "\(name): \(value)\r\n" }
            if status != 204, !headers.contains(where: { $0.0.lowercased() == "content-length" }) {
                text += "Content-Length: \(body.count)\r\n"
            }
            text += "\r\n"
            write(Array(text.utf8) + (isHead || status == 204 || status == 304 ? [] : body), context)
            if !keepsAlive { context.close(mode: .output, promise: nil) }
        case .raw(let text, let thenClose):
            write(Array(text.utf8), context)
            if thenClose { context.close(mode: .output, promise: nil) }
        case .stream(let bytes):
            write(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".utf8), context)
            remaining = bytes
            isStreaming = true
            continueStream(context)
        case .silence: break
        case .close: context.close(promise: nil)
        }
    }

    private func continueStream(_ context: ChannelHandlerContext) {
        while isStreaming, context.channel.isWritable, context.channel.isActive {
            let size = min(remaining, 16_384)
            var buffer = context.channel.allocator.buffer(capacity: size + 16)
            if size > 0 {
                buffer.writeString(String(size, radix: 16) + "\r\n")
                buffer.writeRepeatingByte(UInt8(ascii: "x"), count: size)
                buffer.writeString("\r\n")
            }
            remaining -= size
            if remaining == 0 {
                buffer.writeString("0\r\n\r\n")
                isStreaming = false
            }
            let server = server
            context.writeAndFlush(wrapOutboundOut(buffer)).whenSuccess { server?.change { $0.written += size } }
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
