/// All migrations of one namespace; what a service's `migrations` command tells of itself.
package struct MigrationList: Sendable {
    package let namespace: String
    package let migrations: [Migration]

    package init(namespace: String, migrations: [Migration]) {
        self.namespace = namespace
        self.migrations = migrations
    }

    package var document: MigrationDocument.Namespace {
        MigrationDocument.Namespace(
            namespace: namespace, migrations: migrations.map { .init(id: $0.id, checksum: $0.checksum) })
    }
}

/// `plant migrations` and `portal migrations` print it.
package struct MigrationDocument: Codable, Sendable, Equatable {
    package struct Entry: Codable, Sendable, Hashable {
        package let id: String
        package let checksum: String
    }

    package struct Namespace: Codable, Sendable, Equatable {
        package let namespace: String
        package let migrations: [Entry]
    }

    package let namespaces: [Namespace]
    /// Tables that no statement of an administrator may reach; nil of a service that takes none.
    package let protectedTables: [String]?

    enum CodingKeys: String, CodingKey {
        case namespaces
        case protectedTables = "protected_tables"
    }

    package init(_ lists: [MigrationList], protectedTables: [String]? = nil) {
        namespaces = lists.map(\.document)
        self.protectedTables = protectedTables
    }

    package init(namespaces: [Namespace]) {
        self.namespaces = namespaces
        protectedTables = nil
    }
}

extension Database {
    /// What has been applied, by namespace, in the order of application; nothing where nothing was ever migrated.
    package func appliedMigrations() async throws -> MigrationDocument {
        try await read { try await MigrationDocument.applied($0, self.kind) }
    }

    /// Brings the database up to date.
    /// - Returns: what was missing before, as `namespace/id`.
    package func migrate(_ lists: [MigrationList]) async throws -> [String] {
        let before = try await appliedMigrations()
        for list in lists { try await migrate(list.migrations, namespace: list.namespace) }
        return lists.flatMap { list in
            let known = Set(before.namespaces.first { $0.namespace == list.namespace }?.migrations.map(\.id) ?? [])
            return list.migrations.filter { !known.contains($0.id) }.map { "\(list.namespace)/\($0.id)" }
        }
    }
}

extension MigrationDocument {
    static func applied(_ transaction: any SQLTransaction, _ kind: DatabaseKind) async throws -> MigrationDocument {
        let exists =
            switch kind {
            case .sqlite: "SELECT COUNT(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = ?"
            case .postgreSQL:
                "SELECT COUNT(*) AS n FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?"
            }
        guard try await transaction.query(exists, [.text(SchemaReader.record)]).first?.integer("n") == 1 else {
            return MigrationDocument(namespaces: [])
        }
        let rows = try await transaction.query(
            "SELECT namespace, id, checksum FROM \(SchemaReader.record) ORDER BY namespace, position, id", [])
        var namespaces: [(name: String, entries: [Entry])] = []
        for row in rows {
            let name = try row.text("namespace")
            if namespaces.last?.name != name { namespaces.append((name, [])) }
            namespaces[namespaces.count - 1].entries.append(
                Entry(id: try row.text("id"), checksum: try row.text("checksum")))
        }
        return MigrationDocument(namespaces: namespaces.map { Namespace(namespace: $0.name, migrations: $0.entries) })
    }
}
