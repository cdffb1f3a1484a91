import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@testable import ServerKit

/// Over real sockets: what is asked here is what becomes of a connection.
@Suite("Streams over a socket", .timeLimit(.minutes(5)))
struct StreamAnswerTests {
    private static let lastChunk = "0\r\n\r\n"

    /// Opened once by the test, waited for by one guard of one stream.
    private struct Gate: Sendable {
        private let stream: AsyncStream<Void>
        private let continuation: AsyncStream<Void>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

        func open() { continuation.yield() }

        func wait() async throws {
            for await _ in stream { return }
            throw CancellationError()
        }
    }

    private static func never() async throws { try await Task.sleep(for: .seconds(86_400)) }

    private struct SocketContext: RequestContext {
        var coreContext: CoreRequestContextStorage
        let connection: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            connection = source.channel
        }
    }

    private typealias Made = @Sendable (_ connection: any Channel) throws -> StreamAnswer

    /// Serves streams at their names; the body gets the port.
    private func serve(
        _ streams: [String: Made], _ body: @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let router = Router(context: SocketContext.self)
        for (name, stream) in streams { router.get("\(name)") { try stream($1.connection).response } }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await application.test(.live) { client in try await body(try #require(client.port)) }
    }

    private func answer(
        stillMay: @escaping @Sendable () async throws -> Bool = { true },
        sleep: @escaping @Sendable (StreamRules.Wait) async throws -> Void = { _ in try await never() },
        _ write: @escaping @Sendable (APIStreamWriter) async throws -> Void
    ) -> Made {
        { connection in
            StreamAnswer(
                stream: APIStream(mediaType: "text/event-stream", write: write), threads: nil,
                lifetime: .seconds(900), rules: StreamRules { wait, _ in try await sleep(wait) }, stillMay: stillMay,
                connection: connection, place: try StreamPlaces(maximum: 1, maximumPerCaller: 1).take(for: "i u"))
        }
    }

    @Test("one that comes to its end has its last chunk")
    func whole() async throws {
        let stream = answer { writer in
            try await writer.write("first")
            try await writer.write("second")
        }
        try await serve(["whole": stream]) { port in
            let text = try await StreamSocket(port: port, path: "/whole").read(until: Self.lastChunk)
            #expect(text.contains("first") && text.contains("second"))
            #expect(text.hasSuffix(Self.lastChunk))
        }
    }

    @Test(
        "one whose token has ended, or whose caller may no longer ask, is cut, and does not look whole",
        arguments: [StreamRules.Wait.tokenEnd, .nextLook])
    func cut(_ cause: StreamRules.Wait) async throws {
        let gate = Gate()
        let stream = answer(
            stillMay: { false },
            sleep: { wait in if wait == cause { try await gate.wait() } else { try await Self.never() } }
        ) { writer in
            try await writer.write("first")
            try await Self.never()
        }
        try await serve(["cut": stream]) { port in
            let socket = try StreamSocket(port: port, path: "/cut")
            #expect(await socket.read(until: "first").contains("first"))
            gate.open()
            #expect(await !socket.readToEnd().contains(Self.lastChunk))
        }
    }

    @Test("a look at the caller that fails ends nothing; the next one is asked again")
    func failedLook() async throws {
        struct Away: Error {}
        let looks = Looks()
        let stream = answer(
            stillMay: {
                guard looks.next() > 2 else { throw Away() }
                return false
            },
            sleep: { wait in if wait != .nextLook { try await Self.never() } }
        ) { writer in
            try await writer.write("first")
            try await Self.never()
        }
        try await serve(["looks": stream]) { port in
            let text = try await StreamSocket(port: port, path: "/looks").readToEnd()
            #expect(!text.hasSuffix(Self.lastChunk))
            #expect(looks.count == 3)
        }
    }

    @Test("one that fails in its midst does not look whole")
    func failed() async throws {
        struct Broken: Error {}
        let stream = answer { writer in
            try await writer.write("first")
            throw Broken()
        }
        try await serve(["failed": stream]) { port in
            let text = try await StreamSocket(port: port, path: "/failed").readToEnd()
            #expect(text.contains("first"))
            #expect(!text.hasSuffix(Self.lastChunk))
        }
    }

    @Test("a client that stops reading is cut off with little held for it, and its neighbour goes on")
    func slow() async throws {
        let offered = 1 << 30
        let taken = Looks()
        let ended = Gate()
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
        let slow = answer(
            // The test's own patience: who reads nothing is late whatever it is.
            sleep: { wait in
                if wait == .piece { try await Task.sleep(for: .milliseconds(200)) } else { try await Self.never() }
            }
        ) { writer in
            defer { ended.open() }
            while taken.count < offered / piece.count {
                try await writer.write(piece)
                _ = taken.next()
            }
        }
        let release = Gate()
        let neighbour = answer { writer in
            try await writer.write("before")
            try await release.wait()
            try await writer.write("after")
        }
        try await serve(["slow": slow, "neighbour": neighbour]) { port in
            let beside = try StreamSocket(port: port, path: "/neighbour")
            #expect(await beside.read(until: "before").contains("before"))
            let stalled = try StreamSocket(port: port, path: "/slow", receiveBuffer: 4096)
            try await ended.wait()
            release.open()
            #expect(await beside.read(until: Self.lastChunk).contains("after"))
            // What the kernel holds of it, and no more here.
            #expect(taken.count * piece.count < 64 << 20)
            withExtendedLifetime(stalled) {}
        }
    }

    @Test("a client that does not read is not spared by it: its stream ends with its token")
    func slowAndExpired() async throws {
        let tokenEnd = Gate()
        let full = Gate()
        let ended = Gate()
        let stream = answer(
            sleep: { wait in if wait == .tokenEnd { try await tokenEnd.wait() } else { try await Self.never() } }
        ) { writer in
            defer { ended.open() }
            // More than all buffers on the way take.
            for _ in 0..<64 {
                try await writer.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)); full.open()
            }
        }
        try await serve(["expired": stream]) { port in
            let stalled = try StreamSocket(port: port, path: "/expired", receiveBuffer: 4096)
            try await full.wait()
            tokenEnd.open()
            try await ended.wait()
            #expect(await !stalled.readToEnd().hasSuffix(Self.lastChunk))
        }
    }

    @Test("a client that goes away while nothing is written is noticed at once")
    func gone() async throws {
        let ended = Gate()
        let stream = answer { writer in
            defer { ended.open() }
            try await writer.write("first")
            try await Self.never()
        }
        try await serve(["gone": stream]) { port in
            do {
                let socket = try StreamSocket(port: port, path: "/gone")
                #expect(await socket.read(until: "first").contains("first"))
            }
            try await ended.wait()
        }
    }

    private final class Looks: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func next() -> Int {
            value.withLock { value in
                value += 1
                return value
            }
        }
    }
}
