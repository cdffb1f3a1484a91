import Contracts

/// `POST /api/v1/auth/register` at a customer portal: an account here, and, through the outbox, a customer at the plant.
///
/// Where addresses are verified (`REGISTER_VERIFY_EMAIL`), the account waits for the link in a mail, the plant hears of
/// it then, and a taken address is answered like a free one: its owner learns of it by mail.
final class RegistrationService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// Field → what is wrong with it.
        case invalid([String: String])
        case emailTaken
        /// Seconds until the next attempt.
        case tooManyAttempts(retryAfter: Int)
        case busy
        /// Addresses are to be verified, and there is no way to send a mail.
        case noMail
    }

    enum Outcome: Sendable, Equatable {
        case registered(User)
        /// A mail is under way, to whoever has the address.
        case mailed
    }

    enum Verification: Sendable {
        /// The address is believed.
        case none
        /// - Parameter canSend: whether mails leave this portal.
        case byMail(canSend: Bool)
    }

    private let store: RegistrationStore
    private let hasher: PasswordHasher
    private let passwords: PasswordCheck
    private let verification: Verification
    private let entropy: Entropy
    private let addresses: RateLimiter

    init(
        store: RegistrationStore, hasher: PasswordHasher, passwords: PasswordCheck = PasswordCheck(),
        verification: Verification = .none, perAddress: Int, entropy: Entropy
    ) {
        self.store = store
        self.hasher = hasher
        self.passwords = passwords
        self.verification = verification
        self.entropy = entropy
        addresses = RateLimiter(perMinute: perAddress)
    }

    func register(email: String, password: Password, name: String, caller: Caller, now: Int64) async throws -> Outcome {
        if let wait = addresses.take(caller.address.limitKey, now: now) {
            PortalMetrics.registration("rate_limited")
            throw Failure.tooManyAttempts(retryAfter: wait)
        }
        if case .byMail(canSend: false) = verification { throw Failure.noMail }
        let (address, personName) = try await validated(email: email, password: password, name: name)
        let customerID = entropy.identifier()
        var user = User(
            id: entropy.identifier(), email: address.text, name: personName.text, roles: [Role.customer],
            customerID: customerID, tokenVersion: 0, createdAt: now, disabledAt: nil)
        // Hashed whether or not the address is free: a taken one is answered no faster than a free one.
        let hash: String
        do {
            hash = try await hasher.withSlot { try await $0.hash(password) }
        } catch is PasswordHasher.Busy {
            throw Failure.busy
        }
        if case .byMail = verification {
            user.pendingSince = now
            try await store.registerPending(
                user, email: address, passwordHash: hash, token: OpaqueToken(.link, entropy: entropy),
                event: AuditEvent(
                    .registrationAsked, .success, subject: user.email, caller: caller, entropy: entropy, now: now))
            PortalMetrics.registration("mailed")
            return .mailed
        }
        let message = try OutboxMessage(
            CustomerRegistration(
                eventID: entropy.identifier(), userID: user.id, customerID: customerID, email: user.email,
                name: user.name, registeredAt: now))
        do {
            try await store.register(
                user, passwordHash: hash, message: message,
                event: AuditEvent(
                    .registered, .success, actor: user.id, subject: user.email,
                    detail: "customer \(customerID)", caller: caller, entropy: entropy, now: now))
        } catch RegistrationStore.Taken.email {
            PortalMetrics.registration("conflict")
            throw Failure.emailTaken
        }
        PortalMetrics.registration("success")
        return .registered(user)
    }

    private func validated(
        email: String, password: Password, name: String
    ) async throws -> (EmailAddress, PersonName) {
        var faults: [String: String] = [:]
        let address = EmailAddress(email)
        if address == nil { faults["email"] = "must be an email address of at most 254 ASCII characters" }
        let personName = PersonName(name)
        if personName == nil {
            faults["name"] = "must be 1 to \(PersonName.maximumCharacters) characters of plain text"
        }
        if let violation = try await passwords.violation(of: password, for: address) {
            faults["password"] = violation.advice
        }
        guard let address, let personName, faults.isEmpty else { throw Failure.invalid(faults) }
        return (address, personName)
    }
}
