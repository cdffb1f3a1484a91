import AsyncHTTPClient
import ServiceLifecycle

/// Shuts the HTTP client down when nobody needs it any more.
struct ClientOwner: Service {
    let client: HTTPClient

    func run() async throws {
        try? await gracefulShutdown()
        try await client.shutdown()
    }
}
