import PlantKit

/// A WHERE clause that grows. Names and signs come from the code alone, values go into placeholders.
struct Filter {
    private(set) var parts: [String] = []
    private(set) var arguments: [SQLValue] = []

    var sql: String { parts.isEmpty ? "1 = 1" : parts.joined(separator: " AND ") }

    mutating func require(_ sql: String, _ values: [SQLValue] = []) {
        parts.append(sql)
        arguments += values
    }

    /// Nothing for nil.
    mutating func equal(_ column: String, _ text: String?) {
        if let text { require("\(column) = ?", [.text(text)]) }
    }

    /// Nothing where every farm is reached: the plan of a list over all farms is not burdened with a condition.
    mutating func reach(_ reach: FarmReach, _ column: String) {
        guard reach != .all else { return }
        let condition = reach.condition(column)
        require(condition.sql, condition.arguments)
    }

    /// The text stands somewhere in the column, which holds lower case; for tables of some thousand rows.
    mutating func contains(_ column: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        let escaped = text.lowercased().reduce(into: "") { escaped, character in
            if "!%_".contains(character) { escaped.append("!") }
            escaped.append(character)
        }
        require("\(column) LIKE ? ESCAPE '!'", [.text("%\(escaped)%")])
    }
}

/// Which part of a list is asked for.
package struct Slice: Sendable, Equatable {
    package let limit: Int
    package let offset: Int

    package init(limit: Int, offset: Int = 0) {
        self.limit = limit
        self.offset = offset
    }

    var values: [SQLValue] { [.integer(Int64(limit)), .integer(Int64(offset))] }
}

extension FarmRecords {
    /// One page of a table, and how many rows the filter finds, unless the total is known without counting.
    func list<Item>(
        _ columns: [String], from table: String, _ filter: Filter, order: String, _ slice: Slice, total: Int64? = nil,
        as item: (SQLRow) throws -> Item
    ) async throws -> Listing<Item> {
        var count = total
        if count == nil {
            count = try await transaction.query(
                "SELECT COUNT(*) AS n FROM \(table) WHERE \(filter.sql)", filter.arguments
            ).first?.integer("n")
        }
        let rows = try await transaction.query(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table) \
            WHERE \(filter.sql) ORDER BY \(order) LIMIT ? OFFSET ?
            """, filter.arguments + slice.values)
        return Listing(items: try rows.map(item), total: count ?? 0)
    }
}
