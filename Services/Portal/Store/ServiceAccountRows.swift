import Storage

/// SQL over `service_accounts` and their secrets, inside somebody's transaction.
enum ServiceAccountRows {
    private static let columns = "id, name, roles, scopes, token_version, created_at, created_by, disabled_at"

    /// Throws `StorageError.uniqueViolation` when the name is taken.
    static func insert(_ account: ServiceAccount, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "INSERT INTO service_accounts (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(account.id), .text(account.name), .text(account.roles.joined(separator: " ")),
                .text(account.scopes.joined(separator: " ")), .integer(account.tokenVersion),
                .integer(account.createdAt), .text(account.createdBy), .optional(account.disabledAt),
            ])
    }

    static func find(id: String, _ transaction: any SQLTransaction) async throws -> ServiceAccount? {
        try await transaction.query("SELECT \(columns) FROM service_accounts WHERE id = ?", [.text(id)])
            .first.map(account)
    }

    static func count(_ transaction: any SQLTransaction) async throws -> Int {
        let rows = try await transaction.query("SELECT COUNT(*) AS accounts FROM service_accounts", [])
        return Int(try rows.first?.integer("accounts") ?? 0)
    }

    /// By name.
    static func list(
        limit: Int, offset: Int, _ transaction: any SQLTransaction
    ) async throws -> [ServiceAccount] {
        var accounts = try await transaction.query(
            "SELECT \(columns) FROM service_accounts ORDER BY name, id LIMIT ? OFFSET ?",
            [.integer(Int64(limit)), .integer(Int64(offset))]
        ).map(account)
        for place in accounts.indices {
            accounts[place].secrets = try await secrets(of: accounts[place].id, transaction)
        }
        return accounts
    }

    static func disable(id: String, now: Int64, _ transaction: any SQLTransaction) async throws -> Bool {
        try await transaction.execute(
            "UPDATE service_accounts SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL",
            [.integer(now), .text(id)]) == 1
    }

    static func delete(id: String, _ transaction: any SQLTransaction) async throws -> Bool {
        try await transaction.execute("DELETE FROM service_accounts WHERE id = ?", [.text(id)]) == 1
    }

    static func insert(
        _ secret: ServiceAccount.Secret, hash: String, of accountID: String, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            INSERT INTO service_account_secrets (id, account_id, secret_hash, created_at, expires_at)
            VALUES (?, ?, ?, ?, ?)
            """,
            [
                .text(secret.id), .text(accountID), .text(hash), .integer(secret.createdAt),
                .integer(secret.expiresAt),
            ])
    }

    /// The oldest first.
    static func secrets(
        of accountID: String, _ transaction: any SQLTransaction
    ) async throws -> [ServiceAccount.Secret] {
        try await transaction.query(
            """
            SELECT id, created_at, last_used_at, expires_at FROM service_account_secrets WHERE account_id = ?
            ORDER BY created_at, id
            """, [.text(accountID)]
        ).map(secret)
    }

    /// The account's secret of that hash, expired or not.
    static func secret(
        hash: String, of accountID: String, _ transaction: any SQLTransaction
    ) async throws -> ServiceAccount.Secret? {
        try await transaction.query(
            """
            SELECT id, created_at, last_used_at, expires_at FROM service_account_secrets
            WHERE secret_hash = ? AND account_id = ?
            """, [.text(hash), .text(accountID)]
        ).first.map(secret)
    }

    static func used(secretID: String, now: Int64, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE service_account_secrets SET last_used_at = ? WHERE id = ?", [.integer(now), .text(secretID)])
    }

    static func forgetExpiredSecrets(
        of accountID: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            "DELETE FROM service_account_secrets WHERE account_id = ? AND expires_at <= ?",
            [.text(accountID), .integer(now)])
    }

    static func delete(
        secretID: String, of accountID: String, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            "DELETE FROM service_account_secrets WHERE id = ? AND account_id = ?",
            [.text(secretID), .text(accountID)]) == 1
    }

    private static func secret(_ row: SQLRow) throws -> ServiceAccount.Secret {
        ServiceAccount.Secret(
            id: try row.text("id"), createdAt: try row.integer("created_at"),
            lastUsedAt: try row.optionalInteger("last_used_at"), expiresAt: try row.integer("expires_at"))
    }

    private static func account(_ row: SQLRow) throws -> ServiceAccount {
        ServiceAccount(
            id: try row.text("id"), name: try row.text("name"),
            roles: try row.text("roles").split(separator: " ").map(String.init),
            scopes: try row.text("scopes").split(separator: " ").map(String.init),
            tokenVersion: try row.integer("token_version"), createdAt: try row.integer("created_at"),
            createdBy: try row.text("created_by"), disabledAt: try row.optionalInteger("disabled_at"))
    }
}
