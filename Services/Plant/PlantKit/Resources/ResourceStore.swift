import HTTPKit
package import Storage

/// Keeps one kind of resource in somebody's transaction: lists, reads, and changes under optimistic concurrency.
package struct ResourceStore<Item: Resource>: Sendable {
    package init() {}

    private var statements: ResourceStatements { ResourceStatements(schema: Item.schema) }

    /// Page and total of one snapshot.
    package func list(
        _ query: ListQuery, reach: Reach, in transaction: any SQLTransaction
    ) async throws -> (items: [Item], total: Int) {
        let (count, page) = statements.list(query, reach: reach)
        let items = try await transaction.query(page.sql, page.arguments).map(Item.init(row:))
        if let kept = try await Item.total(of: query, reach: reach, in: transaction) { return (items, Int(kept)) }
        let total = try await transaction.query(count.sql, count.arguments)[0].integer("total")
        return (items, Int(total))
    }

    /// Throws `ResourceError.notFound`, also for what the reach does not hold.
    package func find(_ id: String, reach: Reach, in transaction: any SQLTransaction) async throws -> Item {
        let find = statements.find(id, reach: reach)
        guard let row = try await transaction.query(find.sql, find.arguments).first else {
            throw ResourceError.notFound
        }
        return try Item(row: row)
    }

    /// - Parameter columns: what the path brings, e.g. whose part it is.
    package func create(
        _ draft: Item.Draft, columns: [ResourceColumn] = [], in change: ResourceChange
    ) async throws -> Item {
        let id = change.request.makeID()
        let derived = try await Item.derivedColumns(of: draft, replacing: nil, in: change)
        let insert = statements.insert(id: id, columns: draft.columns + columns + derived, now: change.request.now)
        try await namingTakenFields { try await change.transaction.execute(insert.sql, insert.arguments) }
        let made = try await find(id, reach: .all, in: change.transaction)
        try await Item.changed(from: nil, to: made, in: change)
        return made
    }

    /// Reads, compares and writes.
    /// - Parameter draft: made of what is stored now; what it throws comes out.
    package func update(
        _ id: String, reach: Reach, ifMatch: EntityTagCondition, in change: ResourceChange,
        draft: (Item) throws -> Item.Draft
    ) async throws -> (before: Item, after: Item) {
        let existing = try await current(id, reach, ifMatch, in: change.transaction)
        let draft = try draft(existing)
        let derived = try await Item.derivedColumns(of: draft, replacing: existing, in: change)
        let update = statements.update(id: id, columns: draft.columns + derived, now: change.request.now)
        try await namingTakenFields { try await change.transaction.execute(update.sql, update.arguments) }
        // The reach was asked before the change: what a manager hands over, it may still see in the answer.
        let changed = try await find(id, reach: .all, in: change.transaction)
        try await Item.changed(from: existing, to: changed, in: change)
        return (existing, changed)
    }

    /// Softly: the row stays, for what refers to it, and is found no more.
    /// - Returns: what it was.
    package func delete(
        _ id: String, reach: Reach, ifMatch: EntityTagCondition, in change: ResourceChange
    ) async throws -> Item {
        let existing = try await current(id, reach, ifMatch, in: change.transaction)
        let moment = change.request.now
        let deletion = statements.update(
            id: id, columns: [ResourceColumn(name: "deleted_at", value: .integer(moment))], now: moment)
        try await change.transaction.execute(deletion.sql, deletion.arguments)
        try await Item.changed(from: existing, to: nil, in: change)
        return existing
    }

    private func current(
        _ id: String, _ reach: Reach, _ ifMatch: EntityTagCondition, in transaction: any SQLTransaction
    ) async throws -> Item {
        let item = try await find(id, reach: reach, in: transaction)
        guard ifMatch.matchesStrongly(item.entityTag) else { throw ResourceError.stale(version: item.version) }
        return item
    }

    private func namingTakenFields(_ work: () async throws -> Int) async throws {
        do {
            _ = try await work()
        } catch StorageError.uniqueViolation(let name) {
            guard let field = Item.schema.uniqueFields[name] else { throw StorageError.uniqueViolation(name) }
            throw ResourceError.taken(field: field)
        }
    }
}
