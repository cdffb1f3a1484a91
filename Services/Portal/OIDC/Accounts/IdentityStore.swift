import Contracts
import Storage

/// Which account a proven person opens (docs/decisions/0030-oidc-account-linking.md).
struct IdentityStore: Sendable {
    let database: any Database
    private let revocations: Revocations
    let post: PostOffice

    init(database: any Database, revocations: Revocations, post: PostOffice) {
        self.database = database
        self.revocations = revocations
        self.post = post
    }

    /// What may become of a person, and what is written down of it.
    struct Admission: Sendable {
        var person: ProvenPerson
        /// Whether a verified address opens the account of that address.
        var linksAccounts: Bool
        /// Whether accounts come into being without anybody but their maker vouching for the address.
        var hasSelfRegistration: Bool
        var newcomer: Newcomer?
        /// Of the identity, if it becomes one.
        var identityID: String
        /// - Returns: what the audit trail gets.
        var event: @Sendable (AuditEvent.Kind, User) -> AuditEvent
        /// Seconds since the epoch.
        var now: Int64
        /// As the settings call it, for letters.
        var providerName: String
    }

    enum Outcome: Sendable, Equatable {
        case user(User)
        case refused(AccountFault)
        /// The ID token counted before.
        case replayed
    }

    func admit(_ admission: Admission) async throws -> Outcome {
        let (person, now) = (admission.person, admission.now)
        return try await database.write { transaction in
            guard
                try await IdentityRows.useToken(
                    hash: person.tokenHash, expiresAt: person.tokenExpiresAt, transaction)
            else { return .replayed }
            if let known = try await IdentityRows.find(
                issuer: person.issuer, subject: person.subject, transaction),
                let user = try await UserRows.find(id: known.userID, transaction)
            {
                guard user.disabledAt == nil else { return .refused(.disabled) }
                // The account is found by issuer and subject alone: addresses change hands.
                try await IdentityRows.markUse(
                    id: known.id, email: person.email?.text ?? "", now: now, transaction)
                return .user(user)
            }
            guard let email = person.email else { return .refused(.emailMissing) }
            guard person.isEmailVerified else { return .refused(.emailUnverified) }
            if let found = try await UserRows.credential(email: email, transaction)?.user {
                return try await join(found, admission, transaction)
            }
            guard let newcomer = admission.newcomer else { return .refused(.unknown) }
            return try await create(newcomer, admission, transaction)
        }
    }

    private func join(
        _ user: User, _ admission: Admission, _ transaction: any SQLTransaction
    ) async throws -> Outcome {
        guard user.disabledAt == nil else { return .refused(.disabled) }
        guard admission.linksAccounts,
            try await IdentityRows.all(of: user.id, transaction).count < IdentityRows.maximumPerUser
        else { return .refused(.linkingOff) }
        var user = user
        if admission.hasSelfRegistration,
            try await UserRows.emailVerifiedAt(id: user.id, transaction) == nil
        {
            user.tokenVersion = try await reclaim(user, admission, transaction)
        }
        // An account that waited for its address to be verified waits no longer, and the plant hears of its customer.
        if try await UserRows.verifyEmail(id: user.id, now: admission.now, transaction) {
            user.pendingSince = nil
            if let customerID = user.customerID {
                let message = try OutboxMessage(
                    CustomerRegistration(
                        eventID: admission.identityID, userID: user.id, customerID: customerID, email: user.email,
                        name: user.name, registeredAt: admission.now))
                try await OutboxRows.insert(
                    eventID: message.eventID, payload: message.payload, now: admission.now, transaction)
            }
        }
        try await link(user, admission, transaction)
        return .user(user)
    }

    /// Whoever made this account never showed that the address is theirs, and somebody else just did: they may have made
    /// it to be there first. Nothing that they hold opens it from now on.
    /// - Returns: the new token version.
    private func reclaim(
        _ user: User, _ admission: Admission, _ transaction: any SQLTransaction
    ) async throws -> Int64 {
        try await UserRows.removeCredentials(id: user.id, transaction)
        try await IdentityRows.removeAll(of: user.id, transaction)
        // Theirs too: it would lock the owner out.
        _ = try await SecondFactorRows.remove(userID: user.id, transaction)
        // One that changes the address would take the account back.
        for purpose in AccountLinkPurpose.allCases where purpose != .invitation {
            try await AccountLinkRows.void(purpose, subject: user.id, now: admission.now, transaction)
        }
        _ = try await SessionRows.endAll(
            userID: user.id, reason: .reclaimed, now: admission.now, transaction)
        let version = try await UserRows.raiseTokenVersion(id: user.id, transaction) ?? user.tokenVersion
        try await revocations.sessionsEnded(
            of: user.id, tokenVersion: version, now: admission.now, transaction)
        try await AuditRows.insert(admission.event(.accountReclaimed, user), transaction)
        if let email = EmailAddress(user.email) {
            try await post.post(
                Letter(.accountReclaimed, to: email, detail: admission.providerName), limited: false,
                now: admission.now, transaction)
        }
        return version
    }

    private func create(
        _ newcomer: Newcomer, _ admission: Admission, _ transaction: any SQLTransaction
    ) async throws -> Outcome {
        try await UserRows.insert(
            newcomer.user, passwordHash: "", founds: newcomer.user.customerID != nil, transaction)
        try await UserRows.markEmailVerified(id: newcomer.user.id, now: admission.now, transaction)
        if let message = newcomer.message {
            try await OutboxRows.insert(
                eventID: message.eventID, payload: message.payload, now: admission.now, transaction)
        }
        try await AuditRows.insert(admission.event(.registered, newcomer.user), transaction)
        try await link(newcomer.user, admission, transaction)
        return .user(newcomer.user)
    }

    private func link(_ user: User, _ admission: Admission, _ transaction: any SQLTransaction) async throws {
        let person = admission.person
        try await IdentityRows.insert(
            LinkedIdentity(
                id: admission.identityID, issuer: person.issuer, subject: person.subject, userID: user.id,
                email: person.email?.text ?? "", createdAt: admission.now, lastUsedAt: admission.now,
                // As found by it, or made with it.
                joinedBy: user.email), transaction)
        try await AuditRows.insert(admission.event(.identityLinked, user), transaction)
    }

    func record(_ event: AuditEvent) async throws {
        try await database.write { try await AuditRows.insert(event, $0) }
    }

    func identities(of userID: String) async throws -> [LinkedIdentity] {
        try await database.read { try await IdentityRows.all(of: userID, $0) }
    }
}
