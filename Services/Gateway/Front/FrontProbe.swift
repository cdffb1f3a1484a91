import HTTPKit
import NIOCore
import NIOPosix
import NIOSSL
package import ServiceKit

/// `gateway healthcheck` where clear HTTP is not what PORT speaks: with TLS, behind a PROXY header of its own, or by the
/// Unix socket, which needs neither a certificate nor a port.
package enum FrontProbe {
    private static let patience = TimeAmount.seconds(3)

    /// Whether the question is answered with 200; nil where nothing stands in front.
    package static func isHealthy(
        _ reader: SettingsReader, _ common: CommonSettings, _ question: HealthQuestion = .alive
    ) async -> Bool? {
        let trusted = TrustedProxies(reader: reader, servesUnixPeers: true)
        let front = FrontSettings(reader: reader, trustedProxies: trusted)
        guard front.tls != nil || front.proxyProtocol else { return nil }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let answer = try? await ask(question, front, common, on: group.next())
        try? await group.shutdownGracefully()
        return answer ?? false
    }

    private static func ask(
        _ question: HealthQuestion, _ front: FrontSettings, _ common: CommonSettings, on eventLoop: any EventLoop
    ) async throws -> Bool {
        let answered = eventLoop.makePromise(of: Bool.self)
        eventLoop.scheduleTask(in: patience) { answered.succeed(false) }
        let tls = front.unixSocket == nil ? try front.tls.map(context) : nil
        let bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(patience)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil)) }
                    try pipeline.addHandler(HealthAsking(question, answered: answered))
                    // Before TLS, so at the socket's end, and sent when the socket is there.
                    if front.proxyProtocol { try pipeline.addHandler(LocalProxyHeader(), position: .first) }
                }
            }
        do {
            if let path = front.unixSocket {
                _ = try await bootstrap.connect(unixDomainSocketPath: path).get()
            } else {
                _ = try await bootstrap.connect(host: HealthProbe.target(for: common.host), port: common.port).get()
            }
        } catch {
            answered.succeed(false)
        }
        return try await answered.futureResult.get()
    }

    /// The certificate is the gateway's own: it is not this probe that has to trust it. Where clients need one, it shows
    /// the same.
    private static func context(_ files: TLSFiles) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        if files.clientCA != nil {
            configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(try files.certificate.read().bytes)
                .map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: try files.key.read().bytes, format: .pem))
        }
        return try NIOSSLContext(configuration: configuration)
    }
}

/// Version 2's LOCAL: a connection of the proxy's own.
private final class LocalProxyHeader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let header = ProxyHeaderBinary.signature + [0x20, 0, 0, 0]
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: header)), promise: nil)
        context.fireChannelActive()
    }
}

/// Asks once, and looks at the first twelve bytes of the answer.
private final class HealthAsking: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let question: HealthQuestion
    private let answered: EventLoopPromise<Bool>
    private var head: [UInt8] = []

    init(_ question: HealthQuestion, answered: EventLoopPromise<Bool>) {
        self.question = question
        self.answered = answered
    }

    func channelActive(context: ChannelHandlerContext) {
        let request = "GET \(question.rawValue) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += unwrapInboundIn(data).readableBytesView.prefix(12 - min(12, head.count))
        guard head.count == 12 else { return }
        answered.succeed(head.elementsEqual(Array("HTTP/1.1 200".utf8)))
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    func channelInactive(context: ChannelHandlerContext) { answered.succeed(false) }
}
