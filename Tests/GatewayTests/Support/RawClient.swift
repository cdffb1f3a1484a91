import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A client that sends exactly the bytes that a test wants to send, and sees exactly what comes back.
final class RawClient: Sendable {
    struct Response {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        func values(_ name: String) -> [String] {
            headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
        }
        var text: String { String(decoding: body, as: UTF8.self) }
        /// Of a problem body.
        var code: String? {
            guard let start = text.range(of: "\"code\":\"") else { return nil }
            return String(text[start.upperBound...].prefix { $0 != "\"" })
        }
    }

    enum Failure: Error, Equatable {
        /// The connection ended before a response was whole.
        case cut(String)
        case malformed(String)
    }

    private struct State {
        var input: [UInt8] = []
        var taken = 0
        var received = 0
        /// What had been received when somebody last looked, and found that it was not enough.
        var looked = 0
        var isClosed = false
        var error: String?
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let channel: any Channel
    private let state: Mutex<State>

    /// - Parameters:
    ///   - unixPath: of a socket to use in place of the port.
    ///   - tls: what is sent goes through it.
    ///   - first: sent before anything else, TLS too.
    static func connect(
        port: Int, autoRead: Bool = true, unixPath: String? = nil, tls: NIOSSLContext? = nil, first: [UInt8] = []
    ) async throws -> RawClient {
        let handler = Inbound()
        let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.autoRead, value: autoRead)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if !first.isEmpty { try pipeline.addHandler(FirstBytes(first)) }
                    if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil)) }
                    try pipeline.addHandler(handler)
                }
            }
        if let unixPath {
            return handler.adopt(try await bootstrap.connect(unixDomainSocketPath: unixPath).get())
        }
        return handler.adopt(
            try await bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: "127.0.0.1", port: port).get())
    }

    /// The other end of it all: a port, and each connection that is made to it.
    static func listen(_ accepted: @escaping @Sendable (RawClient) -> Void) async throws -> any Channel {
        try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Inbound()
                    try channel.pipeline.syncOperations.addHandler(handler)
                    accepted(handler.adopt(channel))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private init(channel: any Channel) {
        self.channel = channel
        state = Mutex(State())
    }

    func send(_ text: String) async throws { try await channel.writeAndFlush(ByteBuffer(string: text)) }
    func send(bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }
    /// Without waiting for the socket to take it.
    func post(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    func post(bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func close() { channel.close(promise: nil) }
    /// Behind what was posted, without a word (RST).
    func reset() {
        guard let socket = channel as? any SocketOptionProvider else { return close() }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { [self] _ in close() }
    }
    /// Nothing more will be sent; what comes is still read.
    func closeOutput() { channel.close(mode: .output, promise: nil) }
    /// Takes and leaves what comes from now on.
    func setReading(_ isReading: Bool) { channel.setOption(.autoRead, value: isReading).whenComplete { _ in } }
    func read() { channel.read() }
    /// The next bytes, whatever they are.
    func bytes(_ count: Int) async throws -> [UInt8] { try await take(count) }
    var received: Int { state.withLock { $0.received } }

    /// Sends one request and reads its response.
    func request(_ text: String, head: Bool = false) async throws -> Response {
        try await send(text)
        return try await response(head: head)
    }

    /// The next response; 1xx are responses of their own.
    func response(head: Bool = false) async throws -> Response {
        var response = try await responseHead()
        let isEmpty = head || response.status == 204 || response.status == 304 || response.status < 200
        if isEmpty { return response }
        if let length = response.values("content-length").first.flatMap(Int.init) {
            response.body = try await take(length)
        } else if response.values("transfer-encoding").first == "chunked" {
            response.body = try await chunks()
        } else {
            while try await more(atEnd: true) {}
            response.body = state.withLock { state in
                defer { state.taken = state.input.count }
                return Array(state.input[state.taken...])
            }
        }
        return response
    }

    /// Status line and fields alone.
    func responseHead() async throws -> Response {
        let head = try await line(until: Array("\r\n\r\n".utf8))
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
        guard let first = lines.first, first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3))
        else { throw Failure.malformed(head) }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        return Response(status: status, headers: headers, body: [])
    }

    /// Everything up to an empty line, with it: a request's head.
    func head() async throws -> String { try await line(until: Array("\r\n\r\n".utf8)) }

    /// Suspends until the other side has closed; with what had come before.
    func closed() async -> (rest: String, error: String?) {
        while (try? await more(atEnd: true)) ?? false {}
        return state.withLock { (String(decoding: $0.input[$0.taken...], as: UTF8.self), $0.error) }
    }

    private func chunks() async throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            // The line's end is one Character.
            let size = try await line(until: Array("\r\n".utf8))
            guard let count = Int(size.dropLast(), radix: 16) else { throw Failure.malformed(size) }
            let chunk = try await take(count + 2)
            if count == 0 { return body }
            body.append(contentsOf: chunk.dropLast(2))
        }
    }

    private func line(until end: [UInt8]) async throws -> String {
        while true {
            let found: String? = state.withLock { state in
                let rest = state.input[state.taken...]
                var index = rest.startIndex
                while index + end.count <= rest.endIndex {
                    if rest[index..<(index + end.count)].elementsEqual(end) {
                        let upTo = index + end.count
                        defer { state.taken = upTo }
                        return String(decoding: rest[..<upTo], as: UTF8.self)
                    }
                    index += 1
                }
                state.looked = state.received
                return nil
            }
            if let found { return found }
            _ = try await more(atEnd: false)
        }
    }

    private func take(_ count: Int) async throws -> [UInt8] {
        while true {
            let bytes: [UInt8]? = state.withLock { state in
                guard state.input.count - state.taken >= count else {
                    state.looked = state.received
                    return nil
                }
                defer {
                    state.taken += count
                    if state.taken > 1_048_576 {
                        state.input.removeFirst(state.taken)
                        state.taken = 0
                    }
                }
                return Array(state.input[state.taken..<(state.taken + count)])
            }
            if let bytes { return bytes }
            _ = try await more(atEnd: false)
        }
    }

    /// Suspends until more has come than there was at the last look. At the end: false, or an error.
    private func more(atEnd: Bool) async throws -> Bool {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let now = state.withLock { state in
                if state.received != state.looked || state.isClosed { return true }
                state.waiter = continuation
                return false
            }
            if now { continuation.resume() }
        }
        return try state.withLock { state in
            if state.received != state.looked {
                state.looked = state.received
                return true
            }
            if state.isClosed {
                if atEnd { return false }
                throw Failure.cut(state.error ?? "end of stream")
            }
            return true
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiter = state.withLock { state in
            body(&state)
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    private final class FirstBytes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
        func channelActive(context: ChannelHandlerContext) {
            context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
            context.fireChannelActive()
        }
    }

    private final class Inbound: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        private let early = Mutex<(bytes: [UInt8], isClosed: Bool, error: String?, client: RawClient?)>(
            ([], false, nil, nil))

        func adopt(_ channel: any Channel) -> RawClient {
            let client = RawClient(channel: channel)
            early.withLock { early in
                early.client = client
                client.change {
                    $0.input = early.bytes
                    $0.received = early.bytes.count
                    $0.isClosed = early.isClosed
                    $0.error = early.error
                }
            }
            return client
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data)
            early.withLock { early in
                guard let client = early.client else { return early.bytes.append(contentsOf: bytes.readableBytesView) }
                client.change {
                    $0.input.append(contentsOf: bytes.readableBytesView)
                    $0.received += bytes.readableBytes
                }
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case ChannelEvent.inputClosed = event { end(nil) }
        }
        func channelInactive(context: ChannelHandlerContext) { end(nil) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            end("\(error)")
            context.close(promise: nil)
        }

        private func end(_ error: String?) {
            early.withLock { early in
                guard let client = early.client else {
                    early.isClosed = true
                    early.error = early.error ?? error
                    return
                }
                client.change {
                    $0.isClosed = true
                    $0.error = $0.error ?? error
                }
            }
        }
    }
}

extension String {
    fileprivate func range(of needle: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
