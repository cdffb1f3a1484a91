import AsyncHTTPClient
import Secrets
import ServiceLifecycle

/// Keeps the ring up with its files.
struct KeyWatch: Service {
    let manager: SecretManager

    func run() async throws {
        await cancelWhenGracefulShutdown { await manager.run() }
    }
}

/// Shuts the HTTP client down when nobody needs it any more.
struct ClientOwner: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
