package import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An in-process HTTP/1.1 upstream on a free port of the loopback interface: it remembers what it received, and answers,
/// or misbehaves, as it is told.
package final class UpstreamServer: Sendable {
    /// A request as it came in.
    package struct Received: Sendable {
        package let method: String
        package let target: String
        package let headers: [(name: String, value: String)]
        package internal(set) var body: [UInt8] = []
        /// Bytes of the body; `body` itself stops growing at 1 MiB.
        package internal(set) var bodyBytes = 0
        /// Which connection it came on, counted from 1.
        package let connection: Int

        /// Every value of that name, whatever its case.
        package func values(_ name: String) -> [String] {
            headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
        package var path: String { String(target.prefix { $0 != "?" }) }
    }

    package enum Answer: Sendable {
        /// With Content-Length.
        case respond(status: Int, headers: [(String, String)] = [], body: [UInt8] = [])
        /// Chunked, this many bytes of a pattern, at the reader's pace.
        case stream(bytes: Int)
        /// These bytes as they are, then the connection is closed if told.
        case raw(String, thenClose: Bool)
        /// Nothing, ever.
        case silence
        case close

        package static func json(_ text: String, status: Int = 200) -> Answer {
            .respond(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
        }
    }

    package typealias Handler = @Sendable (Received) -> Answer

    struct State {
        var requests: [Received] = []
        var connections = 0
        var open = 0
        var written = 0
        var waiters: [(condition: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
        mutating func due() -> [CheckedContinuation<Void, Never>] {
            let now = self
            let ready = waiters.filter { $0.condition(now) }
            if !ready.isEmpty { waiters = waiters.filter { !$0.condition(now) } }
            return ready.map(\.continuation)
        }
    }

    private let state = Mutex(State())
    package let port: Int
    private let channel: any Channel
    private let channels: Mutex<[ObjectIdentifier: any Channel]>

    private init(channel: any Channel) {
        self.channel = channel
        port = channel.localAddress?.port ?? 0
        channels = Mutex([:])
    }

    /// - Parameters:
    ///   - answersEarly: the handler is asked at the request's head, its body is then read and forgotten.
    ///   - unixPath: of a socket to listen on in place of a port; a file that is there is replaced.
    ///   - prepare: adds what stands before HTTP, such as TLS.
    package static func start(
        answersEarly: Bool = false, unixPath: String? = nil,
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }, _ handler: @escaping Handler
    ) async throws -> UpstreamServer {
        let holder = Holder()
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamServerHandler(holder: holder, answersEarly: answersEarly, handler: handler))
                }
            }
        let channel =
            if let unixPath {
                try await bootstrap.bind(unixDomainSocketPath: unixPath, cleanupExistingSocketFile: true).get()
            } else {
                try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            }
        let server = UpstreamServer(channel: channel)
        holder.server.withLock { $0 = server }
        return server
    }

    /// Runs `body` with a server that is stopped afterwards.
    package static func with<T>(
        answersEarly: Bool = false, unixPath: String? = nil,
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }, _ handler: @escaping Handler,
        _ body: (UpstreamServer) async throws -> T
    ) async throws -> T {
        let server = try await start(answersEarly: answersEarly, unixPath: unixPath, prepare: prepare, handler)
        do {
            let result = try await body(server)
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Received] { state.withLock { $0.requests } }
    /// Accepted so far.
    package var connections: Int { state.withLock { $0.connections } }
    package var openConnections: Int { state.withLock { $0.open } }
    /// Bytes of `stream` bodies that the socket has taken.
    package var written: Int { state.withLock { $0.written } }

    package func requests(to path: String) -> [Received] { requests.filter { $0.path == path } }

    /// Suspends until that many requests have come in whole.
    package func received(_ count: Int) async { await wait { $0.requests.count >= count } }
    /// Suspends until no connection is open.
    package func idle() async { await wait { $0.open == 0 } }

    package func stop() async {
        try? await channel.close()
        closeConnections()
    }

    /// Closes every connection, as a restart does; new ones are accepted.
    package func closeConnections() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }

    private func wait(_ condition: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isTrue = state.withLock { state in
                if condition(state) { return true }
                state.waiters.append((condition, continuation))
                return false
            }
            if isTrue { continuation.resume() }
        }
    }

    func change(_ body: (inout State) -> Void) {
        let due = state.withLock { state in
            body(&state)
            return state.due()
        }
        for continuation in due { continuation.resume() }
    }

    func opened(_ channel: any Channel) -> Int {
        channels.withLock { $0[ObjectIdentifier(channel)] = channel }
        var number = 0
        change {
            $0.connections += 1
            $0.open += 1
            number = $0.connections
        }
        return number
    }

    func closed(_ channel: any Channel) {
        _ = channels.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
        change { $0.open -= 1 }
    }
}

/// Breaks the circle between a listening channel and the server that owns it.
final class Holder: Sendable {
    let server = Mutex<UpstreamServer?>(nil)
}
