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
        if count == nil { count = try await self.count(table, filter) }
        let rows = try await transaction.query(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table) \
            WHERE \(filter.sql) ORDER BY \(order) LIMIT ? OFFSET ?
            """, filter.arguments + slice.values)
        return Listing(items: try rows.map(item), total: count ?? 0)
    }

    /// The same of all farms within reach, the newest first. For a manager's few farms among many it is put together of
    /// the newest of each, from the end of its own index: their common order by time is full of others' rows, and to sort
    /// all of theirs takes the longer the more there are.
    /// - Parameters:
    ///   - moment: the column of time; there are indexes on `(farm_id, moment, id)` and `(moment, id)`.
    ///   - filter: without the reach.
    func newest<Item>(
        _ columns: [String], from table: String, _ filter: Filter, by moment: String, _ slice: Slice,
        total: Int64? = nil, as item: (SQLRow) throws -> Item
    ) async throws -> Listing<Item> {
        let order = "\(moment) DESC, id DESC"
        var reached = filter
        reached.reach(reach, "farm_id")
        let farms = reach == .all ? [] : try await someFarms(Self.farmsApart + 1)
        guard reach != .all, farms.count <= Self.farmsApart else {
            return try await list(columns, from: table, reached, order: order, slice, total: total, as: item)
        }
        guard !farms.isEmpty else { return Listing(items: [], total: 0) }
        // Each part comes in the order of its index, and both databases merge parts that come in one order: no more is read
        // of them than the page's end needs.
        let part = "SELECT id, \(moment) FROM \(table) WHERE farm_id = ? AND \(filter.sql)"
        let parts = farms.map { _ in part }.joined(separator: " UNION ALL ")
        let rows = try await transaction.query(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table) WHERE id IN \
            (SELECT id FROM (\(parts) ORDER BY \(order) LIMIT ? OFFSET ?) h) ORDER BY \(order)
            """, farms.flatMap { [.text($0)] + filter.arguments } + slice.values)
        var count = total
        if count == nil { count = try await self.count(table, reached) }
        return Listing(items: try rows.map(item), total: count ?? 0)
    }

    /// Farms that a list is put together from one by one; who reaches more of them reaches most rows, and then their
    /// common index by time is the shorter way.
    private static let farmsApart = 64

    private func someFarms(_ limit: Int) async throws -> [String] {
        let reached = reach.condition("id")
        return try await transaction.query(
            "SELECT id FROM farm_manager_farms WHERE \(reached.sql) ORDER BY id LIMIT \(limit)", reached.arguments
        ).map { try $0.text("id") }
    }

    func count(_ table: String, _ filter: Filter) async throws -> Int64 {
        try await transaction.query("SELECT COUNT(*) AS n FROM \(table) WHERE \(filter.sql)", filter.arguments)
            .first?.integer("n") ?? 0
    }
}
