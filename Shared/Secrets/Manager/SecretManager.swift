package import Logging

/// The one type that loads the signing secret. Nothing else reads its names.
package final class SecretManager: Sendable {
    package let environment: DeploymentEnvironment

    private init(environment: DeploymentEnvironment) { self.environment = environment }

    /// Resolves the chain of DESIGN §4 over `variables`, checks it and logs the stable lines.
    /// - Parameters:
    ///   - variables: the process environment, handed over by settings.
    ///   - algorithm: of a raw secret (`JWT_ALGORITHM`).
    ///   - isVerifier: a verifier in staging or production refuses a `dev-` kid by name.
    ///   - now: seconds since the epoch.
    package static func load(
        variables: [String: String], algorithm: KeyAlgorithm = .hs256, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) async throws(SecretError) -> SecretManager { fatalError("skeleton") }

    /// The present snapshot.
    package var ring: KeyRing { fatalError("skeleton") }
    package func diagnostics() -> SecretDiagnostics { fatalError("skeleton") }
    /// For deployment checks; logs `JWT secret synchronization validated for <environment>` or the failure line.
    package func validateSynchronization() throws(SecretError) { fatalError("skeleton") }
    /// Called at once with the present ring, then with each replacement, in order. The observer must not block.
    package func observe(_ observer: @escaping @Sendable (KeyRing) -> Void) { fatalError("skeleton") }
    /// Watches files and retirement until cancelled; a bad or half-written file never replaces a good ring (it is logged).
    package func run() async { fatalError("skeleton") }
}
