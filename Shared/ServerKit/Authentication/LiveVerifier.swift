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
    private let keySet: RemoteKeySet?
    private let refusals: RefusalLog?
    private let metrics = VerificationMetrics()
    private let snapshot: Mutex<Snapshot>

    /// - Parameters:
    ///   - keySet: where a key that the ring has not may have been published.
    ///   - refusals: remembers what was refused.
    package init(
        manager: SecretManager, policy: VerificationPolicy, clock: WallClock, keySet: RemoteKeySet? = nil,
        refusals: RefusalLog? = nil
    ) {
        self.policy = policy
        self.clock = clock
        self.keySet = keySet
        self.refusals = refusals
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

    /// Verifies, counts `lockstep_token_verifications_total{code}` and times. An unknown key is looked for in the remote
    /// key set, where there is one, before the token is refused.
    package func verify(_ token: String) async throws(Refusal) -> Identity {
        var current = snapshot.withLock { $0 }
        let start = ContinuousClock.now
        var outcome = judge(token, by: current)
        if case .failure(.unknownKey) = outcome, let keySet, await keySet.isRefreshed() {
            current = snapshot.withLock { $0 }
            outcome = judge(token, by: current)
        }
        let took = ContinuousClock.now - start
        switch outcome {
        case .success(let identity):
            metrics.count("valid", took: took)
            return identity
        case .failure(let error):
            metrics.count(error.code, took: took)
            refusals?.note(error, now: clock.now())
            throw Refusal(error, ring: current.ring)
        }
    }

    private func judge(_ token: String, by snapshot: Snapshot) -> Result<Identity, TokenError> {
        Result { () throws(TokenError) in try snapshot.verifier.verify(token, now: clock.now()) }
    }

    /// For a request that carries no token: an outcome like the others, and counted like them.
    package func missing() -> Refusal {
        metrics.count(TokenError.missing.code)
        return Refusal(.missing, ring: ring)
    }

    package var ring: KeyRing { snapshot.withLock { $0.ring } }
}
