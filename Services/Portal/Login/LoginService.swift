import Crypto
import Logging
import Secrets

/// Email and password for a session.
///
/// Nothing in an answer, its timing or its side effects tells whether an account exists: an unknown one is counted,
/// limited, locked, and pays for an Argon2 verification like any other. (One difference is left: an account whose hash
/// has outdated parameters takes as long as those take, until its next login.)
final class LoginService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// Wrong password, unknown account, disabled account: one answer.
        case invalidCredentials
        /// Too many attempts; seconds until the next.
        case tooManyAttempts(retryAfter: Int)
        /// Every place before the password hasher is taken.
        case busy
        /// The password is right, and not enough. No ticket for somebody who is signed in: they send both at once.
        case secondFactorNeeded(SecondFactorTicket?)
        case secondFactorRejected
        /// The password is right, and the account waits for its address to be verified. One more link was mailed.
        case unverified
        /// Somebody with neither password nor second factor can show one thing alone: a sign-in of just now.
        case signInAgain
    }

    /// Seconds for which a sign-in is one of just now.
    static let freshness: Int64 = 900

    private let store: LoginStore
    private let hasher: PasswordHasher
    private let opener: SessionOpener
    private let secondFactors: SecondFactorVerifier
    private let limits: LoginLimits
    private let entropy: Entropy
    private let logger: Logger
    private let sendVerification: @Sendable (User, Int64) async throws -> Void
    private let addresses: RateLimiter
    private let accounts: RateLimiter

    init(
        store: LoginStore, hasher: PasswordHasher, opener: SessionOpener, secondFactors: SecondFactorVerifier,
        limits: LoginLimits, entropy: Entropy, logger: Logger,
        sendVerification: @escaping @Sendable (User, _ now: Int64) async throws -> Void = { _, _ in }
    ) {
        self.sendVerification = sendVerification
        self.store = store
        self.hasher = hasher
        self.opener = opener
        self.secondFactors = secondFactors
        self.limits = limits
        self.entropy = entropy
        self.logger = logger
        addresses = RateLimiter(perMinute: limits.perAddress)
        accounts = RateLimiter(perMinute: limits.perAccount)
    }

    /// - Parameters:
    ///   - email: as typed; what is no address fails like a wrong password.
    ///   - replaces: a browser's session that the new one takes the place of.
    func login(
        email typed: String, password: Password, kind: Session.Kind, replaces: String? = nil, caller: Caller,
        now: Int64
    ) async throws -> SignedIn {
        let attempt = try await admitted(typed, password, caller: caller, now: now)
        return try await withSlot { slot in
            // Another sign-in may put a stronger hash in the place of the one that was verified.
            for _ in 1...2 {
                if let signedIn = try await self.open(attempt, kind, replaces: replaces, slot: slot) { return signedIn }
            }
            throw Failure.invalidCredentials
        }
    }

    /// The password once more of somebody who is signed in, and a code where they have a second factor, before something
    /// that a session alone does not open. Wrong ones count like wrong ones at the login: here is no second place to
    /// guess. Whoever has neither must have signed in of late: a session that was left open somewhere opens no more than
    /// a session does.
    /// - Parameters:
    ///   - session: that asks.
    ///   - password: nil for somebody who has none.
    ///   - answer: nil where none came.
    ///   - refusal: what the audit trail calls a wrong password.
    ///   - grant: what a right one brings, and what the audit trail says of it.
    func confirm<T: Sendable>(
        _ user: User, session: Session, password: Password?, answer: SecondFactorAnswer?, refusal: AuditEvent.Kind,
        caller: Caller, now: Int64, grant: @Sendable () async throws -> (T, AuditEvent?)
    ) async throws -> T {
        let attempt = try await admitted(user.email, password, caller: caller, now: now)
        return try await withSlot { slot in
            let credential = try await self.check(attempt, failure: refusal, slot: slot)
            guard credential.user.id == user.id else { throw Failure.invalidCredentials }
            let hasSecondFactor = try await self.check(answer, of: user, caller, now)
            guard hasSecondFactor || !credential.passwordHash.isEmpty || now - session.createdAt <= Self.freshness
            else {
                try await self.store.fail([
                    AuditEvent(
                        refusal, .failure, actor: user.id, subject: user.email,
                        detail: "neither password nor second factor, and no sign-in of late", caller: caller,
                        entropy: self.entropy, now: now)
                ])
                throw Failure.signInAgain
            }
            let (value, event) = try await grant()
            guard try await self.store.confirm(account: attempt.account, user: user.id, event: event) else {
                throw Failure.invalidCredentials
            }
            PortalMetrics.login("confirmed")
            return value
        }
    }

    /// As above, for what tells the audit trail itself.
    func confirm(
        _ user: User, session: Session, password: Password?, answer: SecondFactorAnswer?, refusal: AuditEvent.Kind,
        caller: Caller, now: Int64
    ) async throws {
        try await confirm(
            user, session: session, password: password, answer: answer, refusal: refusal, caller: caller, now: now
        ) { ((), nil) }
    }

    /// - Returns: whether there is one, which the answer fits.
    private func check(
        _ answer: SecondFactorAnswer?, of user: User, _ caller: Caller, _ now: Int64
    ) async throws -> Bool {
        do {
            return try await secondFactors.check(answer, of: user, caller: caller, now: now)
        } catch let failure as SecondFactorVerifier.Failure {
            switch failure {
            case .missing: throw Failure.secondFactorNeeded(nil)
            case .rejected: throw Failure.secondFactorRejected
            case .tooManyAttempts(let retryAfter): throw Failure.tooManyAttempts(retryAfter: retryAfter)
            }
        }
    }

    private func admitted(
        _ typed: String, _ password: Password?, caller: Caller, now: Int64
    ) async throws -> Attempt {
        let email = EmailAddress(typed)
        if let wait = addresses.take(caller.address.limitKey, now: now) { throw limited(wait) }
        let account = try await accountKey(email, typed: typed, caller: caller)
        if let wait = accounts.take(account, now: now) { throw limited(wait) }
        return Attempt(email: email, account: account, password: password, caller: caller, now: now)
    }

    private func withSlot<T: Sendable>(
        _ work: @Sendable (PasswordHasher.Slot) async throws -> T
    ) async throws -> T {
        do {
            return try await hasher.withSlot { try await work($0) }
        } catch is PasswordHasher.Busy {
            PortalMetrics.login("busy")
            throw Failure.busy
        }
    }

    private func limited(_ wait: Int) -> Failure {
        PortalMetrics.login("rate_limited")
        return .tooManyAttempts(retryAfter: wait)
    }

    /// Which counters an attempt is held to. Everybody shares those of the account, except at an address from which its
    /// owner has signed in of late: that has its own. Else four wrong passwords an hour from anywhere, sent for ever,
    /// would keep the owner out for ever.
    private func accountKey(_ email: EmailAddress?, typed: String, caller: Caller) async throws -> String {
        guard let email else {
            return Self.accountKey(BoundedText.line(typed, maximumBytes: EmailAddress.maximumBytes))
        }
        let isFamiliar = try await store.hasSignedIn(email, from: caller.address)
        // No address has a line break in it: this is no other account's name.
        return Self.accountKey(isFamiliar ? "\(email.text)\n\(caller.address.limitKey)" : email.text)
    }

    private struct Attempt {
        var email: EmailAddress?
        var account: String
        /// Nil: of somebody who is signed in and has none.
        var password: Password?
        var caller: Caller
        var now: Int64
        /// What the audit trail calls it. People type passwords into the wrong field: what is no address is not kept.
        var subject: String { email?.text ?? "(not an email address)" }
    }

    private func check(
        _ attempt: Attempt, failure: AuditEvent.Kind = .loginFailed, slot: PasswordHasher.Slot
    ) async throws -> Credential {
        let beginsRest: Bool
        switch try await store.begin(account: attempt.account, limits: limits.lockout, now: attempt.now) {
        case .refuse(let retryAfter):
            PortalMetrics.login("locked")
            throw Failure.tooManyAttempts(retryAfter: Int(retryAfter))
        case .proceed(let begins):
            beginsRest = begins
        }
        let credential: Credential? =
            if let email = attempt.email { try await store.credential(email) } else { nil }
        let matches = try await matches(attempt.password, credential, slot)
        guard matches, let credential, credential.user.disabledAt == nil else {
            try await fail(attempt, failure, credential: credential, matches: matches, beginsRest: beginsRest)
            throw Failure.invalidCredentials
        }
        return credential
    }

    /// An account without a password verifies against nothing, at the cost of an unknown one. It is confirmed without
    /// one by whoever has its session.
    private func matches(
        _ password: Password?, _ credential: Credential?, _ slot: PasswordHasher.Slot
    ) async throws -> Bool {
        let hash = credential?.passwordHash ?? ""
        guard let password else { return credential != nil && hash.isEmpty }
        return try await slot.verify(password, against: hash.isEmpty ? nil : hash)
    }

    /// Nil where what was verified is the account's password no more.
    private func open(
        _ attempt: Attempt, _ kind: Session.Kind, replaces: String?, slot: PasswordHasher.Slot
    ) async throws -> SignedIn? {
        let credential = try await check(attempt, slot: slot)
        guard credential.user.pendingSince == nil else {
            try await sendVerification(credential.user, attempt.now)
            PortalMetrics.login("unverified")
            throw Failure.unverified
        }
        var renewed: String?
        if let password = attempt.password, slot.isOutdated(credential.passwordHash) {
            renewed = try await slot.hash(password)
        }
        let outcome = try await opener.open(
            SignIn(
                user: credential.user, method: .password, kind: kind, replaces: replaces, account: attempt.account,
                verifiedHash: credential.passwordHash, renewedHash: renewed, caller: attempt.caller, now: attempt.now))
        switch outcome {
        case .opened(let signedIn): return signedIn
        case .secondFactorNeeded(let ticket): throw Failure.secondFactorNeeded(ticket)
        case .accountClosed: return nil
        }
    }

    private func fail(
        _ attempt: Attempt, _ kind: AuditEvent.Kind, credential: Credential?, matches: Bool, beginsRest: Bool
    ) async throws {
        PortalMetrics.login("failure")
        let reason = credential == nil ? "unknown account" : matches ? "disabled account" : "wrong password"
        var events = [
            AuditEvent(
                kind, .failure, actor: credential?.user.id, subject: attempt.subject, detail: reason,
                caller: attempt.caller, entropy: entropy, now: attempt.now)
        ]
        if beginsRest {
            logger.warning(
                "too many failed logins; the account rests",
                metadata: ["address": "\(attempt.caller.address.text)"])
            events.append(
                AuditEvent(
                    .loginLocked, .failure, actor: credential?.user.id, subject: attempt.subject,
                    caller: attempt.caller, entropy: entropy, now: attempt.now))
        }
        try await store.fail(events)
    }

    /// Names an account in limits and counters without spelling it: what people type by mistake is not stored.
    static func accountKey(_ email: String) -> String {
        Base64URL.encode(SHA256.hash(data: Array("lockstep/portal/account/v1\n\(email)".utf8)))
    }
}
