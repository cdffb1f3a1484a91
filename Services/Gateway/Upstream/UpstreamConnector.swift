import HTTPKit
import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one upstream server on one loop. The name is resolved with each.
struct UpstreamConnector {
    let endpoint: UpstreamEndpoint
    let eventLoop: any EventLoop
    let connectTimeout: TimeAmount
    let certificates: UpstreamCertificates

    /// A TLS connection is there once both sides have agreed: its certificate is then believed, and for its name.
    func connect(_ makeHandler: @escaping () -> UpstreamConnection) -> EventLoopFuture<any Channel> {
        let make = NIOLoopBound(makeHandler, eventLoop: eventLoop)
        let origin = endpoint.origin
        guard origin.isTLS else {
            return open().flatMapThrowing { channel in
                try channel.pipeline.syncOperations.addHandler(make.value())
                return channel
            }
        }
        let context: NIOSSLContext
        do throws(UpstreamCertificates.Fault) {
            context = try certificates.context(for: endpoint.tls)
        } catch {
            return eventLoop.makeFailedFuture(UpstreamHandshakeFault(reason: error.problem))
        }
        // Without a name the certificate has to be for the address.
        let serverName = endpoint.tls?.serverName ?? (IPAddress(origin.host) == nil ? origin.host : nil)
        let timeout = connectTimeout
        return open().flatMap { channel in
            let handshake = channel.eventLoop.makePromise(of: Void.self)
            do {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
                try pipeline.addHandler(HandshakeWait(promise: handshake, timeout: timeout, serverName: serverName))
                try pipeline.addHandler(make.value())
            } catch {
                handshake.fail(error)
                channel.close(promise: nil)
            }
            return handshake.futureResult.map { channel }
        }
    }

    /// Of a name with several addresses the one that answers first: handlers come when it is known which.
    private func open() -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
        let origin = endpoint.origin
        if origin.isUnixSocket { return bootstrap.connect(unixDomainSocketPath: origin.host) }
        let network = bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
        // An address needs no resolver, and none of its threads.
        if let address = try? SocketAddress(ipAddress: origin.host, port: origin.port) {
            return network.connect(to: address)
        }
        return network.connect(host: origin.host, port: origin.port)
    }
}
