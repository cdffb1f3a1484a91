import HTTP1
import HTTPKit
import NIOCore
import NIOHTTP1

/// Why what a client sends can't be read. Final: nothing behind it can be trusted.
enum RequestFault: Error, Equatable {
    case head(HeadFault)
    case body(BodyFault)

    /// One line for people: what is wrong, never what was sent.
    var text: String {
        switch self {
        case .head(let fault): fault.text
        case .body(let fault): fault.text
        }
    }

    /// For logs.
    var reason: String {
        switch self {
        case .head(let fault): fault.rawValue
        case .body(let fault): fault.code
        }
    }

    var problem: ProblemCode {
        switch self {
        case .head(.targetTooLong): .uriTooLong
        case .head(let fault) where fault.status == 431: .headersTooLarge
        case .body(.bodyTooLong): .payloadTooLarge
        case .head, .body: .malformedRequest
        }
    }
}

/// A client's bytes, read strictly by `HTTP1`, as the parts that `ClientHandler` takes.
final class RequestDecoder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPServerRequestPart

    private var heads: RequestHeadParser
    /// Nil between two requests.
    private var body: BodyParser?
    /// Received and not read yet: at most a part of a head or of a chunk's line, and what is pipelined behind a request.
    private var received: ByteBuffer?
    private var isStopped = false

    init(limits: HeadLimits) { heads = RequestHeadParser(names: HeadFields.names, limits: limits) }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isStopped else { return }
        var bytes = unwrapInboundIn(data)
        if received == nil { received = bytes } else { received?.writeBuffer(&bytes) }
        while !isStopped, let part = decode(context) { context.fireChannelRead(wrapInboundOut(part)) }
        if received?.readableBytes == 0 { received = nil }
    }

    /// - Returns: nil when more bytes are needed, or when the bytes are at fault.
    private func decode(_ context: ChannelHandlerContext) -> HTTPServerRequestPart? {
        do {
            return try body == nil ? nextHead() : nextOfBody()
        } catch {
            stop()
            context.fireErrorCaught(error)
            return nil
        }
    }

    private func nextHead() throws(RequestFault) -> HTTPServerRequestPart? {
        guard let bytes = received, bytes.readableBytes > 0 else { return nil }
        let framing: BodyFraming
        let head: HTTPRequestHead
        do throws(HeadFault) {
            guard try heads.parse(bytes) else { return nil }
            head = HeadFields.request(heads.head, in: bytes)
            framing = heads.head.framing
        } catch {
            throw .head(error)
        }
        received?.moveReaderIndex(forwardBy: heads.head.length)
        heads.reset()
        do throws(BodyFault) {
            // How long a body may be is the route's matter; chunks are made anew for the upstream.
            body = try BodyParser(framing, output: .data, names: HeadFields.names)
        } catch {
            throw .body(error)
        }
        return .head(head)
    }

    private func nextOfBody() throws(RequestFault) -> HTTPServerRequestPart? {
        if body?.isEnded ?? true {
            body = nil
            return .end(nil)
        }
        guard var bytes = received else { return nil }
        do throws(BodyFault) {
            received = nil
            defer { received = bytes }
            guard let part = try body?.read(from: &bytes) else { return nil }
            // The end of a body whose last bytes these are is told of in the next round.
            if part.bytes.readableBytes > 0 { return .body(part.bytes) }
            guard part.isEnd else { return nil }
            body = nil
            return .end(nil)
        } catch {
            throw .body(error)
        }
    }

    private func stop() {
        isStopped = true
        received = nil
    }
}
