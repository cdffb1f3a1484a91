import NIOSSL
import Synchronization

/// How https upstreams are verified: one context for all loops, since making it parses the system's certificates, made
/// when the first route needs one.
final class UpstreamTLS: Sendable {
    private let made = Mutex<NIOSSLContext?>(nil)

    func context() throws -> NIOSSLContext {
        try made.withLock { made in
            if let made { return made }
            let context = try NIOSSLContext(configuration: .makeClientConfiguration())
            made = context
            return context
        }
    }
}
