import Contracts
import Logging

/// The administrator that a platform portal begins with. Created once in the life of a database; a changed or removed
/// variable, another address or a deleted user never makes a second one, and no restart resets a password.
struct FirstAdministrator: Sendable {
    struct Account: Sendable {
        var email: EmailAddress
        var password: Password
    }

    let store: RegistrationStore
    let hasher: PasswordHasher
    let entropy: Entropy
    let logger: Logger

    /// - Parameter isPlatform: whether there should be one: customers register themselves.
    func ensure(_ account: Account?, now: Int64, isPlatform: Bool) async throws {
        guard let account else {
            if isPlatform, try await !store.hasUsers() {
                logger.warning(
                    "nobody can sign in yet: set PORTAL_ADMIN_EMAIL and PORTAL_ADMIN_PASSWORD and start again")
            }
            return
        }
        // The hash is work; most starts don't need it.
        guard try await !store.hasFirstAdministrator() else { return }
        let hash = try await hasher.withSlot { try await $0.hash(account.password) }
        let user = User(
            id: entropy.identifier(), email: account.email.text, name: "Administrator", roles: [Role.superAdmin],
            customerID: nil, tokenVersion: 0, createdAt: now, disabledAt: nil, emailVerifiedAt: now)
        let isCreated = try await store.createFirstAdministrator(
            user, email: account.email, passwordHash: hash,
            event: AuditEvent(
                id: entropy.identifier(), at: now, kind: .administratorCreated, outcome: .success, actor: nil,
                subject: user.email, address: "", requestID: "", detail: "from PORTAL_ADMIN_EMAIL"))
        if isCreated { logger.notice("first administrator created", metadata: ["user": "\(user.id)"]) }
    }
}
