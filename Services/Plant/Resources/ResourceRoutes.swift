import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import ServerKit
import Tokens

/// `GET` list and one, `POST`, `PUT`, `PATCH`, `DELETE` of one kind of resource: the same six for all.
///
/// Order of answers: 401 (before this), 403, 428, 415/400/422, 404, 412, 409.
struct ResourceRoutes<Item: Resource>: Sendable {
    let store: ResourceStore<Item>
    let callers: any CallerDirectory

    private var name: String { Item.schema.name }

    func add(to group: RouterGroup<UserContext>) {
        group.get { try await list($0, $1) }
        group.post { try await create($0, $1) }
        group.get(":id") { try await read($0, $1) }
        group.put(":id") { try await replace($0, $1) }
        group.patch(":id") { try await patch($0, $1) }
        group.delete(":id") { try await delete($0, $1) }
    }

    private func list(_ request: Request, _ context: UserContext) async throws -> Response {
        let (caller, grant) = try await allowed(.list, context)
        let query = try ListQuery(request: request, schema: Item.schema)
        let (items, total) = try await refusing { try await store.list(query, reach: grant.reach) }
        return try JSONBody.response(
            Page(
                data: items.map { $0.visible(to: caller) }, total: total, page: query.paging.page,
                perPage: query.paging.perPage))
    }

    private func read(_ request: Request, _ context: UserContext) async throws -> Response {
        let (caller, grant) = try await allowed(.read, context)
        let id = try id(context, grant)
        let item = try await refusing { try await store.find(id) }
        if EntityTagCondition(request.headers[values: .ifNoneMatch])?.matchesWeakly(item.entityTag) == true {
            return Response(status: .notModified, headers: [.eTag: item.entityTag.text])
        }
        return try answer(item, caller)
    }

    private func create(_ request: Request, _ context: UserContext) async throws -> Response {
        let (caller, _) = try await allowed(.create, context)
        let members = try await document(request, context)
        let fields = try ResourceDocument.writable(members, fields: Item.Draft.fields, current: [:], name: name)
        let draft = try ResourceDocument.draft(Item.Draft.self, from: fields)
        let item = try await refusing { try await store.create(draft) }
        log("created", item.id, context)
        return try answer(item, caller, status: .created, location: "\(Item.schema.path)/\(item.id)")
    }

    private func replace(_ request: Request, _ context: UserContext) async throws -> Response {
        let (caller, grant) = try await allowed(.replace, context)
        let id = try id(context, grant)
        let condition = try precondition(request)
        let members = try await document(request, context)
        let name = name
        let item = try await refusing {
            try await store.update(id, ifMatch: condition) { existing in
                let seen = try JSONValue(encoding: existing.visible(to: caller)).members ?? [:]
                let fields = try ResourceDocument.writable(
                    members, fields: Item.Draft.fields, current: seen, name: name)
                return try ResourceDocument.draft(Item.Draft.self, from: fields)
            }
        }
        log("replaced", id, context)
        return try answer(item, caller)
    }

    private func patch(_ request: Request, _ context: UserContext) async throws -> Response {
        let (caller, grant) = try await allowed(.patch, context)
        let id = try id(context, grant)
        let condition = try precondition(request)
        let patch = try await document(request, context, orMergePatch: true)
        if let patchable = grant.patchable,
            let field = patch.keys.sorted().first(where: { Item.Draft.fields.contains($0) && !patchable.contains($0) })
        {
            throw Refusal(.forbidden, "You may not change \(field) of this \(name).")
        }
        let name = name
        let item = try await refusing {
            try await store.update(id, ifMatch: condition) { existing in
                let current = try JSONValue(encoding: existing).members ?? [:]
                // Compared with what this caller sees: else the answer would tell whether a guess at the rest is right.
                let seen = try JSONValue(encoding: existing.visible(to: caller)).members ?? [:]
                let changes = try ResourceDocument.writable(
                    patch, fields: Item.Draft.fields, current: seen, name: name)
                let target = JSONValue.object(current.filter { Item.Draft.fields.contains($0.key) })
                let merged = MergePatch.apply(.object(changes), to: target)
                return try ResourceDocument.draft(Item.Draft.self, from: merged.members ?? [:])
            }
        }
        log("patched", id, context)
        return try answer(item, caller)
    }

    private func delete(_ request: Request, _ context: UserContext) async throws -> Response {
        let (_, grant) = try await allowed(.delete, context)
        let id = try id(context, grant)
        let condition = try precondition(request)
        try await refusing { try await store.delete(id, ifMatch: condition) }
        log("deleted", id, context)
        return Response(status: .noContent)
    }
}

extension ResourceRoutes {
    private func allowed(_ action: ResourceGrant.Action, _ context: UserContext) async throws -> (
        Caller, ResourceGrant
    ) {
        let caller = try await callers.caller(for: context.identity)
        let grant = Item.grant(for: caller)
        guard grant.actions.contains(action) else {
            throw Refusal(
                .forbidden, "Your roles do not allow this.",
                cause: "\(action) \(name) with roles \(context.identity.roles.joined(separator: " "))")
        }
        return (caller, grant)
    }

    /// What the grant does not reach is not found: its existence is nobody else's business.
    private func id(_ context: UserContext, _ grant: ResourceGrant) throws -> String {
        let id = try context.parameters.require("id")
        guard TextRule.isIdentifier(id), grant.reaches(id) else {
            throw Refusal(.notFound, "There is no such \(name).")
        }
        return id
    }

    private func precondition(_ request: Request) throws(Refusal) -> EntityTagCondition {
        guard let condition = EntityTagCondition(request.headers[values: .ifMatch]) else {
            throw Refusal(
                .preconditionRequired,
                "Send If-Match with the ETag that you read, so that nobody's change is overwritten unseen.")
        }
        return condition
    }

    private func document(
        _ request: Request, _ context: UserContext, orMergePatch: Bool = false
    ) async throws -> [String: JSONValue] {
        try await ResourceDocument.read(
            request, limit: context.maxUploadSize,
            mediaTypes: orMergePatch ? ["application/json", "application/merge-patch+json"] : ["application/json"])
    }

    private func refusing<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch let error as ResourceError {
            throw Refusal(error, name: name)
        }
    }

    private func answer(
        _ item: Item, _ caller: Caller, status: HTTPResponse.Status = .ok, location: String? = nil
    ) throws -> Response {
        var headers: HTTPFields = [.eTag: item.entityTag.text]
        headers[.location] = location
        return try JSONBody.response(item.visible(to: caller), status: status, headers: headers)
    }

    /// Who changed what; the values stay in the database.
    private func log(_ change: String, _ id: String, _ context: UserContext) {
        context.logger.info(
            "A \(name) was \(change)", metadata: ["id": "\(id)", "subject": "\(context.identity.subject)"])
    }
}
