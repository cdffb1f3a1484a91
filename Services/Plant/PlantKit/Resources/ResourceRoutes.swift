import Contracts
import HTTPKit
import HTTPTypes
import Logging
import ServerKit
package import Storage

/// Whose part a resource is, as its path tells: `farms/{farmId}/blocks`.
package struct ResourceParent: Sendable {
    package let placeholder: String
    /// Of the resource's own table.
    package let column: String
    /// Throws when there is no such parent for the caller.
    package let check: @Sendable (_ id: String, APIRequest, any SQLTransaction) async throws -> Void

    package init(
        placeholder: String, column: String,
        check: @escaping @Sendable (_ id: String, APIRequest, any SQLTransaction) async throws -> Void
    ) {
        self.placeholder = placeholder
        self.column = column
        self.check = check
    }
}

/// `GET` list and one, `POST`, `PUT`, `PATCH`, `DELETE` of one kind of resource: the same six for all.
///
/// Order of answers: 401 (before this), 403, 428, 415/400/422, 404, 412, 409.
struct ResourceHandlers<Item: Resource>: Sendable {
    let store = ResourceStore<Item>()
    let parent: ResourceParent?
    /// More that happens in the transaction of a change.
    let changed: @Sendable (Item?, Item?, ResourceChange) async throws -> Void

    private var name: String { Item.schema.name }

    func list(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> APIAnswer {
        let grant = try allowed(.list, request)
        var query = try ListQuery(parameters: request.parameters, schema: Item.schema)
        for column in try await parentColumns(request, transaction) {
            query.conditions.append(ListQuery.Condition(filter: ListFilter(column.name), value: column.value))
        }
        let (items, total) = try await store.list(query, reach: grant.reach, in: transaction)
        return try .json(
            Page(
                data: items.map { $0.visible(to: request.caller) }, total: total, page: query.paging.page,
                perPage: query.paging.perPage))
    }

    func read(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> APIAnswer {
        let grant = try allowed(.read, request)
        let id = try request.id(of: name)
        let item = try await refusing(id, request, transaction) {
            try await store.find(id, reach: grant.reach, in: transaction)
        }
        if request.ifNoneMatch?.matchesWeakly(item.entityTag) == true { return .notModified(item.entityTag) }
        return try answer(item, request)
    }

    func create(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> APIAnswer {
        _ = try allowed(.create, request)
        let change = ResourceChange(request: request, transaction: transaction)
        let fields = try ResourceDocument.writable(
            request.members, fields: Item.Draft.fields, current: [:], name: name)
        let draft = try ResourceDocument.draft(Item.Draft.self, from: fields)
        let columns = try await parentColumns(request, transaction)
        let item = try await refusing(nil, request, transaction) {
            let item = try await store.create(draft, columns: columns, in: change)
            try await changed(nil, item, change)
            return item
        }
        log("created", item.id, request)
        return try answer(item, request, status: .created, location: "\(Item.schema.path)/\(item.id)")
    }

    func replace(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> APIAnswer {
        let grant = try allowed(.replace, request)
        return try await update(request, transaction, grant, "replaced") { existing in
            let seen = try JSONValue(encoding: existing.visible(to: request.caller)).members ?? [:]
            let fields = try ResourceDocument.writable(
                request.members, fields: Item.Draft.fields, current: seen, name: name)
            return try ResourceDocument.draft(Item.Draft.self, from: fields)
        }
    }

    func patch(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> APIAnswer {
        let grant = try allowed(.patch, request)
        let patch = request.members
        if let patchable = grant.patchable,
            let field = patch.keys.sorted().first(where: { Item.Draft.fields.contains($0) && !patchable.contains($0) })
        {
            throw Refusal(.forbidden, "You may not change \(field) of this \(name).")
        }
        return try await update(request, transaction, grant, "patched") { existing in
            let current = try JSONValue(encoding: existing).members ?? [:]
            // Compared with what this caller sees: else the answer would tell whether a guess at the rest is right.
            let seen = try JSONValue(encoding: existing.visible(to: request.caller)).members ?? [:]
            let changes = try ResourceDocument.writable(
                patch, fields: Item.Draft.fields, current: seen, name: name)
            let target = JSONValue.object(current.filter { Item.Draft.fields.contains($0.key) })
            let merged = MergePatch.apply(.object(changes), to: target)
            return try ResourceDocument.draft(Item.Draft.self, from: merged.members ?? [:])
        }
    }

    func delete(_ request: APIRequest, _ transaction: any SQLTransaction) async throws -> APIAnswer {
        let grant = try allowed(.delete, request)
        let id = try request.id(of: name)
        let change = ResourceChange(request: request, transaction: transaction)
        let condition = try request.requiredIfMatch()
        try await refusing(id, request, transaction) {
            let existing = try await store.delete(id, reach: grant.reach, ifMatch: condition, in: change)
            try await changed(existing, nil, change)
        }
        log("deleted", id, request)
        return .nothing
    }
}

extension ResourceHandlers {
    private func update(
        _ request: APIRequest, _ transaction: any SQLTransaction, _ grant: ResourceGrant, _ word: String,
        draft: (Item) throws -> Item.Draft
    ) async throws -> APIAnswer {
        let id = try request.id(of: name)
        let condition = try request.requiredIfMatch()
        let change = ResourceChange(request: request, transaction: transaction)
        let item = try await refusing(id, request, transaction) {
            let (before, after) = try await store.update(
                id, reach: grant.reach, ifMatch: condition, in: change, draft: draft)
            try await changed(before, after, change)
            return after
        }
        log(word, id, request)
        return try answer(item, request)
    }

    private func allowed(_ action: ResourceGrant.Action, _ request: APIRequest) throws(Refusal) -> ResourceGrant {
        let grant = Item.grant(for: request.caller)
        guard grant.actions.contains(action) else {
            throw Refusal(
                .forbidden, "Your roles do not allow this.",
                cause: "\(action) \(name) with roles \(request.caller.identity.roles.joined(separator: " "))")
        }
        return grant
    }

    private func parentColumns(
        _ request: APIRequest, _ transaction: any SQLTransaction
    ) async throws -> [ResourceColumn] {
        guard let parent else { return [] }
        let id = try request.id(parent.placeholder, of: parent.column)
        try await parent.check(id, request, transaction)
        return [ResourceColumn(name: parent.column, value: .text(id))]
    }

    /// - Parameter id: what was asked for; nil for a new one.
    private func refusing<T>(
        _ id: String?, _ request: APIRequest, _ transaction: any SQLTransaction, _ work: () async throws -> T
    ) async throws -> T {
        do {
            return try await work()
        } catch let error as ResourceError {
            if error == .notFound, let id,
                let refusal = try await Item.absence(of: id, for: request.caller, in: transaction)
            {
                throw refusal
            }
            throw Refusal(error, name: name)
        }
    }

    private func answer(
        _ item: Item, _ request: APIRequest, status: HTTPResponse.Status = .ok, location: String? = nil
    ) throws -> APIAnswer {
        var answer = try APIAnswer.json(
            item.visible(to: request.caller), status: status, tag: item.entityTag, location: location)
        answer.resourceID = item.id
        return answer
    }

    /// Who changed what; the values stay in the database.
    private func log(_ change: String, _ id: String, _ request: APIRequest) {
        request.logger.info(
            "A \(name) was \(change)",
            metadata: ["id": "\(id)", "subject": "\(request.caller.identity.subject)"])
    }
}
