package import Hummingbird
package import NIOCore
package import Tokens

/// What every request has: its id, its peer, its start.
package struct AppContext: RequestContext, RemoteAddressRequestContext {
    package typealias Source = ApplicationRequestContextSource
    package var coreContext: CoreRequestContextStorage
    /// Set at the edge, before any handler.
    package internal(set) var requestID = ""
    /// The client's address: the socket's, or from X-Forwarded-For when the peer is in TRUSTED_PROXIES.
    package internal(set) var remoteAddress: SocketAddress?
    /// The same as text, for logs, audit trails and rate limits; `unknown` where there is no socket.
    package internal(set) var clientAddress: String
    package let notes = RequestNotes()
    /// The client's.
    package let connection: any Channel
    /// Set by `Authenticate`.
    package internal(set) var identity: Identity?

    /// JSON bodies are bounded to 1 MiB.
    package var maxUploadSize: Int { 1024 * 1024 }

    package init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        connection = source.channel
        remoteAddress = source.channel.remoteAddress
        clientAddress = source.channel.remoteAddress?.ipAddress ?? "unknown"
    }
}
