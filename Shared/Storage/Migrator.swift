/// Runs migrations through the SQL surface itself, so that each database gets the same rules.
struct Migrator {
    let namespace: String
    let migrations: [Migration]

    private static let table = """
        CREATE TABLE IF NOT EXISTS lockstep_migrations (
            namespace TEXT NOT NULL,
            id TEXT NOT NULL,
            position BIGINT NOT NULL,
            checksum TEXT NOT NULL,
            PRIMARY KEY (namespace, id)
        )
        """

    /// One transaction per migration, and each looks at the record anew: two replicas that start together take turns.
    func run(on database: any Database) async throws {
        guard Set(migrations.map(\.id)).count == migrations.count else {
            throw StorageError.migration("namespace \(namespace) lists two migrations with the same id")
        }
        while try await applyNext(on: database) {}
    }

    private func applyNext(on database: any Database) async throws -> Bool {
        try await database.write { transaction in
            try await transaction.execute(Self.table, [])
            let count = try await applied(in: transaction)
            guard count < migrations.count else { return false }
            let migration = migrations[count]
            for statement in migration.statements {
                do {
                    try await transaction.execute(statement, [])
                } catch let error as StorageError {
                    throw StorageError.migration("\(namespace)/\(migration.id) failed: \(error)")
                }
            }
            try await transaction.execute(
                "INSERT INTO lockstep_migrations (namespace, id, position, checksum) VALUES (?, ?, ?, ?)",
                [.text(namespace), .text(migration.id), .integer(Int64(count)), .text(migration.checksum)])
            return count + 1 < migrations.count
        }
    }

    /// How many are applied, after proving that they are exactly the first ones of the list.
    private func applied(in transaction: any SQLTransaction) async throws -> Int {
        let rows = try await transaction.query(
            "SELECT id, checksum FROM lockstep_migrations WHERE namespace = ? ORDER BY position, id",
            [.text(namespace)])
        for (index, row) in rows.enumerated() {
            let id = try row.text("id")
            guard let known = migrations.firstIndex(where: { $0.id == id }) else {
                throw StorageError.migration(
                    """
                    the database has migration \(namespace)/\(id), which this build does not know: \
                    it was written by a newer version; run that version or restore a backup
                    """)
            }
            guard known == index else {
                throw StorageError.migration(
                    "\(namespace)/\(migrations[index].id) stands before the applied \(id): new migrations go to the end"
                )
            }
            guard try row.text("checksum") == migrations[index].checksum else {
                throw StorageError.migration(
                    "\(namespace)/\(id) was changed after it had been applied: write a new migration instead")
            }
        }
        return rows.count
    }
}

extension Database {
    package func migrate(_ migrations: [Migration], namespace: String) async throws {
        try await Migrator(namespace: namespace, migrations: migrations).run(on: self)
    }
}
