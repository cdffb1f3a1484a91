/// What kind of value a column is declared for: the four types of the common subset (see `SQLTransaction`).
package enum ColumnKind: String, Sendable, Equatable {
    case text, integer, real, blob

    /// - Parameter declaration: as either database tells it; nil for a type that is not of the subset.
    init?(declaration: String) {
        switch declaration.uppercased() {
        case "TEXT": self = .text
        case "BIGINT", "INTEGER": self = .integer
        case "DOUBLE PRECISION", "REAL": self = .real
        case "BYTEA", "BLOB": self = .blob
        default: return nil
        }
    }

    /// The value as this kind of column has it; nil where it does not belong there. NULL belongs everywhere: whether it
    /// is allowed is the constraint's business.
    func admits(_ value: SQLValue) -> SQLValue? {
        switch (self, value) {
        case (_, .null), (.integer, .integer), (.blob, .blob): value
        // PostgreSQL can't hold U+0000.
        case (.text, .text(let text)): text.utf8.contains(0) ? nil : value
        // SQLite stores whole numbers of such a column as integers, and has no negative zero.
        case (.real, .integer(let integer)): .real(Double(integer))
        case (.real, .real(let real)): real.isFinite ? .real(real == 0 ? 0 : real) : nil
        default: nil
        }
    }
}

/// A table as both databases have it.
package struct TableShape: Sendable, Equatable {
    package struct Column: Sendable, Equatable {
        package let name: String
        package let kind: ColumnKind
    }

    package let name: String
    /// By name, as the two databases may hold them in another order (`ALTER TABLE … ADD COLUMN`).
    package let columns: [Column]
    /// Columns of the primary key, in its order.
    package let key: [String]

    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    var quotedName: String { Self.quoted(name) }
    var quotedColumns: String { columns.map { Self.quoted($0.name) }.joined(separator: ", ") }
    var quotedKey: String { key.map(Self.quoted).joined(separator: ", ") }
}

/// Reads which tables there are.
enum SchemaReader {
    /// The migrations' own record.
    static let record = "lockstep_migrations"

    /// All tables but the migrations' record, by name.
    /// - Throws: `decoding` for a table that can't be carried from one database to another.
    static func tables(_ transaction: any SQLTransaction, _ kind: DatabaseKind) async throws -> [TableShape] {
        let rows = try await transaction.query(kind == .sqlite ? sqlite : postgreSQL, [])
        var shapes: [TableShape] = []
        var columns: [TableShape.Column] = []
        var key: [(place: Int64, name: String)] = []
        for (index, row) in rows.enumerated() {
            let table = try row.text("table_name")
            let (name, type) = (try row.text("column_name"), try row.text("type"))
            guard let kind = ColumnKind(declaration: type) else {
                throw StorageError.decoding("\(table).\(name) has type \(type), which is none of the common subset")
            }
            columns.append(TableShape.Column(name: name, kind: kind))
            let place = try row.integer("key_place")
            if place >= 0 { key.append((place, name)) }
            let next = index + 1 < rows.count ? try rows[index + 1].text("table_name") : nil
            guard next != table else { continue }
            guard !key.isEmpty else { throw StorageError.decoding("\(table) has no primary key") }
            shapes.append(
                TableShape(
                    name: table, columns: columns.sorted { $0.name < $1.name },
                    key: key.sorted { $0.place < $1.place }.map(\.name)))
            (columns, key) = ([], [])
        }
        return shapes
    }

    private static let sqlite = """
        SELECT t.name AS table_name, c.name AS column_name, c.type AS type, c.pk - 1 AS key_place
        FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> '\(record)'
        ORDER BY t.name, c.cid
        """

    /// By the catalogue, not by information_schema: that shows a role only what it may change.
    private static let postgreSQL = """
        SELECT CAST(t.relname AS TEXT) AS table_name, CAST(c.attname AS TEXT) AS column_name,
            format_type(c.atttypid, NULL) AS type,
            COALESCE(array_position(CAST(k.indkey AS int2[]), c.attnum), -1) AS key_place
        FROM pg_class AS t
        JOIN pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname = current_schema()
        JOIN pg_attribute AS c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
        LEFT JOIN pg_index AS k ON k.indrelid = t.oid AND k.indisprimary
        WHERE t.relkind IN ('r', 'p') AND t.relname <> '\(record)'
        ORDER BY t.relname, c.attnum
        """
}
