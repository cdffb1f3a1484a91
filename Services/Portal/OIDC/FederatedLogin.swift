import Logging
import ServiceKit

/// A person whom a provider vouches for, for a session: finds or makes the account, and opens it as every login does.
struct FederatedLogin: Sendable {
    enum Failure: Error, Sendable {
        case refused(OIDCFault)
        /// Seconds until the next attempt.
        case tooManyAttempts(retryAfter: Int)
        /// The provider's word is good, and not enough; where to go on to after the second step.
        case secondFactorNeeded(SecondFactorTicket, returnTo: LocalPath)
    }

    let kind: PortalKind
    /// In the order of the settings.
    let flows: [CodeFlow]
    let store: IdentityStore
    let opener: SessionOpener
    /// Attempts by client address.
    let addresses: RateLimiter
    let entropy: Entropy
    let logger: Logger

    var providers: [OIDCProvider] { flows.map(\.provider) }

    func flow(_ name: String) -> CodeFlow? { flows.first { $0.provider.name == name } }

    /// - Returns: where to send the browser.
    func start(
        _ flow: CodeFlow, returnTo: LocalPath, browser: OpaqueToken, caller: Caller, now: Int64
    ) async throws -> String {
        try admit(caller, now: now)
        return try await told(flow.provider, caller: caller, now: now) {
            try await flow.start(returnTo: returnTo, browser: browser, now: now)
        }
    }

    /// An answer of a provider, and what this browser had begun: a login, or a link to its account.
    struct Arrival: Sendable {
        let answer: ProviderAnswer
        let pending: PendingLogin
    }

    func arrival(
        at flow: CodeFlow, parameters: [(name: String, value: String)], browser: OpaqueToken?, caller: Caller,
        now: Int64
    ) async throws -> Arrival {
        try admit(caller, now: now)
        return try await told(flow.provider, caller: caller, now: now) {
            let answer = try ProviderAnswer(parameters: parameters)
            return Arrival(
                answer: answer, pending: try await flow.pending(answer.state, browser: browser, now: now))
        }
    }

    /// - Parameter replaces: the browser's former session, which the new one takes the place of.
    func finish(
        _ arrival: Arrival, at flow: CodeFlow, replaces: String?, caller: Caller, now: Int64
    ) async throws -> (signedIn: SignedIn, returnTo: LocalPath) {
        // Nobody is signed in by what was begun as a link.
        guard arrival.pending.linking == nil else { throw Failure.refused(.flowUnknown) }
        return try await told(flow.provider, caller: caller, now: now) {
            let finished = try await flow.finish(arrival.answer, of: arrival.pending, now: now)
            let returnTo = LocalPath(arrival.pending.returnTo) ?? .start
            let signedIn = try await open(
                finished.token, profile: finished.profile, text: finished.text, of: flow.provider, kind: .web,
                replaces: replaces, returnTo: returnTo, caller: caller, now: now)
            return (signedIn, returnTo)
        }
    }

    /// An ID token that a client got by itself, of this client or of one of the same team.
    /// - Parameter nonce: that the client had asked for; nil: none.
    func verify(
        _ text: String, nonce: String?, by flow: CodeFlow, caller: Caller, now: Int64
    ) async throws -> SignedIn {
        try admit(caller, now: now)
        let provider = flow.provider
        return try await told(provider, caller: caller, now: now) {
            let token = try await IDTokenVerifier(documents: flow.documents).verify(
                text,
                rules: IDToken.Rules(
                    issuer: provider.issuer, clients: Set([provider.clientID] + provider.audiences), nonce: nonce,
                    accessToken: nil, leeway: flow.leeway),
                metadata: try await flow.documents.metadata(now: now), now: now)
            return try await open(
                token, profile: token.profile, text: text, of: provider, kind: .api, replaces: nil, returnTo: .start,
                caller: caller, now: now)
        }
    }

    private func open(
        _ token: IDToken, profile: ProviderProfile, text: String, of provider: OIDCProvider, kind: Session.Kind,
        replaces: String?, returnTo: LocalPath, caller: Caller, now: Int64
    ) async throws -> SignedIn {
        let person: ProvenPerson
        do {
            person = try ProvenPerson(token, profile: profile, text: text, of: provider)
        } catch {
            throw OIDCFault.account(error)
        }
        let outcome = try await store.admit(
            IdentityStore.Admission(
                person: person, linksAccounts: provider.linksAccounts, hasSelfRegistration: self.kind == .customer,
                newcomer: try person.email.flatMap {
                    try Newcomer(person, email: $0, of: provider, kind: self.kind, entropy: entropy, now: now)
                },
                identityID: entropy.identifier(),
                event: { [entropy] kind, user in
                    AuditEvent(
                        kind, .success, actor: user.id, subject: user.email,
                        detail: "\(provider.name): subject \(person.subject)", caller: caller, entropy: entropy,
                        now: now)
                },
                now: now, providerName: provider.displayName))
        let user: User
        switch outcome {
        case .user(let found): user = found
        case .refused(let fault): throw OIDCFault.account(fault)
        case .replayed: throw OIDCFault.idToken(.replayed)
        }
        switch try await opener.open(
            SignIn(
                user: user, method: .oidc(provider: provider.name), kind: kind, replaces: replaces, account: nil,
                caller: caller, now: now))
        {
        case .opened(let signedIn): return signedIn
        case .secondFactorNeeded(let ticket): throw Failure.secondFactorNeeded(ticket, returnTo: returnTo)
        case .accountClosed: throw OIDCFault.account(.disabled)
        }
    }

    func admit(_ caller: Caller, now: Int64) throws(Failure) {
        guard let wait = addresses.take(caller.address.limitKey, now: now) else { return }
        PortalMetrics.login("rate_limited")
        throw .tooManyAttempts(retryAfter: wait)
    }

    /// Each refusal stands in the audit trail, with its word, before the person hears of it.
    /// - Parameters:
    ///   - kind: what was refused.
    ///   - user: who is signed in.
    func told<T>(
        _ provider: OIDCProvider, as kind: AuditEvent.Kind = .federatedLoginFailed, by user: User? = nil,
        caller: Caller, now: Int64, _ work: () async throws -> T
    ) async throws -> T {
        do {
            return try await work()
        } catch let fault as OIDCFault {
            if kind == .federatedLoginFailed { PortalMetrics.login("federated_refused") }
            if let cause = fault.cause {
                logger.warning(
                    "\(provider.name) can't be asked who somebody is: \(cause)", metadata: ["code": "\(fault.word)"])
            }
            try await store.record(
                AuditEvent(
                    kind, .failure, actor: user?.id, subject: user?.email ?? provider.name,
                    detail: "\(provider.name): \(fault.word)", caller: caller, entropy: entropy, now: now))
            throw Failure.refused(fault)
        }
    }
}
