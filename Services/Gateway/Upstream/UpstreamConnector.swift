import HTTPKit
import NIOCore
import NIOPosix
import NIOSSL

/// Opens connections to one origin on one loop. The name is resolved with each.
struct UpstreamConnector {
    let origin: Origin
    let eventLoop: any EventLoop
    let connectTimeout: TimeAmount
    /// For https origins.
    let tls: UpstreamTLS

    func connect(_ makeHandler: @escaping () -> UpstreamConnection) -> EventLoopFuture<any Channel> {
        let make = NIOLoopBound(makeHandler, eventLoop: eventLoop)
        let tls = origin.isTLS ? tls : nil
        let serverName = IPAddress(origin.host) == nil ? origin.host : nil
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        let context = try tls.context()
                        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: serverName))
                    }
                    try pipeline.addHandler(make.value())
                }
            }
            .connect(host: origin.host, port: origin.port)
    }
}
