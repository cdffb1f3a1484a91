import Contracts
import Foundation

/// `POST /api/v1/auth/register` at a customer portal: an account here, and, through the outbox, a customer at the plant.
final class RegistrationService: Sendable {
    enum Failure: Error, Equatable, Sendable {
        /// Field → what is wrong with it.
        case invalid([String: String])
        case emailTaken
        /// Seconds until the next attempt.
        case tooManyAttempts(retryAfter: Int)
        case busy
    }

    private let store: RegistrationStore
    private let hasher: PasswordHasher
    private let entropy: Entropy
    private let addresses: RateLimiter

    init(store: RegistrationStore, hasher: PasswordHasher, perAddress: Int, entropy: Entropy) {
        self.store = store
        self.hasher = hasher
        self.entropy = entropy
        addresses = RateLimiter(perMinute: perAddress)
    }

    func register(email: String, password: Password, name: String, caller: Caller, now: Int64) async throws -> User {
        if let wait = addresses.take(caller.address.limitKey, now: now) {
            PortalMetrics.registration("rate_limited")
            throw Failure.tooManyAttempts(retryAfter: wait)
        }
        let (address, personName) = try Self.validated(email: email, password: password, name: name)
        let customerID = entropy.identifier()
        let user = User(
            id: entropy.identifier(), email: address.text, name: personName.text, roles: [Role.customer],
            customerID: customerID, tokenVersion: 0, createdAt: now, disabledAt: nil)
        let message = CustomerRegistration(
            eventID: entropy.identifier(), userID: user.id, customerID: customerID, email: user.email,
            name: user.name, registeredAt: now)
        // Hashed whether or not the address is free: the 409 below says that it is taken, as it must (there is no
        // mail to say it in private yet), but no faster than a success, and no more often than the limit allows.
        let hash: String
        do {
            hash = try await hasher.withSlot { try await $0.hash(password) }
        } catch is PasswordHasher.Busy {
            throw Failure.busy
        }
        do {
            try await store.register(
                user, passwordHash: hash, eventID: message.eventID, payload: Self.json(message),
                event: AuditEvent(
                    .registered, .success, actor: user.id, subject: user.email,
                    detail: "customer \(customerID)", caller: caller, entropy: entropy, now: now))
        } catch RegistrationStore.Taken.email {
            PortalMetrics.registration("conflict")
            throw Failure.emailTaken
        }
        PortalMetrics.registration("success")
        return user
    }

    private static func validated(
        email: String, password: Password, name: String
    ) throws(Failure) -> (EmailAddress, PersonName) {
        var faults: [String: String] = [:]
        let address = EmailAddress(email)
        if address == nil { faults["email"] = "must be an email address of at most 254 ASCII characters" }
        let personName = PersonName(name)
        if personName == nil {
            faults["name"] = "must be 1 to \(PersonName.maximumCharacters) characters of plain text"
        }
        do {
            try PasswordPolicy.check(password, for: address)
        } catch {
            faults["password"] = error.advice
        }
        guard let address, let personName, faults.isEmpty else { throw .invalid(faults) }
        return (address, personName)
    }

    private static func json(_ message: CustomerRegistration) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(message), as: UTF8.self)
    }
}
