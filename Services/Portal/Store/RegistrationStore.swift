import Storage

/// How accounts come into being.
struct RegistrationStore: Sendable {
    enum Taken: Error, Equatable { case email }

    private let database: any Database
    private let post: PostOffice

    init(database: any Database, post: PostOffice) {
        self.database = database
        self.post = post
    }

    /// The user and the message that tells the plant, or neither.
    func register(
        _ user: User, passwordHash: String, message: OutboxMessage, event: AuditEvent
    ) async throws {
        do {
            try await database.write { transaction in
                try await UserRows.insert(user, passwordHash: passwordHash, founds: true, transaction)
                try await OutboxRows.insert(
                    eventID: message.eventID, payload: message.payload, now: user.createdAt, transaction)
                try await AuditRows.insert(event, transaction)
            }
        } catch StorageError.uniqueViolation(let column) where column.contains("email") {
            throw Taken.email
        }
    }

    /// An account that waits for its address to be verified, and the mail to whoever has it; one that waited already gets
    /// the new password, and its earlier links open nothing. Where the address has an account, its owner is told. The
    /// statements are the same in each case: nobody learns which it was from the time that this takes.
    func registerPending(
        _ user: User, email: EmailAddress, passwordHash: String, token: OpaqueToken, event: AuditEvent
    ) async throws {
        let now = user.createdAt
        try await database.write { transaction in
            let waiting = try await UserRows.insertPending(user, passwordHash: passwordHash, transaction)
            try await AccountLinkRows.void(.verifyEmail, subject: waiting ?? user.id, now: now, transaction)
            try await AccountLinkRows.insert(
                token, .verifyEmail, forUserOf: email, pending: true, now: now, transaction)
            try await post.post(
                waiting == nil
                    ? Letter(.alreadyRegistered, to: email)
                    : Letter(.verifyEmail, to: email, name: user.name, link: token),
                limited: true, now: now, transaction)
            try await AuditRows.insert(event, transaction)
        }
    }

    /// Whether anybody can sign in at all.
    func hasUsers() async throws -> Bool {
        try await database.read { try await UserRows.count($0) > 0 }
    }

    func hasFirstAdministrator() async throws -> Bool {
        try await database.read { transaction in
            try await transaction.query(
                "SELECT name FROM facts WHERE name = ?", [.text(Self.firstAdministrator)]
            ).isEmpty == false
        }
    }

    /// Once in the life of a database, whatever becomes of that user later.
    /// - Returns: false when it had been done, here or by another replica, or the address was taken: nothing changed.
    func createFirstAdministrator(
        _ user: User, email: EmailAddress, passwordHash: String, event: AuditEvent
    ) async throws -> Bool {
        try await database.write { transaction in
            guard
                try await UserRows.establish(
                    fact: Self.firstAdministrator, now: user.createdAt, transaction),
                try await UserRows.credential(email: email, transaction) == nil
            else { return false }
            try await UserRows.insert(user, passwordHash: passwordHash, transaction)
            try await AuditRows.insert(event, transaction)
            return true
        }
    }

    private static let firstAdministrator = "first_administrator"
}
