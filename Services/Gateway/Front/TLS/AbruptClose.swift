import NIOCore
import NIOSSL

/// A full close goes past the TLS handler, straight to the socket. What the client handler cuts has not ended: a
/// close_notify before it would tell the client that it had (RFC 8446 §6.1), and a body without a length would seem whole.
/// An end in good order is a half-close first, which says goodbye.
final class AbruptClose: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private let tls: NIOSSLServerHandler

    init(tls: NIOSSLServerHandler) { self.tls = tls }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, let below = try? context.pipeline.syncOperations.context(handler: tls) else {
            return context.close(mode: mode, promise: promise)
        }
        below.close(mode: .all, promise: promise)
    }
}
