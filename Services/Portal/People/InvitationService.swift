/// Asking people in, and coming in by such a link.
final class InvitationService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// The link is none of ours, used, revoked, or too old: which one is not told.
        case badLink
        /// Field → what is wrong with it.
        case invalid([String: String])
        /// Seconds until the next attempt.
        case tooManyAttempts(retryAfter: Int)
        case busy
        case noMail
    }

    private let store: InvitationStore
    private let hasher: PasswordHasher
    private let passwords: PasswordCheck
    private let canSend: Bool
    private let entropy: Entropy
    private let following: RateLimiter

    /// - Parameters:
    ///   - canSend: whether mails leave this portal.
    ///   - perAddress: links that one client address may follow a minute.
    init(
        store: InvitationStore, hasher: PasswordHasher, passwords: PasswordCheck, canSend: Bool, perAddress: Int,
        entropy: Entropy
    ) {
        self.store = store
        self.hasher = hasher
        self.passwords = passwords
        self.canSend = canSend
        self.entropy = entropy
        following = RateLimiter(perMinute: perAddress)
    }

    func invite(
        email typed: String, roles: [String], by actorID: String, caller: Caller, now: Int64
    ) async throws -> Invitation {
        guard canSend else { throw Failure.noMail }
        guard let email = EmailAddress(typed) else {
            throw Failure.invalid(["email": "must be an email address of at most 254 ASCII characters"])
        }
        let id = entropy.identifier()
        return try await store.create(
            Invitation(
                id: id, email: email.text, roles: roles, customerID: nil, invitedBy: actorID, createdAt: now,
                expiresAt: now + AccountLinkPurpose.invitation.lifetime),
            email: email, token: OpaqueToken(.link, entropy: entropy),
            event: AuditEvent(
                .invited, .success, actor: actorID, subject: email.text,
                detail: "invitation \(id) as \(roles.joined(separator: " "))", caller: caller, entropy: entropy,
                now: now))
    }

    func list(for actorID: String, limit: Int, offset: Int) async throws -> (invitations: [Invitation], total: Int) {
        try await store.list(for: actorID, limit: limit, offset: offset)
    }

    func revoke(_ id: String, by actorID: String, caller: Caller, now: Int64) async throws {
        try await store.revoke(
            id, by: actorID,
            event: AuditEvent(
                .invitationRevoked, .success, actor: actorID, subject: BoundedText.line(id, maximumBytes: 128),
                caller: caller, entropy: entropy, now: now), now: now)
    }

    /// Whom a link invites; for the page that it leads to.
    func invited(by text: String, caller: Caller, now: Int64) async throws -> Invitation {
        try limit(caller, now)
        guard let token = OpaqueToken(.link, parsing: text), let invitation = try await store.find(token, now: now)
        else { throw Failure.badLink }
        return invitation
    }

    func accept(link text: String, name: String, password: Password, caller: Caller, now: Int64) async throws -> User {
        try limit(caller, now)
        guard let token = OpaqueToken(.link, parsing: text), let invitation = try await store.find(token, now: now)
        else { throw Failure.badLink }
        var faults: [String: String] = [:]
        let personName = PersonName(name)
        if personName == nil {
            faults["name"] = "must be 1 to \(PersonName.maximumCharacters) characters of plain text"
        }
        if let violation = try await passwords.violation(of: password, for: EmailAddress(invitation.email)) {
            faults["password"] = violation.advice
        }
        guard let personName, faults.isEmpty else { throw Failure.invalid(faults) }
        let hash: String
        do {
            hash = try await hasher.withSlot { try await $0.hash(password) }
        } catch is PasswordHasher.Busy {
            throw Failure.busy
        }
        let draft = User(
            id: entropy.identifier(), email: invitation.email, name: personName.text, roles: invitation.roles,
            customerID: nil, tokenVersion: 0, createdAt: now, disabledAt: nil)
        let user = try await store.accept(
            token, draft: draft, passwordHash: hash,
            event: { [entropy] user, invitation in
                AuditEvent(
                    .invitationAccepted, .success, actor: user.id, subject: user.email,
                    detail: "invitation \(invitation.id) of \(invitation.invitedBy)", caller: caller, entropy: entropy,
                    now: now)
            }, now: now)
        guard let user else { throw Failure.badLink }
        return user
    }

    private func limit(_ caller: Caller, _ now: Int64) throws(Failure) {
        if let wait = following.take(caller.address.limitKey, now: now) {
            throw .tooManyAttempts(retryAfter: wait)
        }
    }
}
