import Storage

/// SQL over `users` and `facts`, inside somebody's transaction.
enum UserRows {
    private static let columns =
        "id, email, name, password_hash, roles, customer_id, token_version, created_at, disabled_at"

    /// Throws `StorageError.uniqueViolation` when the email or the customer id is taken.
    static func insert(_ user: User, passwordHash: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "INSERT INTO users (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(user.id), .text(user.email), .text(user.name), .text(passwordHash),
                .text(user.roles.joined(separator: " ")), .optional(user.customerID),
                .integer(user.tokenVersion), .integer(user.createdAt),
                .optional(user.disabledAt),
            ])
    }

    static func credential(email: EmailAddress, _ transaction: any SQLTransaction) async throws -> Credential? {
        let rows = try await transaction.query("SELECT \(columns) FROM users WHERE email = ?", [.text(email.text)])
        return try rows.first.map { row in
            Credential(user: try user(row), passwordHash: try row.text("password_hash"))
        }
    }

    static func find(id: String, _ transaction: any SQLTransaction) async throws -> User? {
        try await transaction.query("SELECT \(columns) FROM users WHERE id = ?", [.text(id)]).first.map(user)
    }

    /// An empty hash is none: of somebody who signs in elsewhere, or was invited and has set none yet.
    static func hasPassword(id: String, _ transaction: any SQLTransaction) async throws -> Bool {
        try await !transaction.query(
            "SELECT id FROM users WHERE id = ? AND password_hash <> ''", [.text(id)]
        ).isEmpty
    }

    static func count(_ transaction: any SQLTransaction) async throws -> Int64 {
        try await transaction.query("SELECT COUNT(*) AS users FROM users", []).first?.integer("users") ?? 0
    }

    static func markLogin(id: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE users SET last_login_at = ? WHERE id = ?", [.integer(now), .text(id)])
    }

    /// Only over the very hash that was verified: a password changed meanwhile stays changed.
    static func replaceHash(
        id: String, verified: String, with renewed: String, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            "UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?",
            [.text(renewed), .text(id), .text(verified)])
    }

    /// - Returns: the new one; nil when there is no such user.
    static func raiseTokenVersion(id: String, _ transaction: any SQLTransaction) async throws -> Int64? {
        try await transaction.query(
            "UPDATE users SET token_version = token_version + 1 WHERE id = ? RETURNING token_version", [.text(id)]
        ).first?.integer("token_version")
    }

    /// When the owner proved to this portal that the address is theirs; nil: nobody did.
    static func emailVerifiedAt(id: String, _ transaction: any SQLTransaction) async throws -> Int64? {
        try await transaction.query("SELECT email_verified_at FROM users WHERE id = ?", [.text(id)])
            .first?.optionalInteger("email_verified_at")
    }

    /// The first proof stays.
    static func markEmailVerified(id: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE users SET email_verified_at = ? WHERE id = ? AND email_verified_at IS NULL",
            [.integer(now), .text(id)])
    }

    /// What its owner signs in with here.
    static func removeCredentials(id: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute("UPDATE users SET password_hash = '' WHERE id = ?", [.text(id)])
    }

    /// Things that happen once in the life of a database.
    /// - Returns: false when it had been established before.
    static func establish(fact name: String, now: Int64, _ transaction: any SQLTransaction) async throws -> Bool {
        try await transaction.execute(
            "INSERT INTO facts (name, established_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
            [.text(name), .integer(now)]) == 1
    }

    private static func user(_ row: SQLRow) throws -> User {
        User(
            id: try row.text("id"), email: try row.text("email"), name: try row.text("name"),
            roles: try row.text("roles").split(separator: " ").map(String.init),
            customerID: try row.optionalText("customer_id"), tokenVersion: try row.integer("token_version"),
            createdAt: try row.integer("created_at"), disabledAt: try row.optionalInteger("disabled_at"))
    }
}
