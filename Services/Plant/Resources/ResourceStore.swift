import Storage

/// Keeps one kind of resource: lists, reads, and changes under optimistic concurrency.
struct ResourceStore<Item: Resource>: Sendable {
    let database: any Database
    /// Seconds since the epoch.
    let now: @Sendable () -> Int64
    let makeID: @Sendable () -> String
    /// In the transaction of each change of one that is there already; nil for one that is deleted.
    var onChange: @Sendable (_ before: Item, _ after: Item?, _ now: Int64, any SQLTransaction) async throws -> Void = {
        _, _, _, _ in
    }

    private var statements: ResourceStatements { ResourceStatements(schema: Item.schema) }

    /// Page and total of one snapshot.
    func list(_ query: ListQuery, reach: ResourceGrant.Reach) async throws -> (items: [Item], total: Int) {
        let (count, page) = statements.list(query, reach: reach)
        return try await database.read { transaction in
            let total = try await transaction.query(count.sql, count.arguments)[0].integer("total")
            let items = try await transaction.query(page.sql, page.arguments).map(Item.init(row:))
            return (items, Int(total))
        }
    }

    /// Throws `ResourceError.notFound`.
    func find(_ id: String) async throws -> Item {
        try await database.read { try await find(id, in: $0) }
    }

    func create(_ draft: Item.Draft) async throws -> Item {
        let id = makeID()
        return try await namingTakenFields {
            try await database.write { transaction in
                let derived = try await Item.derivedColumns(of: draft, replacing: nil, in: transaction)
                let insert = statements.insert(id: id, columns: draft.columns + derived, now: now())
                try await transaction.execute(insert.sql, insert.arguments)
                return try await find(id, in: transaction)
            }
        }
    }

    /// Reads, compares and writes in one transaction.
    /// - Parameter change: makes the new draft of what is stored now; what it throws comes out.
    func update(
        _ id: String, ifMatch: EntityTagCondition, change: @Sendable (Item) throws -> Item.Draft
    ) async throws -> Item {
        try await namingTakenFields {
            try await database.write { transaction in
                let existing = try await current(id, ifMatch, in: transaction)
                let draft = try change(existing)
                let derived = try await Item.derivedColumns(of: draft, replacing: existing, in: transaction)
                let moment = now()
                let update = statements.update(id: id, columns: draft.columns + derived, now: moment)
                try await transaction.execute(update.sql, update.arguments)
                let changed = try await find(id, in: transaction)
                try await onChange(existing, changed, moment, transaction)
                return changed
            }
        }
    }

    /// Softly: the row stays, for what refers to it, and is found no more.
    func delete(_ id: String, ifMatch: EntityTagCondition) async throws {
        let moment = now()
        try await database.write { transaction in
            let existing = try await current(id, ifMatch, in: transaction)
            let deletion = statements.update(
                id: id, columns: [ResourceColumn(name: "deleted_at", value: .integer(moment))], now: moment)
            try await transaction.execute(deletion.sql, deletion.arguments)
            try await onChange(existing, nil, moment, transaction)
        }
    }

    private func find(_ id: String, in transaction: any SQLTransaction) async throws -> Item {
        let find = statements.find(id)
        guard let row = try await transaction.query(find.sql, find.arguments).first else {
            throw ResourceError.notFound
        }
        return try Item(row: row)
    }

    private func current(
        _ id: String, _ ifMatch: EntityTagCondition, in transaction: any SQLTransaction
    ) async throws -> Item {
        let item = try await find(id, in: transaction)
        guard ifMatch.matchesStrongly(item.entityTag) else { throw ResourceError.stale(version: item.version) }
        return item
    }

    private func namingTakenFields<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch StorageError.uniqueViolation(let name) {
            guard let field = Item.schema.uniqueFields[name] else { throw StorageError.uniqueViolation(name) }
            throw ResourceError.taken(field: field)
        }
    }
}
