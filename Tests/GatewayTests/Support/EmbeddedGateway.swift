import HTTPKit
import Logging
import NIOCore
import NIOEmbedded
import Secrets
import ServiceKit
import TestSupport
import Testing
import Tokens

@testable import Gateway

/// One loop of a gateway without sockets and with a clock that the test moves: every read that it asks for is counted,
/// and both sides can be made to stall.
final class EmbeddedGateway {
    let eventLoop = EmbeddedEventLoop()
    let log = CapturedLog()
    private(set) lazy var loop = makeLoop()
    let clock = MovableClock(startingAt: 1_800_000_000)
    private let plant: Origin
    private let routes: RouteTable
    private let bodyPace: BodyPace.Rule
    private(set) var upstreams: [Side] = []

    /// A channel and the reads that were asked of it.
    final class Side {
        let channel: EmbeddedChannel
        fileprivate let reads = ReadCounter()
        private var output = ""
        var readCount: Int { reads.count }

        fileprivate init(_ eventLoop: EmbeddedEventLoop) throws {
            channel = EmbeddedChannel(loop: eventLoop)
            try channel.pipeline.syncOperations.addHandler(reads)
        }

        func activate() throws { try channel.connect(to: SocketAddress(ipAddress: "10.0.0.1", port: 1)).wait() }

        func receive(_ text: String) throws {
            try channel.writeInbound(ByteBuffer(string: text))
        }

        func receive(bytes: [UInt8]) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

        /// What was written to it and not taken yet.
        func writtenBytes() throws -> [UInt8] {
            var all: [UInt8] = []
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { all += bytes.readableBytesView }
            return all
        }

        /// All that was written to it so far.
        func written() throws -> String {
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { output += String(buffer: bytes) }
            return output
        }

        var isOpen: Bool { channel.isActive }

        /// Its output is closed alone, as a socket's, when `takeGoodbye` is called: an embedded channel closes as a whole.
        func staysHalfOpen() { reads.staysHalfOpen = true }
        var isOutputClosing: Bool { reads.goodbye != nil }
        /// All that was written has left.
        func takeGoodbye() { reads.goodbye?.succeed() }

        func setWritable(_ isWritable: Bool) {
            channel.isWritable = isWritable
            channel.pipeline.fireChannelWritabilityChanged()
        }
    }

    fileprivate final class ReadCounter: ChannelOutboundHandler {
        typealias OutboundIn = Any
        var count = 0
        var staysHalfOpen = false
        var goodbye: EventLoopPromise<Void>?

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard staysHalfOpen, mode == .output else { return context.close(mode: mode, promise: promise) }
            goodbye = promise
        }

        func read(context: ChannelHandlerContext) {
            count += 1
            context.read()
        }
    }

    /// - Parameters:
    ///   - file: of routes; nil: the built-in table.
    ///   - rate: that a body is held to, bytes per second; 0: none.
    init(routes file: String? = nil, minimumBodyRate rate: Int = BodyPace.Rule().rate) throws {
        bodyPace = BodyPace.Rule(rate: rate)
        routes = try file.map { try RoutesFile.load(Array($0.utf8)) } ?? .builtIn
        plant = try #require(Origin("http://plant:8001"))
        loop.start()
    }

    private func makeLoop() -> GatewayLoop {
        let settings = LoopSettings(
            environment: .test, routes: routes, origins: [.plant: plant],
            metadata: nil, enrichment: nil, enrichmentFailure: .closed, trustedProxies: .none,
            decisions: .none, timeouts: Timeouts(),
            maximumBody: 1_048_576, bodyPace: bodyPace, maximumConnections: 100, accessLogSample: 1,
            tick: .milliseconds(100))
        let token = InternalToken(secret: SecretBytes(utf8: TestGateway.internalToken))
        let own = OwnAnswers(
            readiness: Readiness(checks: []), registry: PrometheusRegistry(), internalToken: token, environment: .test,
            keyReport: { preconditionFailure("not asked for here") })
        let served = ServedRoutes(
            table: routes, source: nil, readiness: nil, clock: clock.wall, logger: log.logger)
        let parts = LoopParts(
            policy: VerificationPolicy(), assertion: GatewayAssertion(internalToken: token.secret), own: own,
            rateLimiter: SharedRateLimiter(perMinute: 0), upstreams: UpstreamBoard(logger: log.logger), routes: served,
            introspection: IntrospectionSources(instance: "test", routes: served, feeds: { [] }), clock: clock.wall,
            logger: log.logger,
            reportIDToken: { _ in })
        return GatewayLoop(
            number: 0, eventLoop: eventLoop, settings: settings, parts: parts, ring: TestTokens.ring()
        ) { [unowned self] endpoint in
            UpstreamPool(origin: endpoint.origin, authority: endpoint.authority, eventLoop: eventLoop) { makeHandler in
                self.eventLoop.makeCompletedFuture {
                    let side = try Side(self.eventLoop)
                    try side.channel.pipeline.syncOperations.addHandler(makeHandler())
                    try side.activate()
                    self.upstreams.append(side)
                    return side.channel
                }
            }
        }
    }

    func client() throws -> Side {
        let side = try Side(eventLoop)
        try ClientPipeline.configure(side.channel, loop: loop)
        try side.activate()
        return side
    }

    /// Why the last answer that did not get to its end was cut, by the log.
    var cutCause: String? { log.lines.last { $0.message == "answer cut short" }?.metadata["cause"] }

    func advance(seconds: Int64) { eventLoop.advanceTime(by: .seconds(seconds)) }

    func request(_ method: String, _ headers: [String] = [], subject: String = "user-1") throws -> String {
        TestGateway.request(
            method, "/api/v1/x", headers, token: try TestTokens.token(subject: subject, now: 1_800_000_000))
    }
}
