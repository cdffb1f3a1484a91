package import Contracts
import Secrets
import Synchronization
package import Tokens

/// Which tokens this replica has refused of late and why, for the fleet report: what an operator asks first when screens
/// answer 401. It knows codes and kids, and nothing else of a token.
///
/// Only a refusal comes here, so it costs good requests nothing. Its size is bounded: kids come from tokens that anybody
/// may send.
package final class RefusalLog: Sendable {
    /// Seconds without another one after which refusals are forgotten.
    package static let memory: Int64 = 900
    /// Reasons with a kid of their own; one more is counted without its kid.
    static let maximumReasons = 32

    private struct Reason: Hashable {
        var code: String
        var kid: String?
    }

    private let reasons = Mutex<[Reason: FleetRefusals]>([:])

    package init() {}

    /// - Parameter now: seconds since the epoch.
    package func note(_ error: TokenError, now: Int64) {
        // A request without a token is no token refused.
        if case .missing = error { return }
        note(error.code, kid: error.kid, now: now)
    }

    package func note(_ code: String, kid: String? = nil, now: Int64) {
        reasons.withLock { reasons in
            var reason = Reason(code: code, kid: kid)
            if reasons[reason] == nil, reasons.count >= Self.maximumReasons {
                reasons = reasons.filter { now - $0.value.lastAt <= Self.memory }
                if reasons.count >= Self.maximumReasons { reason.kid = nil }
            }
            var known =
                reasons[reason]
                ?? FleetRefusals(code: code, kid: reason.kid, count: 0, firstAt: now, lastAt: now)
            if now - known.lastAt > Self.memory {
                known = FleetRefusals(code: code, kid: reason.kid, count: 0, firstAt: now, lastAt: now)
            }
            known.count += 1
            known.lastAt = max(known.lastAt, now)
            reasons[reason] = known
        }
    }

    /// The latest first.
    package func recent(now: Int64) -> [FleetRefusals] {
        reasons.withLock { reasons in reasons.values.filter { now - $0.lastAt <= Self.memory } }
            .sorted { ($1.lastAt, $0.code, $0.kid ?? "") < ($0.lastAt, $1.code, $1.kid ?? "") }
    }
}

extension TokenError {
    /// The key that the refusal is about.
    fileprivate var kid: String? {
        switch self {
        case .unknownKey(let id), .revoked(let id): id.rawValue
        case .badSignature(let id): id?.rawValue
        case .missing, .malformed, .unsupportedAlgorithm, .expired, .notYetValid, .wrongIssuer, .wrongAudience,
            .roleNotAllowed, .tokenTooLong:
            nil
        }
    }
}
