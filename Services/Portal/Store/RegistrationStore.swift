import Storage

/// How accounts come into being.
struct RegistrationStore: Sendable {
    enum Taken: Error, Equatable { case email }

    private let database: any Database

    init(database: any Database) { self.database = database }

    /// The user and the message that tells the plant, or neither.
    func register(
        _ user: User, passwordHash: String, eventID: String, payload: String, event: AuditEvent
    ) async throws {
        do {
            try await database.write { transaction in
                try await UserRows.insert(user, passwordHash: passwordHash, transaction)
                try await OutboxRows.insert(
                    eventID: eventID, payload: payload, now: user.createdAt, transaction)
                try await AuditRows.insert(event, transaction)
            }
        } catch StorageError.uniqueViolation(let column) where column.contains("email") {
            throw Taken.email
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
