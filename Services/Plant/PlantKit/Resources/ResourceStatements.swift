import ServerKit
package import Storage

/// The SQL of one schema. Names come from the schema, values go into placeholders.
package struct ResourceStatements {
    let schema: ResourceSchema

    package struct Bound {
        package let sql: String
        package let arguments: [SQLValue]
    }

    package init(schema: ResourceSchema) { self.schema = schema }

    package var selection: String { schema.columns.joined(separator: ", ") }

    func find(_ id: String, reach: Reach) -> Bound {
        let (condition, arguments) = Self.condition(reach)
        return Bound(
            sql: "SELECT \(selection) FROM \(schema.table) WHERE id = ? AND deleted_at IS NULL\(condition)",
            arguments: [.text(id)] + arguments)
    }

    package func insert(id: String, columns: [ResourceColumn], now: Int64) -> Bound {
        let all =
            [
                ResourceColumn(name: "id", value: .text(id)), ResourceColumn(name: "version", value: .integer(1)),
                ResourceColumn(name: "created_at", value: .integer(now)),
                ResourceColumn(name: "updated_at", value: .integer(now)),
            ] + columns
        let names = all.map(\.name).joined(separator: ", ")
        let marks = all.map { _ in "?" }.joined(separator: ", ")
        return Bound(sql: "INSERT INTO \(schema.table) (\(names)) VALUES (\(marks))", arguments: all.map(\.value))
    }

    package func update(id: String, columns: [ResourceColumn], now: Int64) -> Bound {
        let changes = (columns + [ResourceColumn(name: "updated_at", value: .integer(now))])
        let assignments = changes.map { "\($0.name) = ?" }.joined(separator: ", ")
        return Bound(
            sql: """
                UPDATE \(schema.table) SET \(assignments), version = version + 1 \
                WHERE id = ? AND deleted_at IS NULL
                """,
            arguments: changes.map(\.value) + [.text(id)])
    }

    func list(_ query: ListQuery, reach: Reach) -> (count: Bound, page: Bound) {
        let (condition, arguments) = condition(query, reach: reach)
        // The id makes the order total, so that no row is on two pages or on none.
        let order = (query.sorts.map { "\($0.column) \($0.isDescending ? "DESC" : "ASC")" } + ["id ASC"])
            .joined(separator: ", ")
        return (
            Bound(sql: "SELECT COUNT(*) AS total FROM \(schema.table) WHERE \(condition)", arguments: arguments),
            Bound(
                sql: """
                    SELECT \(selection) FROM \(schema.table) WHERE \(condition) ORDER BY \(order) LIMIT ? OFFSET ?
                    """,
                arguments: arguments
                    + [.integer(Int64(query.paging.perPage)), .integer(Int64(query.paging.offset))])
        )
    }

    /// Begins with AND, or is empty.
    private static func condition(_ reach: Reach) -> (String, [SQLValue]) {
        switch reach {
        case .all: ("", [])
        case .rows(let condition, let arguments): (" AND (\(condition))", arguments)
        }
    }

    private func condition(_ query: ListQuery, reach: Reach) -> (String, [SQLValue]) {
        let reachable = Self.condition(reach)
        var parts = ["deleted_at IS NULL" + reachable.0]
        var arguments = reachable.1
        for condition in query.conditions {
            parts.append("\(condition.filter.column) \(condition.filter.comparison.rawValue) ?")
            arguments.append(condition.value)
        }
        if let column = schema.searchColumn, let search = query.search {
            parts.append("\(column) LIKE ? ESCAPE '!'")
            arguments.append(.text("%" + Self.escaped(search) + "%"))
        }
        return (parts.joined(separator: " AND "), arguments)
    }

    /// What is searched for is a text, no pattern.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { escaped, character in
            if "!%_".contains(character) { escaped.append("!") }
            escaped.append(character)
        }
    }
}
