import Contracts
import Foundation
import Logging
import Secrets

/// What people do about their own account without, or before, being signed in: verify an address, set a password anew.
final class AccountService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// The link is none of ours, used, or too old: which one is not told.
        case badLink
        /// Field → what is wrong with it.
        case invalid([String: String])
        case wrongPassword
        /// Seconds until the next attempt.
        case tooManyAttempts(retryAfter: Int)
        case busy
        /// There is no way to send a mail.
        case noMail
    }

    private let store: AccountStore
    private let links: AccountLinkStore
    private let hasher: PasswordHasher
    private let passwords: PasswordCheck
    private let providers: [OIDCProvider]
    private let canSend: Bool
    private let entropy: Entropy
    private let asking: RateLimiter
    private let following: RateLimiter

    /// - Parameters:
    ///   - providers: whose accounts may be linked, for letters.
    ///   - canSend: whether mails leave this portal.
    ///   - perAddress: letters that one client address may ask for a minute, and links that it may follow.
    init(
        store: AccountStore, links: AccountLinkStore, hasher: PasswordHasher, passwords: PasswordCheck,
        providers: [OIDCProvider], canSend: Bool, perAddress: Int, entropy: Entropy
    ) {
        self.store = store
        self.links = links
        self.hasher = hasher
        self.passwords = passwords
        self.providers = providers
        self.canSend = canSend
        self.entropy = entropy
        asking = RateLimiter(perMinute: perAddress)
        following = RateLimiter(perMinute: perAddress)
    }

    /// Mails a link to that address, where it has an account; nothing here tells whether it has.
    func forgotPassword(email typed: String, caller: Caller, now: Int64) async throws {
        guard canSend else { throw Failure.noMail }
        try limit(asking, caller, now)
        guard let email = EmailAddress(typed) else {
            throw Failure.invalid(["email": "must be an email address of at most 254 ASCII characters"])
        }
        try await store.askForReset(
            email, token: OpaqueToken(.link, entropy: entropy),
            event: AuditEvent(
                .passwordResetAsked, .success, subject: email.text, caller: caller, entropy: entropy, now: now),
            now: now)
    }

    /// Sets a new password by a link. All sessions of the account end, and accounts at providers that were linked by hand
    /// open it no more (docs/decisions/0030-oidc-account-linking.md).
    /// - Returns: how many were unlinked.
    @discardableResult
    func resetPassword(link text: String, password: Password, caller: Caller, now: Int64) async throws -> Int {
        try limit(following, caller, now)
        guard let token = OpaqueToken(.link, parsing: text),
            let link = try await links.find(token, .resetPassword, now: now),
            let user = try await store.user(id: link.subject)
        else { throw Failure.badLink }
        try await check(password, for: EmailAddress(link.email))
        let hash = try await withSlot { try await $0.hash(password) }
        let unlinked = try await store.reset(
            AccountStore.Reset(
                token: token, passwordHash: hash, account: LoginService.accountKey(user.email),
                registration: try registration(of: user, now: now),
                event: AuditEvent(
                    .passwordReset, .success, actor: user.id, subject: user.email, caller: caller, entropy: entropy,
                    now: now),
                unlinked: { [entropy] identity in
                    AuditEvent(
                        .identityRemoved, .success, actor: user.id, subject: user.id,
                        detail: "password set by mail; \(identity.issuer): subject \(identity.subject)", caller: caller,
                        entropy: entropy, now: now)
                },
                providerName: { [providers] issuer in
                    providers.first { $0.issuer == issuer }?.displayName ?? issuer
                }),
            now: now)
        guard let unlinked else { throw Failure.badLink }
        return unlinked.count
    }

    /// Finishes a registration. The password is asked for once more: the link proves whose the address is, and the
    /// password that this is who registered, so that nobody's account gets another's password by a click on a link.
    func verifyEmail(link text: String, password: Password, caller: Caller, now: Int64) async throws -> User {
        try limit(following, caller, now)
        guard let token = OpaqueToken(.link, parsing: text),
            let link = try await links.find(token, .verifyEmail, now: now),
            let credential = try await store.credential(userID: link.subject), credential.user.disabledAt == nil
        else { throw Failure.badLink }
        guard try await withSlot({ try await $0.verify(password, against: credential.passwordHash) }) else {
            throw Failure.wrongPassword
        }
        let user = credential.user
        guard let registration = try registration(of: user, now: now) else { throw Failure.badLink }
        let isDone = try await store.verify(
            token, credential, registration: registration,
            event: AuditEvent(
                .emailVerified, .success, actor: user.id, subject: user.email,
                detail: user.customerID.map { "customer \($0)" } ?? "", caller: caller, entropy: entropy, now: now),
            now: now)
        guard isDone else { throw Failure.badLink }
        return user
    }

    /// One more link for somebody who gave the right password of an account that waits.
    func sendVerification(_ user: User, now: Int64) async throws {
        guard canSend, let email = EmailAddress(user.email) else { return }
        try await store.sendVerification(
            user, email: email, token: OpaqueToken(.link, entropy: entropy), now: now)
    }

    /// Confirms a new address by the link that was mailed to it.
    func confirmEmail(link text: String, caller: Caller, now: Int64) async throws {
        try limit(following, caller, now)
        guard let token = OpaqueToken(.link, parsing: text),
            try await store.changeEmail(
                token,
                event: { [entropy] user, new in
                    AuditEvent(
                        .emailChanged, .success, actor: user.id, subject: user.id, detail: "\(user.email) → \(new)",
                        caller: caller, entropy: entropy, now: now)
                }, now: now)
        else { throw Failure.badLink }
    }

    private func limit(_ limiter: RateLimiter, _ caller: Caller, _ now: Int64) throws(Failure) {
        if let wait = limiter.take(caller.address.limitKey, now: now) {
            throw .tooManyAttempts(retryAfter: wait)
        }
    }

    private func check(_ password: Password, for email: EmailAddress?) async throws {
        if let violation = try await passwords.violation(of: password, for: email) {
            throw Failure.invalid(["password": violation.advice])
        }
    }

    private func withSlot<T: Sendable>(
        _ work: @Sendable (PasswordHasher.Slot) async throws -> T
    ) async throws -> T {
        do {
            return try await hasher.withSlot { try await work($0) }
        } catch is PasswordHasher.Busy {
            throw Failure.busy
        }
    }

    /// What tells the plant of its customer; nil for who is none.
    private func registration(of user: User, now: Int64) throws -> OutboxMessage? {
        guard user.pendingSince != nil, let customerID = user.customerID else { return nil }
        return try OutboxMessage(
            CustomerRegistration(
                eventID: entropy.identifier(), userID: user.id, customerID: customerID, email: user.email,
                name: user.name, registeredAt: now))
    }
}

extension OutboxMessage {
    init(_ registration: CustomerRegistration) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(
            eventID: registration.eventID, payload: String(decoding: try encoder.encode(registration), as: UTF8.self))
    }
}
