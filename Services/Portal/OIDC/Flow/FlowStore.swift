import Storage

/// Logins on their way through a provider. In the database, so that the replica that a browser comes back to need not be
/// the one that sent it away.
struct FlowStore: Sendable {
    /// Seconds from the start to the answer.
    static let lifetime: Int64 = 600
    /// On their way at once; the oldest go first.
    static let maximumFlows: Int64 = 20_000

    private let database: any Database

    init(database: any Database) { self.database = database }

    struct Flow: Sendable {
        var stateHash: String
        /// Of the cookie of the browser that was sent away.
        var browserHash: String
        var provider: String
        var sealed: String
        /// Seconds since the epoch.
        var expiresAt: Int64
    }

    func begin(_ flow: Flow) async throws {
        let count = try await database.read { transaction in
            try await transaction.query("SELECT COUNT(*) AS flows FROM oidc_flows", []).first?.integer("flows") ?? 0
        }
        if count >= Self.maximumFlows { try await makeRoom() }
        try await database.write { transaction in
            try await transaction.execute(
                """
                INSERT INTO oidc_flows (state_hash, browser_hash, provider, sealed, expires_at) VALUES (?, ?, ?, ?, ?)
                """,
                [
                    .text(flow.stateHash), .text(flow.browserHash), .text(flow.provider), .text(flow.sealed),
                    .integer(flow.expiresAt),
                ])
        }
    }

    /// Ends a flow, whoever asks: a state is good for one answer, right or wrong.
    /// - Returns: nil when there is none.
    func take(stateHash: String) async throws -> Flow? {
        try await database.write { transaction in
            try await transaction.query(
                """
                DELETE FROM oidc_flows WHERE state_hash = ?
                RETURNING state_hash, browser_hash, provider, sealed, expires_at
                """, [.text(stateHash)]
            ).first.map { row in
                Flow(
                    stateHash: try row.text("state_hash"), browserHash: try row.text("browser_hash"),
                    provider: try row.text("provider"), sealed: try row.text("sealed"),
                    expiresAt: try row.integer("expires_at"))
            }
        }
    }

    private func makeRoom() async throws {
        try await database.write { transaction in
            _ = try await transaction.execute(
                """
                DELETE FROM oidc_flows WHERE state_hash IN (
                    SELECT state_hash FROM oidc_flows ORDER BY expires_at DESC, state_hash LIMIT 100000 OFFSET ?)
                """, [.integer(Self.maximumFlows * 9 / 10)])
        }
    }
}
