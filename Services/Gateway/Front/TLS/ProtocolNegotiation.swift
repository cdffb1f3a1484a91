import NIOCore
import NIOTLS

/// Waits for the end of the TLS handshake and says which protocol the two sides agreed on (ALPN, RFC 7301).
final class ProtocolNegotiation: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let failed: (any Error) -> Void
    private let agreed: (String?) throws -> Void

    /// - Parameters:
    ///   - agreed: adds what follows behind this handler, which then goes; nil: the client named no protocol.
    ///   - failed: told of before the connection is closed.
    init(agreed: @escaping (String?) throws -> Void, failed: @escaping (any Error) -> Void) {
        self.agreed = agreed
        self.failed = failed
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { context.read() }
    }

    func channelActive(context: ChannelHandlerContext) {
        // One read is enough: the TLS handler asks for more as long as none of it is for us.
        context.read()
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted(let name)? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            try agreed(name)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            give(up: error, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { give(up: error, context) }

    private func give(up error: any Error, _ context: ChannelHandlerContext) {
        failed(error)
        context.close(promise: nil)
    }
}
