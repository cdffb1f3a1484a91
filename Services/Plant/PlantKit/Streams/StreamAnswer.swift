import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// A stream as a response. It ends with the caller's token: who may no longer ask does not go on listening.
struct StreamAnswer: Sendable {
    let stream: APIStream
    /// The module's; nil: the core's own.
    let threads: ModuleThreads?
    /// Of the caller's token from now on.
    let lifetime: Duration

    var response: Response {
        Response(status: .ok, headers: stream.headers, body: ResponseBody { try await write(to: &$0) })
    }

    private func write(to writer: inout any ResponseBodyWriter) async throws {
        let pipe = StreamPipe()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: threads) {
                defer { pipe.finish() }
                // Who stops listens no more; what it writes until then is whole.
                _ = try? await cancelWhenGracefulShutdown {
                    try await stream.write(APIStreamWriter { try await pipe.send($0) })
                }
            }
            group.addTask {
                try? await Task.sleep(for: lifetime)
                pipe.finish()
            }
            defer { group.cancelAll() }
            for await bytes in pipe.pieces {
                try await writer.write(ByteBuffer(bytes: bytes))
                pipe.taken()
            }
        }
        try await writer.finish(nil)
    }
}
