/// Foreign keys that are looked at when all rows are there, so that no order of tables or rows matters: a table may refer
/// to itself, and two to each other.
struct DeferredForeignKeys {
    let kind: DatabaseKind
    let transaction: any SQLTransaction

    func wait() async throws {
        switch kind {
        case .sqlite:
            // Ends with the transaction.
            try await transaction.execute("PRAGMA defer_foreign_keys = ON", [])
        case .postgreSQL:
            for (table, name) in try await constraints(deferrable: false) {
                try await transaction.execute(
                    "ALTER TABLE \(table) ALTER CONSTRAINT \(name) DEFERRABLE INITIALLY DEFERRED", [])
            }
        }
    }

    /// Throws `foreignKeyViolation` where something refers to nothing; the constraints are as they were then.
    func check() async throws {
        switch kind {
        case .sqlite:
            // A commit would say so too, and not where.
            let broken = try await transaction.query(
                "SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_check() ORDER BY name LIMIT 1", [])
            if let table = try broken.first?.text("name") { throw StorageError.foreignKeyViolation(table) }
        case .postgreSQL:
            try await transaction.execute("SET CONSTRAINTS ALL IMMEDIATE", [])
            for (table, name) in try await constraints(deferrable: true) {
                try await transaction.execute("ALTER TABLE \(table) ALTER CONSTRAINT \(name) NOT DEFERRABLE", [])
            }
        }
    }

    /// Migrations make no constraint that is deferrable (the databases differ in it), so those that are, are ours.
    private func constraints(deferrable: Bool) async throws -> [(table: String, name: String)] {
        let rows = try await transaction.query(
            """
            SELECT CAST(t.relname AS TEXT) AS table_name, CAST(c.conname AS TEXT) AS name
            FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
            JOIN pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname = current_schema()
            WHERE c.contype = 'f' AND c.condeferrable = \(deferrable) ORDER BY t.relname, c.conname
            """, [])
        return try rows.map { row in
            (TableShape.quoted(try row.text("table_name")), TableShape.quoted(try row.text("name")))
        }
    }
}
