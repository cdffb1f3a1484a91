package import HTTPKit
package import Secrets
package import ServiceKit
import Synchronization
package import Tokens

/// Holds the newest ring's verifier; replaced whole when the ring changes.
package final class LiveVerifier: Sendable {
    private struct Snapshot: Sendable {
        let ring: KeyRing
        let verifier: TokenVerifier
    }

    private let policy: VerificationPolicy
    private let clock: WallClock
    private let metrics = VerificationMetrics()
    private let snapshot: Mutex<Snapshot>

    package init(manager: SecretManager, policy: VerificationPolicy, clock: WallClock) {
        self.policy = policy
        self.clock = clock
        let ring = manager.ring
        snapshot = Mutex(Snapshot(ring: ring, verifier: TokenVerifier(ring: ring, policy: policy)))
        manager.observe { [weak self] ring in self?.replace(ring) }
    }

    private func replace(_ ring: KeyRing) {
        // The verifier is made outside the lock: preparing keys takes longer than a request should wait.
        let fresh = Snapshot(ring: ring, verifier: TokenVerifier(ring: ring, policy: policy))
        snapshot.withLock { current in
            if ring.version >= current.ring.version { current = fresh }
        }
    }

    /// Verifies, counts `lockstep_token_verifications_total{code}` and times.
    package func verify(_ token: String) throws(Refusal) -> Identity {
        let current = snapshot.withLock { $0 }
        let start = ContinuousClock.now
        do throws(TokenError) {
            let identity = try current.verifier.verify(token, now: clock.now())
            metrics.count("valid", took: ContinuousClock.now - start)
            return identity
        } catch {
            metrics.count(error.code, took: ContinuousClock.now - start)
            throw Refusal(error, ring: current.ring)
        }
    }

    /// For a request that carries no token: an outcome like the others, and counted like them.
    package func missing() -> Refusal {
        metrics.count(TokenError.missing.code)
        return Refusal(.missing, ring: ring)
    }

    package var ring: KeyRing { snapshot.withLock { $0.ring } }
}
