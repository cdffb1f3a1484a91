import Storage

/// SQL over `invitations`, inside somebody's transaction.
enum InvitationRows {
    private static let columns =
        "id, email, roles, customer_id, invited_by, created_at, expires_at, settled_at, outcome"

    static func insert(_ invitation: Invitation, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "INSERT INTO invitations (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .text(invitation.id), .text(invitation.email), .text(invitation.roles.joined(separator: " ")),
                .optional(invitation.customerID), .text(invitation.invitedBy), .integer(invitation.createdAt),
                .integer(invitation.expiresAt), .optional(invitation.settledAt),
                .optional(invitation.outcome?.rawValue),
            ])
    }

    static func find(_ id: String, _ transaction: any SQLTransaction) async throws -> Invitation? {
        try await transaction.query("SELECT \(columns) FROM invitations WHERE id = ?", [.text(id)])
            .first.map(invitation)
    }

    /// The newest first.
    /// - Parameter scope: a customer; nil for all.
    static func list(
        scope: String?, limit: Int, offset: Int, _ transaction: any SQLTransaction
    ) async throws -> (invitations: [Invitation], total: Int) {
        let filter = scope == nil ? "" : "WHERE customer_id = ?"
        let arguments = scope.map { [SQLValue.text($0)] } ?? []
        let rows = try await transaction.query(
            "SELECT \(columns) FROM invitations \(filter) ORDER BY created_at DESC, id LIMIT ? OFFSET ?",
            arguments + [.integer(Int64(limit)), .integer(Int64(offset))])
        let total = try await transaction.query(
            "SELECT COUNT(*) AS invitations FROM invitations \(filter)", arguments)
        return (try rows.map(invitation), Int(try total.first?.integer("invitations") ?? 0))
    }

    /// - Returns: false when it was settled before.
    static func settle(
        _ id: String, as outcome: Invitation.Status, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> Bool {
        try await transaction.execute(
            "UPDATE invitations SET settled_at = ?, outcome = ? WHERE id = ? AND settled_at IS NULL",
            [.integer(now), .text(outcome.rawValue), .text(id)]) == 1
    }

    private static func invitation(_ row: SQLRow) throws -> Invitation {
        Invitation(
            id: try row.text("id"), email: try row.text("email"),
            roles: try row.text("roles").split(separator: " ").map(String.init),
            customerID: try row.optionalText("customer_id"), invitedBy: try row.text("invited_by"),
            createdAt: try row.integer("created_at"), expiresAt: try row.integer("expires_at"),
            settledAt: try row.optionalInteger("settled_at"),
            outcome: try row.optionalText("outcome").flatMap(Invitation.Status.init))
    }
}
