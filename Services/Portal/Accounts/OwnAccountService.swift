/// What a signed-in person changes about their own account; each time with their password, and a code
/// where they have a second factor (`LoginService.confirm`).
struct OwnAccountService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// Field → what is wrong with it.
        case invalid([String: String])
        /// The password was changed meanwhile, or the account disabled.
        case overtaken
        /// There is no way to send a mail.
        case noMail
    }

    let login: LoginService
    let store: AccountStore
    let hasher: PasswordHasher
    let passwords: PasswordCheck
    let canSend: Bool
    let entropy: Entropy

    /// The other sessions of the account end.
    /// - Parameter session: the one that asks.
    func changePassword(
        of user: User, session: Session, from old: Password?, to new: Password,
        answer: SecondFactorAnswer? = nil, caller: Caller, now: Int64
    ) async throws {
        var faults: [String: String] = [:]
        if let violation = try await passwords.violation(of: new, for: EmailAddress(user.email)) {
            faults["new_password"] = violation.advice
        } else if old == new {
            faults["new_password"] = "is the one that you have"
        }
        guard faults.isEmpty else { throw Failure.invalid(faults) }
        guard let verified = try await store.credential(userID: user.id)?.passwordHash else {
            throw Failure.overtaken
        }
        try await login.confirm(
            user, session: session, password: old, answer: answer, refusal: .passwordChangeRefused, caller: caller,
            now: now)
        let hash: String
        do {
            hash = try await hasher.withSlot { try await $0.hash(new) }
        } catch is PasswordHasher.Busy {
            throw LoginService.Failure.busy
        }
        let isChanged = try await store.changePassword(
            of: user.id, keeping: session.id, verified: verified, hash: hash,
            event: AuditEvent(
                .passwordChanged, .success, actor: user.id, subject: user.email, detail: "other sessions ended",
                caller: caller, entropy: entropy, now: now), now: now)
        guard isChanged else { throw Failure.overtaken }
    }

    /// Mails a link to the new address; until it is followed nothing is changed.
    func askForEmailChange(
        of user: User, session: Session, to typed: String, password: Password?, answer: SecondFactorAnswer? = nil,
        caller: Caller, now: Int64
    ) async throws {
        guard canSend else { throw Failure.noMail }
        guard let email = EmailAddress(typed) else {
            throw Failure.invalid(["email": "must be an email address of at most 254 ASCII characters"])
        }
        guard email.text != user.email else { throw Failure.invalid(["email": "is the one that you have"]) }
        try await login.confirm(
            user, session: session, password: password, answer: answer, refusal: .emailChangeRefused, caller: caller,
            now: now)
        try await store.askForEmailChange(
            of: user, to: email, token: OpaqueToken(.link, entropy: entropy),
            event: AuditEvent(
                .emailChangeAsked, .success, actor: user.id, subject: user.email, detail: "to \(email.text)",
                caller: caller, entropy: entropy, now: now), now: now)
    }
}
