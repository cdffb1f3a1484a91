import Storage

/// SQL over an outbox, inside the transaction of what the message tells.
enum OutboxRows {
    static func insert(
        into table: OutboxTable = .customers, eventID: String, payload: String, now: Int64,
        _ transaction: any SQLTransaction
    ) async throws {
        // As if the writer were alone, so the next position is free.
        try await transaction.execute(
            """
            INSERT INTO \(table.name) (event_id, position, payload, status, created_at, attempts, next_attempt_at)
            SELECT ?, COALESCE(MAX(position), 0) + 1, ?, 'pending', CAST(? AS BIGINT), 0, CAST(? AS BIGINT)
            FROM \(table.name)
            """,
            [.text(eventID), .text(payload), .integer(now), .integer(now)])
        try await transaction.notify(table.name)
    }
}
