package import Contracts
package import Secrets
package import ServiceKit
import Tokens

/// Makes an issuer's probes: for verifiers that ask (`GET /internal/v1/keys/probe`), and for itself.
package struct ProbeSigner: Sendable {
    private let issuer: String
    private let instance: String
    private let startedAt: Int64
    private let signers: KeySigners
    private let ring: @Sendable () -> KeyRing
    private let clock: WallClock

    /// - Parameter issuer: what it signs as (`iss`).
    package init(
        issuer: String, instance: String, signers: KeySigners, clock: WallClock, ring: @escaping @Sendable () -> KeyRing
    ) {
        self.issuer = issuer
        self.instance = instance
        self.signers = signers
        self.ring = ring
        self.clock = clock
        startedAt = clock.now()
    }

    /// - Parameter kid: the current key or a `next` one; nil for the current one.
    /// - Throws: `no_signing_key`.
    package func probe(kid: KeyID?) async throws(SecretError) -> KeyProbe {
        // One snapshot: what the body says and what signed the token must be the same ring.
        let ring = ring()
        let token = try await KeyProbeToken.issue(
            kid: kid, ring: ring, issuer: issuer, signers: signers, now: clock.now())
        return KeyProbe(
            token: token.text, kid: token.keyID.rawValue, environment: ring.environment.rawValue, issuer: issuer,
            source: ring.source, expiresAt: token.expiresAt, probeKids: Self.kids(ring), instance: instance,
            uptime: max(0, clock.now() - startedAt))
    }

    /// The keys of the present ring that sign probes.
    package var kids: [String] { Self.kids(ring()) }

    private static func kids(_ ring: KeyRing) -> [String] {
        ring.keys.filter { ($0.state == .current || $0.state == .next) && $0.material.signs }.map(\.id.rawValue)
    }
}
