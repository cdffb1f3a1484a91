import Secrets
import ServiceLifecycle

/// Watches the secret's files and retirement dates as long as the plant runs.
struct KeyWatch: Service {
    let manager: SecretManager

    func run() async throws {
        _ = await cancelWhenGracefulShutdown { await manager.run() }
    }
}
