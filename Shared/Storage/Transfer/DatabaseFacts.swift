/// What `lockstep db status` tells of a database.
package struct DatabaseFacts: Sendable, Equatable {
    package let kind: DatabaseKind
    package let version: String
    /// Bytes on disk; of SQLite without its log.
    package let size: Int64
    package let applied: MigrationDocument
    /// By name; the migrations' own record is not counted.
    package let tables: [(name: String, rows: Int)]

    package static func == (left: DatabaseFacts, right: DatabaseFacts) -> Bool {
        left.kind == right.kind && left.version == right.version && left.size == right.size
            && left.applied == right.applied && left.tables.elementsEqual(right.tables, by: ==)
    }

    package init(of database: any Database) async throws {
        let kind = database.kind
        self = try await Unhurried.run {
            try await database.read { transaction in try await DatabaseFacts(transaction, kind) }
        }
    }

    private init(_ transaction: any SQLTransaction, _ kind: DatabaseKind) async throws {
        self.kind = kind
        let sql =
            switch kind {
            case .sqlite:
                """
                SELECT sqlite_version() AS version, c.page_count * s.page_size AS size
                FROM pragma_page_count() AS c, pragma_page_size() AS s
                """
            case .postgreSQL:
                "SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size"
            }
        guard let row = try await transaction.query(sql, []).first else {
            throw StorageError.decoding("the database does not tell its version")
        }
        version = try row.text("version")
        size = try row.integer("size")
        applied = try await MigrationDocument.applied(transaction, kind)
        let names =
            switch kind {
            case .sqlite:
                """
                SELECT name FROM sqlite_schema
                WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name
                """
            case .postgreSQL:
                "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY name"
            }
        var tables: [(name: String, rows: Int)] = []
        for row in try await transaction.query(names, []) {
            let name = try row.text("name")
            guard name != SchemaReader.record else { continue }
            let counts = try await transaction.query("SELECT COUNT(*) AS n FROM \(TableShape.quoted(name))", [])
            tables.append((name, Int(try counts.first?.integer("n") ?? 0)))
        }
        self.tables = tables
    }
}
