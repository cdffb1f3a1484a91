import PlantKit
import Storage

/// Finds customers by what tokens and registrations name.
enum CustomerLookup {
    private static let columns = Customer.schema.columns.joined(separator: ", ")

    /// The living customer of a token: by `customer_id` where the token names one, else by its user. Who was merged into
    /// another is that other from then on.
    static func customer(id: String?, userID: String, in transaction: any SQLTransaction) async throws -> Customer? {
        let (column, value) = id.map { ("id", $0) } ?? ("user_id", userID)
        let rows = try await transaction.query(
            """
            SELECT \(columns) FROM customers \
            WHERE \(column) = ? AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1
            """, [.text(value)])
        if let row = rows.first { return try Customer(row: row) }
        // One step is the whole way: a merge turns all that led to its source to its target.
        return try await transaction.query(
            """
            SELECT \(columns) FROM customers WHERE deleted_at IS NULL AND id IN ( \
            SELECT merged_into FROM customers WHERE \(column) = ? AND merged_into IS NOT NULL) \
            ORDER BY created_at, id LIMIT 1
            """, [.text(value)]
        ).first.map(Customer.init(row:))
    }

    /// - Returns: nil when there is no such living customer.
    static func living(_ id: String, in transaction: any SQLTransaction) async throws -> Customer? {
        try await transaction.query(
            "SELECT \(columns) FROM customers WHERE id = ? AND deleted_at IS NULL", [.text(id)]
        ).first.map(Customer.init(row:))
    }

    /// Where a customer went.
    static func mergedInto(_ id: String, in transaction: any SQLTransaction) async throws -> String? {
        try await transaction.query("SELECT merged_into FROM customers WHERE id = ?", [.text(id)])
            .first?.optionalText("merged_into")
    }

    /// Those that went into this one, with their users.
    static func sources(
        of id: String, in transaction: any SQLTransaction
    ) async throws -> [(id: String, user: String?)] {
        try await transaction.query("SELECT id, user_id FROM customers WHERE merged_into = ? ORDER BY id", [.text(id)])
            .map { (try $0.text("id"), try $0.optionalText("user_id")) }
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
