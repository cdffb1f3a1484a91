import Contracts
package import Secrets
import Tokens

/// What asking an issuer for a probe brought.
enum ProbeAnswer: Sendable, Equatable {
    case probe(KeyProbe)
    /// 401 or 403: the issuer holds another internal token.
    case internalTokenRefused
    /// The replica that answered signs no probes with the key that was asked for: no word on whether we hold it.
    case noSuchKey
    /// No answer, or none that is a probe; the text is for operators.
    case failed(String)
}

/// What an answer proves.
struct ProbeObservation: Sendable, Equatable {
    enum Outcome: Sendable, Equatable {
        case agreed
        /// The reason in words.
        case disagreed(String)
        case unreachable(String)
    }

    var outcome: Outcome
    var issuer: String?
    var theirKid: String?
    var theirSource: String?
    var theirEnvironment: String?
    /// Both sides in words, for whoever has to mend a disagreement: keys, sources and environments.
    var comparison: String?
    /// Which of the issuer's replicas has answered; empty where it does not say.
    var instance = ""
    /// When that replica began, by our clock; nil where it does not say.
    var startedAt: Int64?
    /// The key of our ring, by its own name, that verified the probe in an environment that agrees.
    var provenKid: String?
    /// What else the issuer signs probes with.
    var otherKids: [String] = []

    /// More than a ring has use for is not asked about.
    private static let maximumOtherKids = 8

    /// Verifies the probe with the own ring through the same code as any token: that is the proof.
    /// - Parameter now: seconds since the epoch.
    static func judge(_ answer: ProbeAnswer, ring: KeyRing, now: Int64) -> ProbeObservation {
        switch answer {
        case .failed(let reason): return ProbeObservation(outcome: .unreachable(reason))
        case .internalTokenRefused:
            return ProbeObservation(
                outcome: .unreachable(
                    "internal token refused: LOCKSTEP_INTERNAL_TOKEN is not the same value at both services"))
        case .noSuchKey:
            return ProbeObservation(outcome: .unreachable("the issuer signs no probes with that key"))
        case .probe(let probe):
            let (outcome, keyID) = outcome(of: probe, ring: ring, now: now)
            return ProbeObservation(
                outcome: outcome, issuer: probe.issuer, theirKid: probe.kid, theirSource: probe.source,
                theirEnvironment: probe.environment,
                comparison: """
                    this service holds \(ring.heldKeys) from \(ring.source) for \(ring.environment.rawValue); \
                    \(probe.issuer) signs with \(probe.kid) from \(probe.source) for \(probe.environment)
                    """,
                instance: String((probe.instance ?? "").prefix(256)),
                startedAt: probe.uptime.map { now - max(0, min($0, 1 << 40)) }, provenKid: keyID?.rawValue,
                otherKids: Array((probe.probeKids ?? []).filter { $0 != probe.kid }.prefix(maximumOtherKids)))
        }
    }

    private static func outcome(of probe: KeyProbe, ring: KeyRing, now: Int64) -> (Outcome, KeyID?) {
        let claims: KeyProbeClaims
        do throws(TokenError) {
            claims = try KeyProbeToken.verify(probe.token, ring: ring, now: now)
        } catch {
            return (.disagreed(words(for: error)), nil)
        }
        guard claims.environment == ring.environment.rawValue else {
            return (.disagreed("the key is the same and the environment is not"), nil)
        }
        return (.agreed, claims.keyID)
    }

    private static func words(for error: TokenError) -> String {
        switch error {
        case .unknownKey: "this service does not hold the key that the issuer signs with"
        case .revoked: "the issuer signs with a key that is revoked here"
        case .badSignature: "both name the key alike and its bytes differ"
        case .unsupportedAlgorithm: "the issuer signs with another algorithm (JWT_ALGORITHM)"
        case .expired, .notYetValid: "the clocks of issuer and service differ by more than a minute"
        case .missing, .malformed, .wrongIssuer, .wrongAudience, .roleNotAllowed, .tokenTooLong:
            "the issuer's answer is not a probe (\(error.code))"
        }
    }
}

extension KeyRing {
    /// `Xk3… (current), pQ0… (previous)`, for logs and answers to operators.
    package var heldKeys: String {
        keys.map { "\($0.publishedID) (\($0.state.rawValue))" }.joined(separator: ", ")
    }
}
