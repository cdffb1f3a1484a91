import Storage

/// A sign-in that waits for its second factor, as the database has it.
struct SecondFactorTicketRow: Sendable {
    var userID: String
    var method: String
    var kind: Session.Kind
    var replaces: String?
    var isForEnrolment: Bool
    var tries: Int64
}

/// SQL over `second_factor_tickets`, inside somebody's transaction.
enum SecondFactorTicketRows {
    /// Tickets of one account at a time; one more takes the oldest's place.
    static let perUser = 10

    static func insert(
        hash: String, _ ticket: SecondFactorTicketRow, expiresAt: Int64, now: Int64,
        _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            """
            DELETE FROM second_factor_tickets WHERE ticket_hash IN (
                SELECT ticket_hash FROM second_factor_tickets WHERE user_id = ?
                ORDER BY created_at DESC, ticket_hash LIMIT 1000 OFFSET ?)
            """, [.text(ticket.userID), .integer(Int64(perUser - 1))])
        try await transaction.execute(
            """
            INSERT INTO second_factor_tickets
                (ticket_hash, user_id, method, kind, replaces, is_for_enrolment, created_at, expires_at, tries)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
            """,
            [
                .text(hash), .text(ticket.userID), .text(ticket.method), .text(ticket.kind.rawValue),
                .optional(ticket.replaces), .integer(ticket.isForEnrolment ? 1 : 0), .integer(now),
                .integer(expiresAt),
            ])
    }

    static func find(
        hash: String, now: Int64, _ transaction: any SQLTransaction
    ) async throws -> SecondFactorTicketRow? {
        try await transaction.query(
            """
            SELECT user_id, method, kind, replaces, is_for_enrolment, tries FROM second_factor_tickets
            WHERE ticket_hash = ? AND expires_at > ?
            """, [.text(hash), .integer(now)]
        ).first.map { row in
            guard let kind = Session.Kind(rawValue: try row.text("kind")) else {
                throw StorageError.decoding("second_factor_tickets.kind")
            }
            return SecondFactorTicketRow(
                userID: try row.text("user_id"), method: try row.text("method"), kind: kind,
                replaces: try row.optionalText("replaces"),
                isForEnrolment: try row.integer("is_for_enrolment") == 1, tries: try row.integer("tries"))
        }
    }

    /// A wrong answer; the last one that is allowed takes the ticket away.
    static func miss(hash: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE second_factor_tickets SET tries = tries + 1 WHERE ticket_hash = ?", [.text(hash)])
        try await transaction.execute(
            "DELETE FROM second_factor_tickets WHERE ticket_hash = ? AND tries >= ?",
            [.text(hash), .integer(SecondFactorTicket.tries)])
    }

    static func spend(hash: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "DELETE FROM second_factor_tickets WHERE ticket_hash = ?", [.text(hash)])
    }

    static func removeAll(of userID: String, _ transaction: any SQLTransaction) async throws {
        try await transaction.execute("DELETE FROM second_factor_tickets WHERE user_id = ?", [.text(userID)])
    }
}
