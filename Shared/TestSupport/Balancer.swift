import NIOCore
import NIOPosix
import Synchronization

/// One address before several replicas: TCP, round robin per connection, as a balancer of layer 4 does it.
///
/// A replica that refuses its connection is passed over, so one that was killed costs new connections nothing.
package final class Balancer: Sendable {
    package enum Condition: Sendable, Equatable {
        case open
        /// Its connections are closed and no new ones are made: the others take its share.
        case refused
        /// Nothing gets through in either direction, and its connections stay. New ones go to others that are open, and
        /// hang where there are none.
        case partitioned
        /// Everything arrives that much later, in both directions.
        case delayed(Duration)
    }

    private struct State {
        var next = 0
        var conditions: [Int: Condition] = [:]
        var links: [ObjectIdentifier: (backend: Int, channel: any Channel)] = [:]
        var accepted: [Int: Int] = [:]
        var server: (any Channel)?
    }

    /// Ports on 127.0.0.1.
    package let backends: [Int]
    private let state = Mutex(State())

    private init(backends: [Int]) { self.backends = backends }

    /// - Parameters:
    ///   - port: to listen on at 127.0.0.1.
    ///   - backends: ports of the replicas; they may come and go.
    package static func start(port: Int, backends: [Int]) async throws -> Balancer {
        let balancer = Balancer(backends: backends)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { balancer.accept($0) }
            .bind(host: "127.0.0.1", port: port).get()
        balancer.state.withLock { $0.server = server }
        return balancer
    }

    /// What happens to one replica from now on. When a partition ends, the connections that hung are closed.
    package func set(_ condition: Condition, for backend: Int) {
        let closing = state.withLock { state -> [any Channel] in
            let former = state.conditions.updateValue(condition, forKey: backend)
            guard condition == .refused || former == .partitioned else { return [] }
            return state.links.values.filter { $0.backend == backend }.map(\.channel)
        }
        for channel in closing { channel.close(promise: nil) }
    }

    /// How many connections each replica was given.
    package var accepted: [Int: Int] { state.withLock { $0.accepted } }

    package func stop() async {
        let (server, channels) = state.withLock { ($0.server, $0.links.values.map(\.channel)) }
        try? await server?.close()
        for channel in channels { try? await channel.close() }
    }

    fileprivate func condition(of backend: Int) -> Condition {
        state.withLock { $0.conditions[backend] ?? .open }
    }

    private func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        connect(client, candidates: candidates()[...]).flatMapThrowing { backend, server in
            try client.pipeline.syncOperations.addHandler(Relay(to: server, of: backend, in: self, isFront: true))
            try server.pipeline.syncOperations.addHandler(Relay(to: client, of: backend, in: self, isFront: false))
            self.remember(client, backend)
            self.remember(server, backend)
        }
    }

    /// Those that are open, from the next in turn; partitioned ones where no other is.
    private func candidates() -> [Int] {
        state.withLock { state in
            state.next += 1
            let turned = backends.indices.map { backends[($0 + state.next) % backends.count] }
            let live = turned.filter { state.conditions[$0] != .refused && state.conditions[$0] != .partitioned }
            return live.isEmpty ? turned.filter { state.conditions[$0] == .partitioned } : live
        }
    }

    /// Both ends of a connection live on one event loop.
    private func connect(
        _ client: any Channel, candidates: ArraySlice<Int>
    ) -> EventLoopFuture<(Int, any Channel)> {
        guard let backend = candidates.first else {
            return client.eventLoop.makeFailedFuture(ChannelError.connectTimeout(.zero))
        }
        return ClientBootstrap(group: client.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(2))
            .connect(host: "127.0.0.1", port: backend)
            .map { (backend, $0) }
            .flatMapError { _ in self.connect(client, candidates: candidates.dropFirst()) }
    }

    private func remember(_ channel: any Channel, _ backend: Int) {
        let id = ObjectIdentifier(channel)
        state.withLock { state in
            state.links[id] = (backend, channel)
            if channel.parent != nil { state.accepted[backend, default: 0] += 1 }
        }
        channel.closeFuture.whenComplete { _ in self.state.withLock { $0.links[id] = nil } }
    }
}

/// One direction of a connection. It reads again when what it read has been written: nothing piles up here.
private final class Relay: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let partner: any Channel
    private let backend: Int
    private let balancer: Balancer
    private let isFront: Bool

    init(to partner: any Channel, of backend: Int, in balancer: Balancer, isFront: Bool) {
        self.partner = partner
        self.backend = backend
        self.balancer = balancer
        self.isFront = isFront
    }

    /// The client's side is the last to be set up.
    func channelActive(context: ChannelHandlerContext) {
        guard isFront else { return }
        context.read()
        partner.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let (channel, partner) = (context.channel, partner)
        switch balancer.condition(of: backend) {
        case .partitioned:
            // Swallowed, and not read on: the sender sees nothing but silence.
            break
        case .delayed(let delay):
            context.eventLoop.scheduleTask(in: TimeAmount(delay)) { Self.forward(bytes, from: channel, to: partner) }
        case .open, .refused:
            Self.forward(bytes, from: channel, to: partner)
        }
    }

    private static func forward(_ bytes: ByteBuffer, from channel: any Channel, to partner: any Channel) {
        partner.writeAndFlush(bytes).whenComplete { result in
            switch result {
            case .success: channel.read()
            case .failure: channel.close(promise: nil)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        partner.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
