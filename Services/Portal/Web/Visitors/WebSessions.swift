import Crypto
import HTTPKit
import Secrets
import ServerKit
import Tokens

/// A browser's session: the browser holds a cookie, the portal keeps the access token, sealed, and renews it. There is no
/// refresh token in it, since the portal itself is the issuer.
struct WebSessions: Sendable {
    let store: WebSessionStore
    let tokens: AccessTokens
    let verifier: LiveVerifier
    /// `PORTAL_DATA_KEY`.
    let dataKey: SecretBytes
    let limits: SessionLimits
    let entropy: Entropy

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

    /// Nil when the cookie opens nothing (any more).
    func resolve(_ cookie: OpaqueToken, now: Int64) async throws -> Resolved? {
        let hash = cookie.hash
        guard let found = try await store.find(hash: hash, now: now) else { return nil }
        if now - found.session.lastUsedAt >= Self.touchInterval {
            try await store.touch(found.session, idle: limits.webIdle, now: now)
        }
        if let (text, identity) = await kept(found, hash: hash, now: now) {
            return Resolved(user: found.user, session: found.session, accessToken: text, identity: identity)
        }
        let access = try await tokens.mint(for: found.user, sessionID: found.session.id, now: now)
        try await store.keep(sealedAccessToken: seal(access.text, hash: hash), hash: hash)
        return Resolved(
            user: found.user, session: found.session, accessToken: access.text,
            identity: try await verifier.verify(access.text))
    }

    /// Nil when there is none, it is about to expire, its key is gone, or `PORTAL_DATA_KEY` is another one.
    private func kept(_ found: WebSessionStore.Found, hash: String, now: Int64) async -> (String, Identity)? {
        guard let sealed = found.sealedAccessToken, let text = open(sealed, hash: hash),
            let identity = try? await verifier.verify(text), identity.expiresAt - now >= Self.renewal,
            identity.tokenVersion == found.user.tokenVersion
        else { return nil }
        return (text, identity)
    }

    private func seal(_ text: String, hash: String) throws -> String {
        let nonce = try ChaChaPoly.Nonce(data: entropy.bytes(12))
        let box = try ChaChaPoly.seal(
            Array(text.utf8), using: key, nonce: nonce, authenticating: Array(hash.utf8))
        return Base64URL.encode(box.combined)
    }

    private func open(_ sealed: String, hash: String) -> String? {
        guard let combined = Base64URL.decode(sealed), let box = try? ChaChaPoly.SealedBox(combined: combined),
            let bytes = try? ChaChaPoly.open(box, using: key, authenticating: Array(hash.utf8))
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private var key: SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: dataKey.withUnsafeBytes { SymmetricKey(data: $0) },
            info: Array("lockstep/portal/web-access-token/v1".utf8), outputByteCount: 32)
    }
}
