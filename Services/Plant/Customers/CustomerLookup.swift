import PlantKit
import Storage

/// Finds customers by what tokens and registrations name.
enum CustomerLookup {
    /// The living customer of a token: by `customer_id` where the token names one, else by its user.
    static func customer(id: String?, userID: String, in transaction: any SQLTransaction) async throws -> Customer? {
        let (column, value) = id.map { ("id", $0) } ?? ("user_id", userID)
        let rows = try await transaction.query(
            """
            SELECT \(Customer.schema.columns.joined(separator: ", ")) FROM customers \
            WHERE \(column) = ? AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1
            """, [.text(value)])
        return try rows.first.map(Customer.init(row:))
    }

    /// Who holds an email: at most one living customer does.
    static func holder(of email: String, except id: String, in transaction: any SQLTransaction) async throws -> String?
    {
        try await transaction.query(
            """
            SELECT id FROM customers \
            WHERE email = ? AND id <> ? AND deleted_at IS NULL AND duplicate_of IS NULL
            """, [.text(email), .text(id)]
        ).first?.text("id")
    }
}
