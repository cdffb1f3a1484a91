import NIOCore
import NIOSSL
import NIOTLS

/// Waits for the end of the TLS handshake with an upstream: a connection is one from then on. What goes wrong before is a
/// connection that did not come about, over which no byte of a request was sent.
final class HandshakeWait: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>
    private let timeout: TimeAmount
    private let serverName: String?
    private var deadline: Scheduled<Void>?

    /// - Parameter serverName: whom the certificate has to be for; nil: the address, which the TLS handler looks at.
    init(promise: EventLoopPromise<Void>, timeout: TimeAmount, serverName: String?) {
        self.promise = promise
        self.serverName = serverName
        self.timeout = timeout
    }

    /// On a channel that is connected.
    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        let promise = promise
        deadline = context.eventLoop.scheduleTask(in: timeout) {
            promise.fail(UpstreamHandshakeFault(reason: "no TLS handshake in time"))
            channel.close(promise: nil)
        }
        // One read is enough: the TLS handler asks for more as long as none of it is for us.
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .handshakeCompleted? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        if let serverName, !isCertified(serverName, context) {
            fail("TLS: the certificate is not for \(serverName)")
            return context.close(promise: nil)
        }
        deadline?.cancel()
        promise.succeed()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func isCertified(_ name: String, _ context: ChannelHandlerContext) -> Bool {
        let certificate = try? context.channel.pipeline.syncOperations.nioSSL_peerCertificate()
        return certificate.map { CertificateName.covers($0, host: name) } ?? false
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail("TLS: \(error)")
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail("closed during the TLS handshake")
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { fail("closed before the TLS handshake") }

    /// Nothing where the promise is kept already.
    private func fail(_ reason: String) {
        deadline?.cancel()
        promise.fail(UpstreamHandshakeFault(reason: reason))
    }
}

/// Why TLS did not come about.
struct UpstreamHandshakeFault: Error, CustomStringConvertible {
    let reason: String
    var description: String { reason }
}
