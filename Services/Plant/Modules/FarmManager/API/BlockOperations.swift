import PlantKit

/// Blocks: what they are, what they do, and what they did.
enum BlockOperations {
    static func add(to routes: ModuleRoutes) {
        let ofFarm = ResourceParent(placeholder: "id", column: "farm_id") { id, request, transaction in
            try await FarmRefusals.refusing { _ = try await FarmRecords(request, transaction).farm(id) }
        }
        routes.add(
            ResourceOperations(
                Block.self, plural: "blocks", path: routes.path("farms/{id}/blocks"), actions: [.create],
                parent: ofFarm, access: .permission(FarmPermissions.manage)))
        routes.add(
            ResourceOperations(
                Block.self, plural: "blocks", actions: [.read, .replace, .patch, .delete],
                access: .permission(FarmPermissions.view)))
        addLists(to: routes)
        addStatus(to: routes)
    }

    private static func addLists(to routes: ModuleRoutes) {
        let filters: [APIParameter] = [
            .query("state", .choice(BlockState.self), "Those in this state."),
            .query("type", .choice(BlockType.self), "Those of this type."),
            .query(
                "q", .text(length: 0...100),
                "Words that begin words of the code or the name; a search finds \(FarmRecords.searchLimit) at most."),
            .query("sort", .choice(BlockQuery.Order.self).defaulting(to: "code"), "By code, or the newest first."),
        ]
        let ofFarm = APIParameter.query("farm_id", .identifier, "Those of this farm.")
        let details = """
            Each with what stands there: a block with planting_id has planting, of which more is at plantings/{id}. While \
            a block is cleaned it is what stood there.
            """
        routes.look(
            Operation(
                "listBlocks", .get, routes.path("blocks"), summary: "Lists blocks of all farms.", details: details,
                tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: [ofFarm] + filters + APIParameter.paging,
                answers: [.page(of: .of(ListedBlock.self))])
        ) { records, request in
            try await list(records, request, farm: try request.queryFields { $0.optionalID("farm_id") })
        }
        routes.look(
            Operation(
                "listBlocksOfFarm", .get, routes.path("farms/{id}/blocks"), summary: "Lists a farm's blocks.",
                details: details, tag: routes.tag, access: .permission(FarmPermissions.view),
                parameters: filters + APIParameter.paging, answers: [.page(of: .of(ListedBlock.self))])
        ) { records, request in
            let farm = try await records.farm(try request.id(of: "farm"))
            return try await list(records, request, farm: farm.id)
        }
    }

    private static func list(
        _ records: FarmRecords, _ request: APIRequest, farm: String?
    ) async throws -> APIAnswer {
        let query = try request.queryFields { fields in
            BlockQuery(
                farmID: farm, state: fields.optionalWord("state", of: BlockState.self),
                type: fields.optionalWord("type", of: BlockType.self),
                search: fields.optionalText("q", length: 0...100),
                order: fields.optionalWord("sort", of: BlockQuery.Order.self) ?? .code)
        }
        // Blocks are fewer than harvests, and their order is an index whatever the filter.
        let (page, slice) = try request.slice(deepest: 200_000)
        let blocks = try await records.blocks(query, slice)
        return try Listing(items: blocks.items.map(ListedBlock.init), total: blocks.total).answer(page)
    }

    private static func addStatus(to routes: ModuleRoutes) {
        routes.look(
            Operation(
                "getBlockStatus", .get, routes.path("blocks/{id}/status"),
                summary: "Tells a block's state, and what it may go to.", tag: routes.tag,
                access: .permission(FarmPermissions.view), answers: [.ok(.of(BlockStatus.self))])
        ) { records, request in
            let (block, allowed) = try await records.status(of: request.id(of: "block"))
            return try .json(BlockStatus(block, allowed))
        }
        routes.work(
            Operation(
                "changeBlockStatus", .post, routes.path("blocks/{id}/status"), summary: "Changes a block's state.",
                details: """
                    An empty block takes crop_id and plants with planned, planted or growing. alert raises an alert; the \
                    way out of it is the state before. A change that the state does not allow is refused with 409, and \
                    fields.allowed names those that are. With If-Match, nobody's change is overlooked: send the block's ETag.
                    """,
                tag: routes.tag, access: .permission(FarmPermissions.operate),
                body: .event(StateRequest.init(reading:)),
                answers: [.ok(.of(BlockStatus.self))], refusals: [.conflict],
                precondition: .ifMatchWhereSent), reading: StateRequest.init(reading:)
        ) { work, wanted, request in
            let block = try await work.changeState(
                of: request.id(of: "block"), wanted, ifMatch: request.ifMatch)
            let (_, planting) = try await work.records.occupied(block.id)
            return try .json(BlockStatus(block, FarmRecords.allowed(block, planting)))
        }
        routes.look(
            Operation(
                "listBlockTransitions", .get, routes.path("blocks/{id}/transitions"),
                summary: "Lists a block's changes of state, the newest first.", tag: routes.tag,
                access: .permission(FarmPermissions.view), parameters: APIParameter.paging,
                answers: [.page(of: .of(BlockTransition.self))])
        ) { records, request in
            let (page, slice) = try request.slice()
            return try await records.transitions(of: request.id(of: "block"), slice).answer(page)
        }
    }
}
