import Storage

/// SQL over `identities` and `oidc_used_tokens`, inside somebody's transaction.
enum IdentityRows {
    private static let columns = "id, issuer, subject, user_id, email, created_at, last_used_at, joined_by"
    /// Of one user.
    static let maximumPerUser = 20

    static func find(
        issuer: String, subject: String, _ transaction: any SQLTransaction
    ) async throws -> LinkedIdentity? {
        try await transaction.query(
            "SELECT \(columns) FROM identities WHERE issuer = ? AND subject = ?", [.text(issuer), .text(subject)]
        ).first.map(identity)
    }

    static func all(of userID: String, _ transaction: any SQLTransaction) async throws -> [LinkedIdentity] {
        try await transaction.query(
            "SELECT \(columns) FROM identities WHERE user_id = ? ORDER BY created_at, id", [.text(userID)]
        ).map(identity)
    }

    static func insert(_ identity: LinkedIdentity, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "INSERT INTO identities (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(identity.id), .text(identity.issuer), .text(identity.subject), .text(identity.userID),
                .text(identity.email), .integer(identity.createdAt), .integer(identity.lastUsedAt),
                .optional(identity.joinedBy),
            ])
    }

    static func markUse(id: String, email: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE identities SET last_used_at = ?, email = ? WHERE id = ?",
            [.integer(now), .text(email), .text(id)])
    }

    static func remove(id: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute("DELETE FROM identities WHERE id = ?", [.text(id)])
    }

    static func removeAll(of userID: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute("DELETE FROM identities WHERE user_id = ?", [.text(userID)])
    }

    /// All that nothing but somebody's password stands behind: those linked by hand, and those joined by an address that is
    /// the account's no more.
    /// - Returns: them.
    static func removeUnproven(of user: User, _ transaction: any SQLTransaction) async throws -> [LinkedIdentity] {
        let unproven = try await all(of: user.id, transaction).filter { $0.joinedBy != user.email }
        for identity in unproven { try await remove(id: identity.id, transaction) }
        return unproven
    }

    /// - Returns: false when that token was used before.
    static func useToken(hash: String, expiresAt: Int64, _ transaction: any SQLTransaction) async throws -> Bool {
        try await transaction.execute(
            "INSERT INTO oidc_used_tokens (token_hash, expires_at) VALUES (?, ?) ON CONFLICT (token_hash) DO NOTHING",
            [.text(hash), .integer(expiresAt)]) == 1
    }

    private static func identity(_ row: SQLRow) throws -> LinkedIdentity {
        LinkedIdentity(
            id: try row.text("id"), issuer: try row.text("issuer"), subject: try row.text("subject"),
            userID: try row.text("user_id"), email: try row.text("email"), createdAt: try row.integer("created_at"),
            lastUsedAt: try row.integer("last_used_at"), joinedBy: try row.optionalText("joined_by"))
    }
}
