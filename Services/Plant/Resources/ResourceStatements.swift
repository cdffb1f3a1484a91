import ServerKit
import Storage

/// The SQL of one schema. Names come from the schema, values go into placeholders.
struct ResourceStatements {
    let schema: ResourceSchema

    struct Bound {
        let sql: String
        let arguments: [SQLValue]
    }

    private var selection: String { schema.columns.joined(separator: ", ") }

    func find(_ id: String) -> Bound {
        Bound(
            sql: "SELECT \(selection) FROM \(schema.table) WHERE id = ? AND deleted_at IS NULL",
            arguments: [.text(id)])
    }

    func insert(id: String, columns: [ResourceColumn], now: Int64) -> Bound {
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

    func update(id: String, columns: [ResourceColumn], now: Int64) -> Bound {
        let changes = (columns + [ResourceColumn(name: "updated_at", value: .integer(now))])
        let assignments = changes.map { "\($0.name) = ?" }.joined(separator: ", ")
        return Bound(
            sql: """
                UPDATE \(schema.table) SET \(assignments), version = version + 1 \
                WHERE id = ? AND deleted_at IS NULL
                """,
            arguments: changes.map(\.value) + [.text(id)])
    }

    func list(_ query: ListQuery, reach: ResourceGrant.Reach) -> (count: Bound, page: Bound) {
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

    private func condition(_ query: ListQuery, reach: ResourceGrant.Reach) -> (String, [SQLValue]) {
        var parts = ["deleted_at IS NULL"]
        var arguments: [SQLValue] = []
        if case .only(let id) = reach {
            parts.append("id = ?")
            arguments.append(.text(id))
        }
        for filter in query.filters {
            parts.append("\(filter.name) = ?")
            arguments.append(filter.value)
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
