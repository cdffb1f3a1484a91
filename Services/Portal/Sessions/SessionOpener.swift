import Secrets
import Tokens

/// The one way to a session. Whoever has proved who somebody is, by whatever method, comes here: whether that is enough
/// is asked here and nowhere else, so that no way in can forget to.
struct SessionOpener: Sendable {
    enum Outcome: Sendable {
        case opened(SignedIn)
        /// Nothing is open yet: what the ticket is for comes first.
        case secondFactorNeeded(SecondFactorTicket)
        /// The account was disabled or removed meanwhile.
        case accountClosed
    }

    let store: SessionOpeningStore
    let tokens: AccessTokens
    let limits: SessionLimits
    let entropy: Entropy

    /// Throws `SecretError` when nothing can be signed; no session is left behind then.
    func open(_ signIn: SignIn) async throws -> Outcome {
        let user = signIn.user
        let now = signIn.now
        let session = newSession(signIn)
        let secret = OpaqueToken(signIn.kind == .api ? .refresh : .webSession, entropy: entropy)
        // Before the commit: a ring that can't sign must not leave sessions behind.
        let access = try await tokens.mint(for: user, sessionID: session.id, now: now)
        let isOpen = try await store.open(
            SessionOpeningStore.Opening(
                signIn: signIn, session: session,
                secret: signIn.kind == .api
                    ? .api(tokenID: entropy.identifier(), hash: secret.hash, expiresAt: session.expiresAt)
                    : .web(hash: secret.hash),
                event: AuditEvent(
                    .loginSucceeded, .success, actor: user.id, subject: user.email,
                    detail: "session \(session.id) by \(signIn.method)", caller: signIn.caller, entropy: entropy,
                    now: now)))
        guard isOpen else { return .accountClosed }
        PortalMetrics.login("success")
        return .opened(SignedIn(user: user, session: session, secret: secret, access: access))
    }

    private func newSession(_ signIn: SignIn) -> Session {
        let endsAt = signIn.now + limits.sessionLifetime
        let idle = signIn.kind == .api ? limits.refreshLifetime : limits.webIdle
        return Session(
            id: entropy.identifier(), userID: signIn.user.id, kind: signIn.kind, createdAt: signIn.now,
            lastUsedAt: signIn.now, expiresAt: min(signIn.now + idle, endsAt), endsAt: endsAt, endedAt: nil,
            address: signIn.caller.address.text, userAgent: signIn.caller.userAgent)
    }
}
