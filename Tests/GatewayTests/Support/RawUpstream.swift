import NIOCore

/// An upstream whose every byte is the test's: it accepts connections and leaves the rest to whoever takes them.
struct RawUpstream: Sendable {
    struct NobodyCame: Error {}

    let port: Int
    private let accepted: AsyncStream<RawClient>

    var url: String { "http://127.0.0.1:\(port)" }

    /// The next connection that is made to it.
    func accept() async throws -> RawClient {
        var iterator = accepted.makeAsyncIterator()
        guard let connection = await iterator.next() else { throw NobodyCame() }
        return connection
    }

    static func with<T>(_ body: (RawUpstream) async throws -> T) async throws -> T {
        let (accepted, continuation) = AsyncStream.makeStream(of: RawClient.self)
        let channel = try await RawClient.listen { continuation.yield($0) }
        defer { channel.close(promise: nil) }
        return try await body(RawUpstream(port: channel.localAddress?.port ?? 0, accepted: accepted))
    }
}
