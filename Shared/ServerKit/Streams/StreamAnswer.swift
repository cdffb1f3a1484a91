import CoreMetrics
import HTTPTypes
package import Hummingbird
package import NIOCore
import ServiceLifecycle

/// A stream as a response. It ends with the caller's token (RFC 6750 knows no grace), when the caller may no longer ask,
/// and when the client takes nothing: who may no longer ask does not go on listening.
///
/// What did not come to its own end never looks whole: the last chunk is missing (docs/decisions/0021).
package struct StreamAnswer: Sendable {
    private let stream: APIStream
    private let threads: (any TaskExecutor)?
    private let lifetime: Duration
    private let rules: StreamRules
    private let stillMay: @Sendable () async throws -> Bool
    private let connection: any Channel
    /// Held as long as the response is.
    private let place: StreamPlace

    /// - Parameters:
    ///   - threads: where the stream's pieces are made; nil: anywhere.
    ///   - lifetime: of the caller's token from now on.
    ///   - stillMay: whether the caller still may; asked now and then. What fails to find out throws, and counts as yes.
    ///   - connection: the client's. One that has gone would be noticed at the next write alone, and keep its place till
    ///     then: clients that come back all at once would find none.
    package init(
        stream: APIStream, threads: (any TaskExecutor)? = nil, lifetime: Duration, rules: StreamRules,
        stillMay: @escaping @Sendable () async throws -> Bool, connection: any Channel, place: StreamPlace
    ) {
        self.stream = stream
        self.threads = threads
        self.lifetime = lifetime
        self.rules = rules
        self.stillMay = stillMay
        self.connection = connection
        self.place = place
    }

    private enum Part { case made, sent }

    package var response: Response {
        Response(status: .ok, headers: stream.headers, body: ResponseBody { try await write(to: &$0) })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        let outlet = Outlet(writer)
        do {
            try await sendAll(outlet)
        } catch let end as StreamEnd {
            Counter(label: rules.cutCounter, dimensions: [("reason", end.rawValue)]).increment()
            throw end
        }
        try await writer.finish(nil)
    }

    private func sendAll(_ outlet: Outlet) async throws {
        let pipe = StreamPipe()
        let (gone, leaving) = AsyncStream.makeStream(of: Void.self)
        // Who hangs up ends the connection, and does not merely say that no more requests come.
        _ = connection.setOption(.allowRemoteHalfClosure, value: false)
        connection.closeFuture.whenComplete { _ in leaving.finish() }
        try await withThrowingTaskGroup(of: Part.self) { group in
            defer { group.cancelAll() }
            group.addTask(executorPreference: threads) {
                defer { pipe.finish() }
                // Who stops listens no more; what it writes until then is whole.
                try await cancelWhenGracefulShutdown {
                    try await stream.write(APIStreamWriter { try await pipe.send($0) })
                }
                return .made
            }
            group.addTask {
                for await bytes in pipe.pieces {
                    try await send(bytes, to: outlet)
                    pipe.taken()
                }
                return .sent
            }
            group.addTask {
                try await rules.sleep(.tokenEnd, lifetime)
                throw StreamEnd.tokenEnded
            }
            group.addTask {
                while true {
                    try await rules.sleep(.nextLook, rules.lookInterval)
                    guard try await mayGoOn() else { throw StreamEnd.notAllowed }
                }
            }
            group.addTask {
                for await _ in gone {}
                throw StreamEnd.clientGone
            }
            // Both, in whichever order: what was sent is whole only if what was made is.
            _ = try await group.next()
            _ = try await group.next()
        }
    }

    /// The client's slowness is felt here, with one piece on its way and the next one not yet made.
    private func send(_ bytes: [UInt8], to outlet: Outlet) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await outlet.write(ByteBuffer(bytes: bytes))
                return true
            }
            group.addTask {
                try await rules.sleep(.piece, rules.patience)
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else { throw StreamEnd.slowClient }
        }
    }

    private func mayGoOn() async throws -> Bool {
        do {
            return try await stillMay()
        } catch let error as CancellationError {
            throw error
        } catch {
            // A database that is away for a while says nothing of the caller, whose token's end still holds.
            return true
        }
    }
}

/// The response's writer, where a task can get at it that may be cancelled. It is a handle: this copy and the one that
/// ends the answer lead to the same connection.
///
/// Invariant: one piece is written at a time, by the task that takes them from the pipe.
private final class Outlet: @unchecked Sendable {
    private var writer: any ResponseBodyWriter

    init(_ writer: any ResponseBodyWriter) { self.writer = writer }

    func write(_ bytes: ByteBuffer) async throws { try await writer.write(bytes) }
}
