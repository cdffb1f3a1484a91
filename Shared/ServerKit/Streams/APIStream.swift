package import HTTPTypes
import Hummingbird
import NIOCore

/// An answer that is written piece by piece.
package struct APIStream: Sendable {
    package var headers: HTTPFields
    /// Until it returns or is cancelled: the client has gone, its token has expired, or the service stops.
    package var write: @Sendable (APIStreamWriter) async throws -> Void

    package init(
        mediaType: String, headers: HTTPFields = [:], write: @escaping @Sendable (APIStreamWriter) async throws -> Void
    ) {
        var headers = headers
        headers[.contentType] = mediaType
        self.headers = headers
        self.write = write
    }
}

/// Takes pieces of an answer; waits while the client is slower than they come.
package struct APIStreamWriter: Sendable {
    private let send: @Sendable ([UInt8]) async throws -> Void

    package init(send: @escaping @Sendable ([UInt8]) async throws -> Void) { self.send = send }

    package func write(_ text: String) async throws { try await send(Array(text.utf8)) }
    package func write(_ bytes: [UInt8]) async throws { try await send(bytes) }
}
