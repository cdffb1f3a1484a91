import Storage

/// The table of validation records.
enum ValidationAudit {
    static func insert(_ records: [ValidationRecord], into database: any Database) async throws {
        try await database.write { transaction in
            for record in records {
                try await transaction.execute(
                    """
                    INSERT INTO validation_audit \
                    (id, at, request_id, outcome, token_source, subject, issuer, kid, customer_id) \
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                    [
                        .text(record.id), .integer(record.at), .text(record.requestID), .text(record.outcome),
                        .text(record.tokenSource.rawValue), .optional(record.subject), .optional(record.issuer),
                        .optional(record.kid), .optional(record.customerID),
                    ])
            }
        }
    }

    /// - Parameter moment: seconds since the epoch.
    static func prune(before moment: Int64, in database: any Database) async throws {
        try await database.write { transaction in
            try await transaction.execute("DELETE FROM validation_audit WHERE at < ?", [.integer(moment)])
        }
    }
}
