import HTTP1
import NIOCore
import NIOHTTP1

/// Why what an upstream sends can't be read. Final.
enum ResponseFault: Error, Equatable, CustomStringConvertible {
    case head(HeadFault)
    case body(BodyFault)
    /// Bytes before a request was sent: whatever they are, they may not become an answer.
    case unsolicited
    case tooManyInterims

    var description: String {
        switch self {
        case .head(let fault): fault.text
        case .body(let fault): fault.text
        case .unsolicited: "it spoke before it was asked"
        case .tooManyInterims: "too many interim responses"
        }
    }
}

/// There is more behind the response than the response: the connection serves no other exchange. Told of before the end.
struct UpstreamOverrun {}

/// An upstream's bytes, read strictly by `HTTP1`, as the parts that `UpstreamConnection` takes. It sees requests pass, since
/// their method tells whether a response has a body.
final class ResponseDecoder: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = HTTPClientResponsePart
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = HTTPClientRequestPart

    /// 100 and 103 before one response; they are dropped here.
    private static let maximumInterims = 16

    private var heads: ResponseHeadParser
    /// Nil before the head of a response.
    private var body: BodyParser?
    private var received: ByteBuffer?
    /// Of the request whose response is awaited; nil without one.
    private var isToHEAD: Bool?
    private var interims = 0
    private var isStopped = false

    init(limits: HeadLimits) { heads = ResponseHeadParser(names: HeadFields.names, limits: limits) }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head(let head) = unwrapOutboundIn(data) {
            isToHEAD = head.method == .HEAD
            interims = 0
        }
        context.write(data, promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isStopped else { return }
        var bytes = unwrapInboundIn(data)
        if received == nil { received = bytes } else { received?.writeBuffer(&bytes) }
        while !isStopped, let part = decode(context) {
            if case .end = part {
                isToHEAD = nil
                if (received?.readableBytes ?? 0) > 0 { context.fireUserInboundEventTriggered(UpstreamOverrun()) }
            }
            context.fireChannelRead(wrapInboundOut(part))
        }
        if received?.readableBytes == 0 { received = nil }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A close after an error (a TLS connection that was cut) is not the end of a body.
        if !isStopped, body?.endsWithConnection ?? false {
            body = nil
            context.fireChannelRead(wrapInboundOut(.end(nil)))
        }
        stop()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        stop()
        context.fireErrorCaught(error)
    }

    private func decode(_ context: ChannelHandlerContext) -> HTTPClientResponsePart? {
        do {
            return try body == nil ? nextHead() : nextOfBody()
        } catch {
            stop()
            context.fireErrorCaught(error)
            return nil
        }
    }

    private func nextHead() throws(ResponseFault) -> HTTPClientResponsePart? {
        while let bytes = received, bytes.readableBytes > 0 {
            guard let isToHEAD else { throw .unsolicited }
            do throws(HeadFault) {
                guard try heads.parse(bytes, toHEAD: isToHEAD) else { return nil }
            } catch {
                throw .head(error)
            }
            let head = HeadFields.response(heads.head, in: bytes)
            let (framing, isInterim) = (heads.head.framing, heads.head.isInterim)
            received?.moveReaderIndex(forwardBy: heads.head.length)
            heads.reset()
            if isInterim {
                interims += 1
                guard interims <= Self.maximumInterims else { throw .tooManyInterims }
                continue
            }
            do throws(BodyFault) {
                body = try BodyParser(framing, output: .data, names: HeadFields.names)
            } catch {
                throw .body(error)
            }
            return .head(head)
        }
        return nil
    }

    private func nextOfBody() throws(ResponseFault) -> HTTPClientResponsePart? {
        if body?.isEnded ?? true {
            body = nil
            return .end(nil)
        }
        guard var bytes = received else { return nil }
        do throws(BodyFault) {
            received = nil
            defer { received = bytes }
            guard let part = try body?.read(from: &bytes) else { return nil }
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
