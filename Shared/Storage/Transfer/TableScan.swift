/// Reads a table by its key, page by page, so that no table has to fit into memory.
///
/// SQLite's text may hold bytes that no text of ours can: what is behind a U+0000, and what is no UTF-8, would be lost
/// without a word. So there the bytes are read too, and compared.
struct TableScan {
    let table: TableShape
    /// Whose table it is.
    let kind: DatabaseKind
    /// Rows of a page.
    var pageSize = 500

    func count(_ transaction: any SQLTransaction) async throws -> Int {
        let rows = try await transaction.query("SELECT COUNT(*) AS n FROM \(table.quotedName)", [])
        return Int(try rows.first?.integer("n") ?? 0)
    }

    func forEachPage(
        _ transaction: any SQLTransaction, _ body: ([SQLRow]) async throws -> Void
    ) async throws {
        var after: [SQLValue] = []
        while true {
            let places = table.key.map { _ in "?" }.joined(separator: ", ")
            let condition = after.isEmpty ? "" : "WHERE (\(table.quotedKey)) > (\(places)) "
            let rows = try await transaction.query(
                """
                SELECT \(selection) FROM \(table.quotedName) \(condition)\
                ORDER BY \(table.quotedKey) LIMIT \(pageSize)
                """, after)
            try await body(rows)
            guard rows.count == pageSize, let last = rows.last else { return }
            after = table.key.map { last[$0] ?? .null }
        }
    }

    private var selection: String {
        guard kind == .sqlite else { return table.quotedColumns }
        let bytes = table.columns.map { column in
            "CAST(\(TableShape.quoted(column.name)) AS BLOB) AS \(TableShape.quoted(Self.bytes(of: column)))"
        }
        let texts = zip(table.columns, bytes).filter { $0.0.kind == .text }.map(\.1)
        return ([table.quotedColumns] + texts).joined(separator: ", ")
    }

    private static func bytes(of column: TableShape.Column) -> String { "bytes of \(column.name)" }

    /// What the row holds, in the order of the columns.
    /// - Parameter onFault: told of each value that does not belong into its column.
    func values(of row: SQLRow, onFault: (TypeFault) -> Void) -> [SQLValue] {
        table.columns.map { column in
            let value = row[column.name] ?? .null
            var isWhole = true
            if case (.text(let text), .blob(let bytes)?) = (value, row[Self.bytes(of: column)]) {
                isWhole = text.utf8.elementsEqual(bytes)
            }
            guard isWhole, let admitted = column.kind.admits(value) else {
                onFault(TypeFault(table, row, column, value))
                return value
            }
            return admitted
        }
    }

    /// Rows and checksum of the whole table.
    /// - Throws: `TransferFault.types` for values that do not belong into their columns.
    func digest(
        _ transaction: any SQLTransaction, onPage: (_ rows: Int) -> Void = { _ in }
    ) async throws -> TableDigest {
        var digest = TableDigest()
        var faults = TypeFaults()
        try await forEachPage(transaction) { rows in
            for row in rows { digest.add(values(of: row) { faults.add($0) }) }
            try faults.checkKeys()
            onPage(rows.count)
        }
        try faults.check()
        return digest
    }
}
