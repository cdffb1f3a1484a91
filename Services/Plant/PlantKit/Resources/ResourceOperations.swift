/// Which of the six operations a resource has, where, and what else happens with its changes.
package struct ResourceOperations<Item: Resource>: Sendable {
    /// `farm` → `getFarm`; `farms` → `listFarms`.
    let plural: String
    let path: String
    let actions: Set<ResourceGrant.Action>
    let parent: ResourceParent?
    let access: Operation.Access
    let changed: @Sendable (Item?, Item?, ResourceChange) async throws -> Void

    /// - Parameters:
    ///   - plural: for operation ids and summaries, e.g. `farms`.
    ///   - path: nil: the schema's own.
    ///   - access: what the token must hold at all; `Item.grant` decides on the rest.
    ///   - changed: last in the transaction of each change.
    package init(
        _ type: Item.Type, plural: String, path: String? = nil,
        actions: Set<ResourceGrant.Action> = Set(ResourceGrant.Action.allCases), parent: ResourceParent? = nil,
        access: Operation.Access = .anyToken,
        changed: @escaping @Sendable (Item?, Item?, ResourceChange) async throws -> Void = { _, _, _ in }
    ) {
        self.plural = plural
        self.path = path ?? Item.schema.path
        self.actions = actions
        self.parent = parent
        self.access = access
        self.changed = changed
    }
}

extension ModuleRoutes {
    /// Adds the operations of a resource, each documented by the resource's own types.
    package func add<Item: Resource>(_ resource: ResourceOperations<Item>) {
        let handlers = ResourceHandlers<Item>(parent: resource.parent, changed: resource.changed)
        for action in ResourceGrant.Action.allCases where resource.actions.contains(action) {
            let operation = resource.operation(action, tag: tag)
            switch action {
            case .list: addList(operation) { try await handlers.list($0, $1) }
            case .read: add(operation) { try await handlers.read($0, $1) }
            case .create: add(operation) { try await handlers.create($0, $1) }
            case .replace: add(operation) { try await handlers.replace($0, $1) }
            case .patch: add(operation) { try await handlers.patch($0, $1) }
            case .delete: add(operation) { try await handlers.delete($0, $1) }
            }
        }
    }
}

extension ResourceOperations {
    private var name: String { Item.schema.name }

    func operation(_ action: ResourceGrant.Action, tag: String) -> Operation {
        let (one, many) = (Self.camel(name), Self.camel(plural))
        let under = parent.map { "Of\(Self.camel(String($0.placeholder.prefix { $0 != "I" })))" } ?? ""
        let item = APISchema.resource(Item.self)
        let own = "\(path)/{id}"
        return switch action {
        case .list:
            Operation(
                "list\(many)\(under)", .get, path, summary: "Lists \(plural).", tag: tag, access: access,
                parameters: Self.listParameters, answers: [.page(of: item)], refusals: refusals)
        case .create:
            Operation(
                "create\(one)", .post, path, summary: "Makes a \(name).", tag: tag, access: access,
                body: .json(.draft(Item.Draft.self)), answers: [.created(item)],
                refusals: refusals.union([.conflict, .notFound]))
        case .read:
            Operation(
                "get\(one)", .get, own, summary: "Reads one \(name).", tag: tag, access: access,
                answers: [.one(item)], refusals: refusals, precondition: .ifNoneMatch)
        case .replace:
            Operation(
                "replace\(one)", .put, own, summary: "Writes a \(name) anew.",
                details: "Members that the server owns may be sent back as they were read.", tag: tag, access: access,
                body: .json(.draft(Item.Draft.self)), answers: [.one(item)], refusals: refusals.union([.conflict]),
                precondition: .ifMatch)
        case .patch:
            Operation(
                "update\(one)", .patch, own, summary: "Changes members of a \(name).", tag: tag, access: access,
                body: .mergePatch(.draftPatch(Item.Draft.self)), answers: [.one(item)],
                refusals: refusals.union([.conflict]), precondition: .ifMatch)
        case .delete:
            Operation(
                "delete\(one)", .delete, own, summary: "Deletes a \(name).", tag: tag, access: access,
                answers: [.noContent], refusals: refusals.union([.conflict]), precondition: .ifMatch)
        }
    }

    /// `Item.grant` may refuse whatever the access is.
    private var refusals: Set<ProblemCode> { [.forbidden, .invalidInput] }

    private static var listParameters: [APIParameter] {
        let schema = Item.schema
        return schema.filters.map(\.parameter) + (schema.searchColumn == nil ? [] : [.search])
            + [.sort(schema.sorts, default: schema.defaultSort)] + APIParameter.paging
    }

    /// `validation record` → `ValidationRecord`.
    private static func camel(_ words: String) -> String {
        words.split { $0 == " " || $0 == "_" }.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension ListFilter {
    var parameter: APIParameter {
        let comparison =
            switch self.comparison {
            case .equal: "Those whose \(column) is this."
            case .atLeast: "Those whose \(column) is this or later."
            case .below: "Those whose \(column) is before this."
            }
        guard case .choice(let words) = kind else { return .query(name, schema, comparison) }
        return .query(name, schema, "\(comparison) There are \(words.joined(separator: ", ")).")
    }

    private var schema: APISchema {
        switch kind {
        // Another word finds nothing, and is not refused (`value(of:)`).
        case .text, .caseless, .choice: .text(length: 0...254)
        case .integer(let range): .integer(range)
        case .moment: .time
        case .day: .day
        }
    }
}
