import Logging
import Tokens

/// `POST /api/v1/auth/refresh`: a refresh token for a new pair.
struct RefreshService: Sendable {
    let store: RefreshStore
    let tokens: AccessTokens
    let limits: SessionLimits
    let entropy: Entropy
    let logger: Logger

    enum Failure: Error, Equatable, Sendable {
        /// Malformed, unknown, or expired.
        case invalid
        /// Logged out, displaced, over, or ended just now because a spent token came back. Nobody who holds such a
        /// token learns which.
        case sessionEnded
    }

    func refresh(_ text: String, caller: Caller, now: Int64) async throws -> RefreshStore.Renewed {
        guard let token = OpaqueToken(.refresh, parsing: text) else { throw Failure.invalid }
        let successor = OpaqueToken(.refresh, entropy: entropy)
        let outcome = try await store.present(
            RefreshStore.Presentation(
                token: token, successor: successor, successorID: entropy.identifier(),
                seal: { [entropy] session in
                    try SealedSuccessor.seal(successor, under: token, session: session, entropy: entropy)
                },
                lifetime: limits.refreshLifetime,
                mint: { [tokens] user, sessionID in try await tokens.mint(for: user, sessionID: sessionID, now: now) },
                address: caller.address,
                reuseEvent: { [entropy] user, session in
                    // Who brought it is the event's own address; which of the two is the thief, nobody knows.
                    AuditEvent(
                        .refreshReused, .failure, actor: user.id, subject: session.id,
                        detail: "a spent refresh token came back; the session, last used from \(session.lastAddress), "
                            + "was ended", caller: caller, entropy: entropy, now: now)
                }),
            now: now)
        switch outcome {
        case .renewed(let renewed):
            PortalMetrics.refresh(renewed.isRepeated ? "repeated" : "rotated")
            return renewed
        case .unknown, .refused(.expired):
            PortalMetrics.refresh("refused")
            throw Failure.invalid
        case .refused(.sessionEnded):
            PortalMetrics.refresh("refused")
            throw Failure.sessionEnded
        case .reused(let sessionID):
            PortalMetrics.refresh("reused")
            logger.warning(
                "a spent refresh token came back; its session was ended",
                metadata: ["session": "\(sessionID)", "address": "\(caller.address.text)"])
            throw Failure.sessionEnded
        }
    }
}
