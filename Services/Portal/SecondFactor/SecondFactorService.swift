/// Second factors, as people set them up and sign in with them.
struct SecondFactorService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// One counts already: turn it off first.
        case alreadyEnrolled
        case notEnrolled
        /// Somebody of the user's roles must have one.
        case isRequired
        /// A ticket that enrols nobody (any more).
        case rejected
    }

    let store: SecondFactorStore
    let verifier: SecondFactorVerifier
    let policy: SecondFactorPolicy
    let opener: SessionOpener
    let login: LoginService
    /// What authenticator apps call us.
    let issuer: String
    let entropy: Entropy

    struct Standing: Sendable, Equatable {
        /// Seconds since the epoch; nil: there is none.
        var enrolledAt: Int64?
        var recoveryCodesLeft: Int
        var isRequired: Bool
        /// False for somebody who always signs in elsewhere.
        var hasPassword: Bool
    }

    /// A sign-in that waits.
    struct Waiting: Sendable, Equatable {
        var isForEnrolment: Bool
    }

    /// Nil for a ticket that is over.
    func waiting(ticket: OpaqueToken, now: Int64) async throws -> Waiting? {
        try await store.isForEnrolment(ticketHash: ticket.hash, now: now).map(Waiting.init)
    }

    func standing(of user: User) async throws -> Standing {
        let kept = try await store.standing(userID: user.id)
        return Standing(
            enrolledAt: kept.confirmedAt, recoveryCodesLeft: kept.recoveryCodesLeft,
            isRequired: policy.isRequired(of: user), hasPassword: kept.hasPassword)
    }

    /// A new seed that counts once a code of it has come (`confirm`).
    /// - Parameter password: nil for somebody who has none.
    func begin(
        for user: User, session: Session, password: Password?, caller: Caller, now: Int64
    ) async throws -> EnrolmentSeed {
        guard try await store.standing(userID: user.id).confirmedAt == nil else { throw Failure.alreadyEnrolled }
        try await login.confirm(
            user, session: session, password: password, answer: nil, refusal: .secondFactorRefused, caller: caller,
            now: now)
        return try await seed(for: user, caller: caller, now: now)
    }

    /// As above, for somebody who may not sign in before they have one.
    func begin(ticket text: String, caller: Caller, now: Int64) async throws -> EnrolmentSeed {
        try verifier.admit(caller, now: now)
        guard let ticket = OpaqueToken(.secondFactorTicket, parsing: text),
            let user = try await store.enrolling(ticketHash: ticket.hash, now: now)
        else { throw Failure.rejected }
        return try await seed(for: user, caller: caller, now: now)
    }

    private func seed(for user: User, caller: Caller, now: Int64) async throws -> EnrolmentSeed {
        let bytes = entropy.bytes(OneTimePassword.seedBytes)
        let event = AuditSource(caller: caller, entropy: entropy, now: now)
            .event(.secondFactorBegun, .success, by: user)
        guard
            try await store.begin(
                userID: user.id, sealedSeed: try store.seals.seal(seed: bytes, of: user.id), now: now, event: event)
        else { throw Failure.alreadyEnrolled }
        return EnrolmentSeed(bytes: bytes, issuer: issuer, account: user.email)
    }

    /// From now on it counts.
    /// - Returns: the recovery codes, once.
    func confirm(
        _ answer: SecondFactorAnswer, for user: User, caller: Caller, now: Int64
    ) async throws -> [RecoveryCode] {
        try await verifier.confirm(answer, of: user, caller: caller, now: now)
    }

    /// The rest of a sign-in.
    /// - Returns: the recovery codes where the ticket enrolled the account.
    func signIn(
        ticket: String, _ answer: SecondFactorAnswer, caller: Caller, now: Int64
    ) async throws -> (signedIn: SignedIn, recoveryCodes: [RecoveryCode]?) {
        let redeemed = try await verifier.redeem(ticket: ticket, answer, caller: caller, now: now)
        guard case .opened(let signedIn) = try await opener.open(redeemed.signIn, passed: redeemed.passed) else {
            throw SecondFactorVerifier.Failure.rejected
        }
        return (signedIn, redeemed.recoveryCodes)
    }

    /// - Returns: new recovery codes; the former ones open nothing any more.
    func renewRecoveryCodes(
        of user: User, session: Session, password: Password?, _ answer: SecondFactorAnswer?, caller: Caller,
        now: Int64
    ) async throws -> [RecoveryCode] {
        try await login.confirm(
            user, session: session, password: password, answer: answer, refusal: .secondFactorRefused, caller: caller,
            now: now)
        let codes = verifier.recoveryCodes()
        let event = AuditSource(caller: caller, entropy: entropy, now: now)
            .event(.recoveryCodesRenewed, .success, by: user)
        guard try await store.keep(codes, of: user.id, event: event) else { throw Failure.notEnrolled }
        return codes
    }

    func turnOff(
        for user: User, session: Session, password: Password?, _ answer: SecondFactorAnswer?, caller: Caller,
        now: Int64
    ) async throws {
        guard !policy.isRequired(of: user) else { throw Failure.isRequired }
        try await login.confirm(
            user, session: session, password: password, answer: answer, refusal: .secondFactorRefused, caller: caller,
            now: now)
        let event = AuditSource(caller: caller, entropy: entropy, now: now)
            .event(.secondFactorTurnedOff, .success, by: user)
        guard try await store.remove(userID: user.id, event: event) else { throw Failure.notEnrolled }
    }
}
