import Storage

/// SQL over `web_sessions`, inside somebody's transaction.
enum WebSessionRows {
    static func insert(hash: String, sessionID: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "INSERT INTO web_sessions (token_hash, session_id) VALUES (?, ?)", [.text(hash), .text(sessionID)])
    }

    static func find(
        hash: String, _ transaction: any SQLTransaction
    ) async throws -> (sessionID: String, sealedAccessToken: String?)? {
        let rows = try await transaction.query(
            "SELECT session_id, sealed_access_token FROM web_sessions WHERE token_hash = ?", [.text(hash)])
        return try rows.first.map { (try $0.text("session_id"), try $0.optionalText("sealed_access_token")) }
    }

    /// Compare and swap.
    /// - Returns: false when another one lies there by now.
    static func replace(
        sealedAccessToken former: String?, with renewed: String, hash: String, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            """
            UPDATE web_sessions SET sealed_access_token = ?
            WHERE token_hash = ? AND COALESCE(sealed_access_token, '') = ?
            """, [.text(renewed), .text(hash), .text(former ?? "")]) == 1
    }
}
