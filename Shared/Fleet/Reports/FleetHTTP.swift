import AsyncHTTPClient
import NIOCore
import ServiceLifecycle
import Synchronization

/// The HTTP client for the fleet keeper: made when it is first needed, shut down when its service ends. It follows no
/// redirect: the internal token goes to nobody else.
package final class FleetHTTP: Service {
    private let made = Mutex<HTTPClient?>(nil)

    package init() {}

    func connected() -> HTTPClient {
        made.withLock { made in
            if let made { return made }
            var configuration = HTTPClient.Configuration()
            configuration.redirectConfiguration = .disallow
            configuration.timeout = .init(connect: .seconds(3), read: .seconds(3))
            configuration.connectionPool.idleTimeout = .seconds(15)
            // A connection that fails is an answer; the next report is the retry.
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            made = client
            return client
        }
    }

    package func run() async throws {
        try? await gracefulShutdown()
        try await close()
    }

    /// For users without a service group.
    package func close() async throws { try await made.withLock { $0 }?.shutdown() }
}
