import Storage

/// SQL over `users` for who administers them, inside somebody's transaction.
enum PeopleRows {
    private static let columns =
        UserRows.columns + """
            , last_login_at, \
            (SELECT confirmed_at FROM second_factors WHERE second_factors.user_id = users.id) AS second_factor_at
            """

    /// By address.
    /// - Parameters:
    ///   - scope: a customer; nil for all.
    ///   - search: part of a name or an address; empty for all.
    static func list(
        scope: String?, search: String, limit: Int, offset: Int, _ transaction: any SQLTransaction
    ) async throws -> (people: [PeopleStore.Person], total: Int) {
        var (conditions, arguments): ([String], [SQLValue]) = ([], [])
        if let scope {
            conditions.append("customer_id = ?")
            arguments.append(.text(scope))
        }
        if !search.isEmpty {
            conditions.append("(lower(email) LIKE lower(?) ESCAPE '!' OR lower(name) LIKE lower(?) ESCAPE '!')")
            let escaped = search.map { "!%_".contains($0) ? "!\($0)" : String($0) }.joined()
            arguments += [.text("%\(escaped)%"), .text("%\(escaped)%")]
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let rows = try await transaction.query(
            "SELECT \(columns) FROM users \(filter) ORDER BY email LIMIT ? OFFSET ?",
            arguments + [.integer(Int64(limit)), .integer(Int64(offset))])
        let total = try await transaction.query("SELECT COUNT(*) AS people FROM users \(filter)", arguments)
        return (try rows.map(person), Int(try total.first?.integer("people") ?? 0))
    }

    static func find(_ id: String, _ transaction: any SQLTransaction) async throws -> PeopleStore.Person? {
        try await transaction.query("SELECT \(columns) FROM users WHERE id = ?", [.text(id)]).first.map(person)
    }

    /// - Parameter assignment: one column's.
    static func set(
        _ assignment: String, _ arguments: [SQLValue], of id: String, _ transaction: any SQLTransaction
    ) async throws {
        try await transaction.execute(
            "UPDATE users SET \(assignment), version = version + 1 WHERE id = ?", arguments + [.text(id)])
    }

    /// How many have a role and may sign in.
    static func count(role: String, _ transaction: any SQLTransaction) async throws -> Int64 {
        let escaped = role.map { $0 == "_" ? "!_" : String($0) }.joined()
        return try await transaction.query(
            """
            SELECT COUNT(*) AS people FROM users
            WHERE disabled_at IS NULL AND lower(' ' || roles || ' ') LIKE lower(?) ESCAPE '!'
            """, [.text("% \(escaped) %")]
        ).first?.integer("people") ?? 0
    }

    private static func person(_ row: SQLRow) throws -> PeopleStore.Person {
        PeopleStore.Person(
            user: try UserRows.user(row), lastLoginAt: try row.optionalInteger("last_login_at"),
            secondFactorAt: try row.optionalInteger("second_factor_at"))
    }
}
