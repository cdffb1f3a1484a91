import Secrets
import Tokens

/// The one way to a session. Whoever has proved who somebody is, by whatever method, comes here: whether that is enough
/// is asked here and nowhere else, so that no way in can forget to.
struct SessionOpener: Sendable {
    enum Outcome: Sendable {
        case opened(SignedIn)
        /// Nothing is open yet: what the ticket is for comes first.
        case secondFactorNeeded(SecondFactorTicket)
        /// `SessionOpeningStore.Outcome.accountClosed`
        case accountClosed
    }

    let store: SessionOpeningStore
    let tokens: AccessTokens
    let limits: SessionLimits
    let entropy: Entropy

    /// Throws `SecretError` when nothing can be signed; no session is left behind then.
    /// - Parameter passed: the second factor was given; nil: it is asked for where there is one.
    func open(_ signIn: SignIn, passed: SecondFactorPassed? = nil) async throws -> Outcome {
        if passed == nil, let demand = try await store.demand(of: signIn.user) {
            return try await ticket(signIn, demand)
        }
        let user = signIn.user
        let now = signIn.now
        let session = newSession(signIn)
        let secret = OpaqueToken(signIn.kind == .api ? .refresh : .webSession, entropy: entropy)
        // Before the commit: a ring that can't sign must not leave sessions behind.
        let access = try await tokens.mint(for: user, sessionID: session.id, now: now)
        let outcome = try await store.open(
            SessionOpeningStore.Opening(
                signIn: signIn, session: session,
                secret: signIn.kind == .api
                    ? .api(tokenID: entropy.identifier(), hash: secret.hash, expiresAt: session.expiresAt)
                    : .web(hash: secret.hash),
                event: AuditEvent(
                    .loginSucceeded, .success, actor: user.id, subject: user.email,
                    detail: "session \(session.id) by \(signIn.method)", caller: signIn.caller, entropy: entropy,
                    now: now)), passed: passed)
        switch outcome {
        case .opened:
            PortalMetrics.login("success")
            return .opened(SignedIn(user: user, session: session, secret: secret, access: access))
        case .accountClosed:
            return .accountClosed
        case .secondFactorNeeded(let demand):
            // Enrolled in the moment between.
            return try await ticket(signIn, demand)
        }
    }

    private func ticket(_ signIn: SignIn, _ demand: SecondFactorPolicy.Demand) async throws -> Outcome {
        let ticket = SecondFactorTicket(
            token: OpaqueToken(.secondFactorTicket, entropy: entropy),
            expiresAt: signIn.now + SecondFactorTicket.lifetime, isForEnrolment: demand == .enrolment)
        let isKept = try await store.wait(
            for: ticket, signIn,
            event: AuditEvent(
                .secondFactorAsked, .success, actor: signIn.user.id, subject: signIn.user.email,
                detail: "by \(signIn.method)", caller: signIn.caller, entropy: entropy, now: signIn.now))
        guard isKept else { return .accountClosed }
        PortalMetrics.login("second_factor")
        return .secondFactorNeeded(ticket)
    }

    private func newSession(_ signIn: SignIn) -> Session {
        let endsAt = signIn.now + limits.sessionLifetime
        let idle = signIn.kind == .api ? limits.refreshLifetime : limits.webIdle
        return Session(
            id: entropy.identifier(), userID: signIn.user.id, kind: signIn.kind, createdAt: signIn.now,
            lastUsedAt: signIn.now, expiresAt: min(signIn.now + idle, endsAt), endsAt: endsAt, endedAt: nil,
            address: signIn.caller.address.text, userAgent: signIn.caller.userAgent,
            lastAddress: signIn.caller.address.text)
    }
}
