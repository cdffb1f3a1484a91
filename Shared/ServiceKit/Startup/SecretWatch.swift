package import Secrets
import ServiceLifecycle

/// Watches the secret's files for as long as the service runs: `SecretManager.run` as one of `Startup.serve`'s services.
package struct SecretWatch: Service {
    private let manager: SecretManager

    package init(manager: SecretManager) { self.manager = manager }

    package func run() async {
        await cancelWhenGracefulShutdown { await manager.run() }
        // The manager ends when it is cancelled alone; a service that ended by itself would stop the others.
    }
}
