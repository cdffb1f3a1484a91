import Storage

/// The table of validation records.
enum ValidationAudit {
    static func insert(_ records: [ValidationRecord], into database: any Database) async throws {
        try await database.write { transaction in
            var rest = records[...]
            while !rest.isEmpty {
                let some = rest.prefix(rowsPerStatement)
                rest = rest.dropFirst(some.count)
                try await insert(some, transaction)
            }
        }
    }

    /// Many rows in one statement: a database across the network answers each statement by itself.
    private static let rowsPerStatement = 50

    private static func insert(_ records: ArraySlice<ValidationRecord>, _ transaction: any SQLTransaction) async throws
    {
        let rows = records.map { _ in "(?, ?, ?, ?, ?, ?, ?, ?, ?)" }.joined(separator: ", ")
        // A batch that was committed, though the connection was lost before the answer, comes a second time.
        try await transaction.execute(
            """
            INSERT INTO validation_audit \
            (id, at, request_id, outcome, token_source, subject, issuer, kid, customer_id) \
            VALUES \(rows) ON CONFLICT (id) DO NOTHING
            """,
            records.flatMap { record -> [SQLValue] in
                [
                    .text(record.id), .integer(record.at), .text(record.requestID), .text(record.outcome),
                    .text(record.tokenSource.rawValue), .optional(record.subject), .optional(record.issuer),
                    .optional(record.kid), .optional(record.customerID),
                ]
            })
    }

    /// - Parameters:
    ///   - moment: seconds since the epoch.
    ///   - maximum: how many records are kept at most; the oldest go first.
    static func prune(before moment: Int64, keeping maximum: Int64, in database: any Database) async throws {
        try await database.write { transaction in
            try await transaction.execute("DELETE FROM validation_audit WHERE at < ?", [.integer(moment)])
        }
        // In pieces, so that nobody waits long for the writer.
        var removed = piece
        while removed == piece {
            removed = try await database.write { transaction in
                try await transaction.execute(
                    """
                    DELETE FROM validation_audit WHERE id IN (
                        SELECT id FROM validation_audit ORDER BY at DESC, id LIMIT \(piece) OFFSET ?)
                    """, [.integer(maximum)])
            }
        }
    }

    private static let piece = 10_000
}
