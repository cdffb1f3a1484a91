import HTTP1
import HTTPKit
import Logging
import NIOCore
import NIOPosix
import Secrets
import ServiceLifecycle

/// The listener and its loops: one acceptor hands connections round to the loops, each of which then keeps its own.
/// (SO_REUSEPORT would let a second gateway on the same port go unnoticed.)
final class GatewayServer: Service {
    private let host: String
    private let port: Int
    private let threads: Int
    private let settings: LoopSettings
    private let front: FrontSettings
    private let certificates: ServedCertificates?
    private let upstreamCertificates: UpstreamCertificates
    private let parts: LoopParts
    private let manager: SecretManager
    private let drainSeconds: Int
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - onListening: with the port that is listened on.
    init(
        host: String, port: Int, threads: Int, settings: LoopSettings, front: FrontSettings,
        certificates: ServedCertificates?, upstreamCertificates: UpstreamCertificates, parts: LoopParts,
        manager: SecretManager, drainSeconds: Int, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.host = host
        self.port = port
        self.threads = threads
        self.settings = settings
        self.front = front
        self.certificates = certificates
        self.upstreamCertificates = upstreamCertificates
        self.parts = parts
        self.manager = manager
        self.drainSeconds = drainSeconds
        self.logger = logger
        self.onListening = onListening
    }

    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        do {
            try await serve(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        try await group.shutdownGracefully()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let loops = try await makeLoops(on: group)
        // The present ring comes at once, later ones whenever they are loaded; each loop swaps its snapshot itself.
        manager.observe { ring in
            for loop in loops.all { loop.eventLoop.execute { loop.value.replace(ring: ring) } }
        }
        parts.revocations?.observe { change in
            for loop in loops.all { loop.eventLoop.execute { loop.value.revoke(change) } }
        }
        parts.routes.observe { routes in
            for loop in loops.all { loop.eventLoop.execute { loop.value.adopt(routes) } }
        }
        parts.dryRun?.candidate.observe { routes in
            for loop in loops.all { loop.eventLoop.execute { loop.value.dryRun?.adopt(routes) } }
        }
        let desks = try await makeDesks(loops)
        let listener = try await listen(on: group, desks: desks)
        let unix = try await listenOnUnixSocket(on: group, desks: desks)
        let address = listener.localAddress
        logger.info(
            "listening",
            metadata: [
                "address": "\(address?.description ?? host)", "threads": "\(threads)",
                "tls": "\(certificates != nil)", "proxy_protocol": "\(front.proxyProtocol)",
            ])
        onListening(address?.port ?? port)
        // Throws when cancelled; either way this is the end of accepting.
        try? await gracefulShutdown()
        try? await listener.close()
        if let unix {
            try? await unix.channel.close()
            unix.socket.remove()
        }
        await drain(loops, desks)
    }

    private func makeDesks(_ loops: Loops) async throws -> FrontDesks {
        let bound = front.connectionsPerClient
        let clients = bound > 0 ? ClientConnections(maximum: bound) : nil
        var all: [NIOLoopBound<FrontDesk>] = []
        for loop in loops.all {
            let (front, certificates, clients, logger) = (front, certificates, clients, logger)
            all.append(
                try await loop.eventLoop.submit {
                    let desk = FrontDesk(
                        loop: loop.value, settings: front, certificates: certificates, clients: clients, logger: logger)
                    return NIOLoopBound(desk, eventLoop: loop.eventLoop)
                }.get())
        }
        return FrontDesks(all)
    }

    private func makeLoops(on group: MultiThreadedEventLoopGroup) async throws -> Loops {
        var all: [NIOLoopBound<GatewayLoop>] = []
        for (number, eventLoop) in group.makeIterator().enumerated() {
            let (settings, parts, ring, certificates) = (settings, parts, manager.ring, upstreamCertificates)
            all.append(
                try await eventLoop.submit {
                    let loop = GatewayLoop(
                        number: number, eventLoop: eventLoop, settings: settings, parts: parts, ring: ring
                    ) { endpoint in
                        let connector = UpstreamConnector(
                            endpoint: endpoint, eventLoop: eventLoop, connectTimeout: settings.timeouts.connect,
                            certificates: certificates)
                        return UpstreamPool(
                            origin: endpoint.origin, authority: endpoint.authority, eventLoop: eventLoop,
                            limits: settings.pools, connect: connector.connect)
                    }
                    loop.start()
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get())
        }
        try await EnricherPeers.introduce(all)
        try await GatewayLoop.introduce(all)
        return Loops(all)
    }

    private func listen(on group: MultiThreadedEventLoopGroup, desks: FrontDesks) async throws -> any Channel {
        try await bootstrap(on: group, desks: desks, for: .network)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .bind(host: host, port: port).get()
    }

    private func listenOnUnixSocket(
        on group: MultiThreadedEventLoopGroup, desks: FrontDesks
    ) async throws -> (socket: UnixSocket, channel: any Channel)? {
        guard let path = front.unixSocket else { return nil }
        let socket = try UnixSocket(binding: path)
        let channel = try await bootstrap(on: group, desks: desks, for: .unix).withBoundSocket(socket.descriptor).get()
        logger.info("listening", metadata: ["address": "unix:\(path)"])
        return (socket, channel)
    }

    private func bootstrap(
        on group: MultiThreadedEventLoopGroup, desks: FrontDesks, for listener: FrontDesk.Listener
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let desk = desks.of(channel.eventLoop) else { throw ChannelError.unknownLocalAddress }
                    try desk.value.accept(channel, from: listener)
                }
            }
    }

    private func drain(_ loops: Loops, _ desks: FrontDesks) async {
        let deadline = drainSeconds
        await withTaskGroup(of: Void.self) { tasks in
            for loop in loops.all {
                tasks.addTask {
                    let empty = loop.eventLoop.makePromise(of: Void.self)
                    let left = loop.eventLoop.makePromise(of: Void.self)
                    loop.eventLoop.execute {
                        let desk = desks.of(loop.eventLoop)?.value
                        if let desk { desk.drain { left.succeed() } } else { left.succeed() }
                        loop.value.drain { empty.succeed() }
                        // Ahead of the group's own deadline, so that connections are closed and not abandoned.
                        loop.eventLoop.scheduleTask(in: .milliseconds(Int64(deadline) * 1000 - 250)) {
                            loop.value.closeAll()
                            desks.of(loop.eventLoop)?.value.closeAll()
                        }
                    }
                    try? await empty.futureResult.get()
                    // A client that has not heard yet that it should go may open streams until it has.
                    try? await left.futureResult.get()
                    try? await loop.eventLoop.submit { loop.value.shutDown() }.get()
                }
            }
        }
    }
}

/// The loops' states by event loop; immutable, so that every thread may look.
struct Loops: Sendable {
    let all: [NIOLoopBound<GatewayLoop>]
    private let byLoop: [ObjectIdentifier: NIOLoopBound<GatewayLoop>]

    init(_ all: [NIOLoopBound<GatewayLoop>]) {
        self.all = all
        byLoop = Dictionary(uniqueKeysWithValues: all.map { (ObjectIdentifier($0.eventLoop), $0) })
    }

    func of(_ eventLoop: any EventLoop) -> NIOLoopBound<GatewayLoop>? { byLoop[ObjectIdentifier(eventLoop)] }
}

/// One handler, from bytes to bytes.
enum ClientPipeline {
    /// Bytes of a head; more is 431.
    static let maximumHead = 16 * 1024
    /// Fields of a head.
    static let maximumFields = 100

    /// Of a socket, or of an HTTP/2 stream; active or not.
    /// - Parameters:
    ///   - peer: the other end as text; nil: the socket's.
    ///   - proto: what `X-Forwarded-Proto` says of it.
    static func configure(
        _ channel: any Channel, loop: GatewayLoop, peer: String? = nil, proto: String = "http"
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        guard loop.hasRoom else {
            loop.metrics.connectionRefused(.all)
            return try refuse(channel, loop: loop)
        }
        try pipeline.addHandler(
            ClientHandler(
                loop: loop, peer: peer ?? channel.remoteAddress?.ipAddress ?? "unknown",
                limits: HeadLimits(headBytes: maximumHead, fields: maximumFields), proto: proto))
    }

    /// One too many.
    static func refuse(_ channel: any Channel, loop: GatewayLoop) throws {
        try channel.syncOptions?.setOption(.autoRead, value: true)
        try channel.pipeline.syncOperations.addHandler(Overload(date: loop.answerDate))
    }
}
