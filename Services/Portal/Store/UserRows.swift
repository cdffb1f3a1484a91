import Storage

/// SQL over `users` and `facts`, inside somebody's transaction.
enum UserRows {
    static let columns = """
        id, email, name, password_hash, roles, customer_id, token_version, created_at, disabled_at, email_verified_at,
        pending_since, version
        """

    /// Throws `StorageError.uniqueViolation` when the email is taken, or the customer founded.
    /// - Parameters:
    ///   - passwordHash: empty for an account without a password.
    ///   - founds: whether the user's customer comes into being with the user.
    static func insert(
        _ user: User, passwordHash: String, founds: Bool = false, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO users (\(columns), founded_customer_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, values(user, passwordHash: passwordHash, founds: founds))
    }

    /// An account that waits; where one of this address waits already, it takes the name and the password of this one.
    /// - Returns: whose account waits now; nil when the address has an account.
    static func insertPending(
        _ user: User, passwordHash: String, _ transaction: any SQLTransaction
    ) async throws -> String? {
        try await transaction.query(
            """
            INSERT INTO users (\(columns), founded_customer_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (email) DO UPDATE SET name = excluded.name, password_hash = excluded.password_hash
            WHERE users.pending_since IS NOT NULL AND users.disabled_at IS NULL
            RETURNING id
            """, values(user, passwordHash: passwordHash, founds: true)
        ).first?.text("id")
    }

    /// In the order of `columns`, and the customer that is founded.
    static func values(_ user: User, passwordHash: String, founds: Bool) -> [SQLValue] {
        [
            .text(user.id), .text(user.email), .text(user.name), .text(passwordHash),
            .text(user.roles.joined(separator: " ")), .optional(user.customerID),
            .integer(user.tokenVersion), .integer(user.createdAt),
            .optional(user.disabledAt), .optional(user.emailVerifiedAt), .optional(user.pendingSince),
            .integer(user.version), .optional(founds ? user.customerID : nil),
        ]
    }

    static func credential(email: EmailAddress, _ transaction: any SQLTransaction) async throws -> Credential? {
        let rows = try await transaction.query("SELECT \(columns) FROM users WHERE email = ?", [.text(email.text)])
        return try rows.first.map { row in
            Credential(user: try user(row), passwordHash: try row.text("password_hash"))
        }
    }

    static func credential(id: String, _ transaction: any SQLTransaction) async throws -> Credential? {
        let rows = try await transaction.query("SELECT \(columns) FROM users WHERE id = ?", [.text(id)])
        return try rows.first.map { row in
            Credential(user: try user(row), passwordHash: try row.text("password_hash"))
        }
    }

    static func find(id: String, _ transaction: any SQLTransaction) async throws -> User? {
        try await transaction.query("SELECT \(columns) FROM users WHERE id = ?", [.text(id)]).first.map(user)
    }

    /// By identifier; of those that are there.
    /// - Parameter ids: not many, and not none.
    static func emails(of ids: Set<String>, _ transaction: any SQLTransaction) async throws -> [String: String] {
        let places = Array(repeating: "?", count: ids.count).joined(separator: ", ")
        let rows = try await transaction.query(
            "SELECT id, email FROM users WHERE id IN (\(places))", ids.sorted().map { .text($0) })
        return try Dictionary(rows.map { (try $0.text("id"), try $0.text("email")) }) { first, _ in first }
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

    static func setPassword(id: String, hash: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE users SET password_hash = ?, password_changed_at = ? WHERE id = ?",
            [.text(hash), .integer(now), .text(id)])
    }

    /// The address is verified then, as the link came there.
    static func setEmail(id: String, _ email: EmailAddress, now: Int64, _ transaction: any SQLTransaction) async throws
    {
        try await transaction.execute(
            "UPDATE users SET email = ?, email_verified_at = ?, version = version + 1 WHERE id = ?",
            [.text(email.text), .integer(now), .text(id)])
    }

    /// - Returns: whether the account waited for it.
    static func verifyEmail(id: String, now: Int64, _ transaction: any SQLTransaction) async throws -> Bool {
        try await transaction.execute(
            "UPDATE users SET email_verified_at = ? WHERE id = ? AND email_verified_at IS NULL",
            [.integer(now), .text(id)])
        return try await transaction.execute(
            "UPDATE users SET pending_since = NULL WHERE id = ? AND pending_since IS NOT NULL", [.text(id)]) == 1
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

    static func user(_ row: SQLRow) throws -> User {
        User(
            id: try row.text("id"), email: try row.text("email"), name: try row.text("name"),
            roles: try row.text("roles").split(separator: " ").map(String.init),
            customerID: try row.optionalText("customer_id"), tokenVersion: try row.integer("token_version"),
            createdAt: try row.integer("created_at"), disabledAt: try row.optionalInteger("disabled_at"),
            emailVerifiedAt: try row.optionalInteger("email_verified_at"),
            pendingSince: try row.optionalInteger("pending_since"), version: try row.integer("version"))
    }
}
