/// What people do with the accounts at providers that open theirs. Each change takes the password once more, and a code where
/// there is a second factor.
struct IdentityService: Sendable {
    let store: IdentityStore
    let federated: FederatedLogin
    let login: LoginService
    let entropy: Entropy

    private var providers: [OIDCProvider] { federated.providers }

    /// What somebody shows before a change.
    struct Proof: Sendable {
        /// Nil from somebody who has none.
        var password: Password?
        var answer: SecondFactorAnswer?
    }

    /// - Returns: each with its provider; nil where that is configured no more.
    func list(of userID: String) async throws -> [(identity: LinkedIdentity, provider: OIDCProvider?)] {
        try await store.identities(of: userID).map { identity in
            (identity, providers.first { $0.issuer == identity.issuer })
        }
    }

    func remove(
        _ id: String, of user: User, session: Session, proof: Proof, caller: Caller, now: Int64
    ) async throws -> IdentityStore.Removal {
        try await confirm(user, session, proof, caller, now)
        let names = Dictionary(providers.map { ($0.issuer, $0.displayName) }) { first, _ in first }
        return try await store.remove(
            id: id, of: user.id, now: now, open: { names[$0] != nil }, name: { names[$0] ?? $0 }
        ) { [entropy] identity in
            AuditEvent(
                .identityRemoved, .success, actor: user.id, subject: user.id,
                detail: "\(identity.issuer): subject \(identity.subject)", caller: caller, entropy: entropy, now: now)
        }
    }

    /// - Parameter session: that asks, and alone may bring the answer back.
    /// - Returns: where the browser goes on to.
    func beginLink(
        to flow: CodeFlow, of user: User, session: Session, proof: Proof, browser: OpaqueToken, caller: Caller,
        now: Int64
    ) async throws -> String {
        // Nobody is sent away for what can't come to anything.
        guard user.emailVerifiedAt != nil else {
            throw FederatedLogin.Failure.refused(.account(.ownAddressUnverified))
        }
        try await confirm(user, session, proof, caller, now)
        try federated.admit(caller, now: now)
        return try await told(flow, user, caller, now) {
            try await flow.start(
                returnTo: .start, linking: LinkIntent(userID: user.id, sessionID: session.id), browser: browser,
                now: now)
        }
    }

    /// Links, and signs nobody in.
    /// - Parameter current: the browser's session as it is now.
    /// - Returns: false where it was linked before.
    func finishLink(
        _ arrival: FederatedLogin.Arrival, at flow: CodeFlow, current: WebSessions.Resolved?, caller: Caller, now: Int64
    ) async throws -> Bool {
        try await told(flow, current?.user, caller, now) {
            // Before the code is spent: the attacker's answer in a victim's browser, somebody else at the same browser, a
            // session that ended meanwhile.
            guard let intent = arrival.pending.linking, let current, intent.sessionID == current.session.id,
                intent.userID == current.user.id
            else { throw OIDCFault.sessionChanged }
            let finished = try await flow.finish(arrival.answer, of: arrival.pending, now: now)
            let person: ProvenPerson
            do throws(AccountFault) {
                person = try ProvenPerson(
                    finished.token, profile: finished.profile, text: finished.text, of: flow.provider)
            } catch {
                throw OIDCFault.account(error)
            }
            let outcome = try await store.link(
                IdentityStore.Link(
                    person: person, intent: intent, identityID: entropy.identifier(),
                    providerName: flow.provider.displayName,
                    event: { [entropy] user in
                        AuditEvent(
                            .identityLinked, .success, actor: user.id, subject: user.email,
                            detail: "\(flow.provider.name): subject \(person.subject), by hand", caller: caller,
                            entropy: entropy, now: now)
                    }, now: now))
            switch outcome {
            case .linked: return true
            case .known: return false
            case .refused(let fault): throw OIDCFault.account(fault)
            case .replayed: throw OIDCFault.idToken(.replayed)
            case .sessionEnded: throw OIDCFault.sessionChanged
            }
        }
    }

    private func confirm(
        _ user: User, _ session: Session, _ proof: Proof, _ caller: Caller, _ now: Int64
    ) async throws {
        try await login.confirm(
            user, session: session, password: proof.password, answer: proof.answer, refusal: .identityChangeRefused,
            caller: caller, now: now)
    }

    private func told<T>(
        _ flow: CodeFlow, _ user: User?, _ caller: Caller, _ now: Int64, _ work: () async throws -> T
    ) async throws -> T {
        try await federated.told(
            flow.provider, as: .identityLinkRefused, by: user, caller: caller, now: now, work)
    }
}
