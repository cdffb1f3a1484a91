import HTTPKit
import ServerKit
import Tokens

/// A browser's session: the browser holds a cookie, the portal keeps the access token, sealed, and renews it. There is no
/// refresh token in it, since the portal itself is the issuer.
struct WebSessions: Sendable {
    let store: WebSessionStore
    let tokens: AccessTokens
    let verifier: LiveVerifier
    let seal: DataKeySeal
    let limits: SessionLimits
    let renewals = Renewals()

    /// A token with less left is replaced, in seconds.
    private static let renewal: Int64 = 60
    /// The last use is written down no more often, in seconds.
    private static let touchInterval: Int64 = 60

    struct Resolved: Sendable {
        var user: User
        var session: Session
        /// What the portal keeps for the browser, which never sees it.
        var accessToken: String
        /// Of the token: verified by this portal's own verifier, like anybody's.
        var identity: Identity
    }

    /// An access token that lies, or will lie, in the session's row.
    private struct Kept: Sendable {
        var text: String
        var identity: Identity
    }

    /// Nil when the cookie opens nothing (any more).
    /// - Parameter address: where it is used from.
    func resolve(_ cookie: OpaqueToken, from address: ClientAddress, now: Int64) async throws -> Resolved? {
        let hash = cookie.hash
        guard let found = try await store.find(hash: hash, now: now) else { return nil }
        if now - found.session.lastUsedAt >= Self.touchInterval {
            try await store.touch(found.session, idle: limits.webIdle, address: address, now: now)
        }
        if let kept = await kept(found, hash: hash, now: now) { return resolved(found, kept) }
        return try await renewed(hash: hash, now: now)
    }

    /// Ten tabs that come back at once need one new token: one request of this process goes for it, the others wait for
    /// it and look again.
    private func renewed(hash: String, now: Int64) async throws -> Resolved? {
        if await !renewals.lead(hash) {
            guard let found = try await store.find(hash: hash, now: now) else { return nil }
            if let kept = await kept(found, hash: hash, now: now) {
                PortalMetrics.webRenewal("shared")
                return resolved(found, kept)
            }
            // The first one failed. The database sees to it that there is one rotation still.
            return try await renew(hash: hash, now: now)
        }
        defer { renewals.end(hash) }
        return try await renew(hash: hash, now: now)
    }

    private func renew(hash: String, now: Int64) async throws -> Resolved? {
        let outcome = try await store.renew(hash: hash, now: now) { found in
            await kept(found, hash: hash, now: now)
        } mint: { found in
            let access = try await tokens.mint(for: found.user, sessionID: found.session.id, now: now)
            PortalMetrics.webRenewal("minted")
            return (
                try seal.seal(Array(access.text.utf8), for: hash),
                Kept(text: access.text, identity: try await verifier.verify(access.text))
            )
        }
        return outcome.map { resolved($0.found, $0.token) }
    }

    private func resolved(_ found: WebSessionStore.Found, _ kept: Kept) -> Resolved {
        Resolved(user: found.user, session: found.session, accessToken: kept.text, identity: kept.identity)
    }

    /// Nil when there is none, it is about to expire, its key is gone, or `PORTAL_DATA_KEY` is another one.
    private func kept(_ found: WebSessionStore.Found, hash: String, now: Int64) async -> Kept? {
        guard let sealed = found.sealedAccessToken,
            let text = seal.open(sealed, for: hash).map({ String(decoding: $0, as: UTF8.self) }),
            let identity = try? await verifier.verify(text), identity.expiresAt - now >= Self.renewal,
            identity.tokenVersion == found.user.tokenVersion
        else { return nil }
        return Kept(text: text, identity: identity)
    }
}
