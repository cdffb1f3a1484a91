import HTTP1
import HTTPKit
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Secrets
import ServiceLifecycle

/// The listener and its loops: one acceptor hands connections round to the loops, each of which then keeps its own.
/// (SO_REUSEPORT would let a second gateway on the same port go unnoticed.)
final class GatewayServer: Service {
    private let host: String
    private let port: Int
    private let threads: Int
    private let settings: LoopSettings
    private let parts: LoopParts
    private let manager: SecretManager
    private let drainSeconds: Int
    private let logger: Logger
    private let onListening: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - port: 0 for any that is free.
    ///   - onListening: with the port that is listened on.
    init(
        host: String, port: Int, threads: Int, settings: LoopSettings, parts: LoopParts, manager: SecretManager,
        drainSeconds: Int, logger: Logger, onListening: @escaping @Sendable (Int) -> Void
    ) {
        self.host = host
        self.port = port
        self.threads = threads
        self.settings = settings
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
        let listener = try await listen(on: group, loops: loops)
        let address = listener.localAddress
        logger.info("listening", metadata: ["address": "\(address?.description ?? host)", "threads": "\(threads)"])
        onListening(address?.port ?? port)
        // Throws when cancelled; either way this is the end of accepting.
        try? await gracefulShutdown()
        try? await listener.close()
        await drain(loops)
    }

    private func makeLoops(on group: MultiThreadedEventLoopGroup) async throws -> Loops {
        let needsTLS = settings.origins.values.contains(where: \.isTLS)
        let tls = needsTLS ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        var all: [NIOLoopBound<GatewayLoop>] = []
        for (number, eventLoop) in group.makeIterator().enumerated() {
            let (settings, parts, ring) = (settings, parts, manager.ring)
            all.append(
                try await eventLoop.submit {
                    let loop = GatewayLoop(
                        number: number, eventLoop: eventLoop, settings: settings, parts: parts, ring: ring
                    ) { origin in
                        let connector = UpstreamConnector(
                            origin: origin, eventLoop: eventLoop, connectTimeout: settings.timeouts.connect,
                            tls: origin.isTLS ? tls : nil)
                        return UpstreamPool(origin: origin, eventLoop: eventLoop, connect: connector.connect)
                    }
                    loop.start()
                    return NIOLoopBound(loop, eventLoop: eventLoop)
                }.get())
        }
        try await EnricherPeers.introduce(all)
        return Loops(all)
    }

    private func listen(on group: MultiThreadedEventLoopGroup, loops: Loops) async throws -> any Channel {
        try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 * 1024, high: 128 * 1024))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let loop = loops.of(channel.eventLoop) else { throw ChannelError.unknownLocalAddress }
                    try ClientPipeline.configure(channel, loop: loop.value)
                }
            }
            .bind(host: host, port: port).get()
    }

    private func drain(_ loops: Loops) async {
        let deadline = drainSeconds
        await withTaskGroup(of: Void.self) { tasks in
            for loop in loops.all {
                tasks.addTask {
                    let empty = loop.eventLoop.makePromise(of: Void.self)
                    loop.eventLoop.execute {
                        loop.value.drain { empty.succeed() }
                        // Ahead of the group's own deadline, so that connections are closed and not abandoned.
                        loop.eventLoop.scheduleTask(in: .milliseconds(Int64(deadline) * 1000 - 250)) {
                            loop.value.closeAll()
                        }
                    }
                    try? await empty.futureResult.get()
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

/// Our decoder, NIO's encoder and one handler.
enum ClientPipeline {
    /// Bytes of a head's fields; more is 431.
    static let maximumHead = 16 * 1024
    /// Fields of a head.
    static let maximumFields = 100

    static func configure(_ channel: any Channel, loop: GatewayLoop) throws {
        let pipeline = channel.pipeline.syncOperations
        guard loop.hasRoom else {
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return try pipeline.addHandler(Overload())
        }
        var encoding = HTTPResponseEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false
        try pipeline.addHandler(HTTPResponseEncoder(configuration: encoding))
        try pipeline.addHandler(
            RequestDecoder(limits: HeadLimits(headBytes: maximumHead, fields: maximumFields)))
        try pipeline.addHandler(
            ClientHandler(loop: loop, peer: channel.remoteAddress?.ipAddress ?? "unknown"))
    }
}
