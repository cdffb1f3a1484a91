package import PlantKit

extension FarmRecords {
    /// Throws `notFound`.
    package func block(_ id: String) async throws -> Block {
        try Block(
            row: await row(
                .block, Block.columns, from: "farm_manager_blocks", where: "id = ? AND deleted_at IS NULL", id,
                farm: "farm_id"))
    }

    /// The block with what stands on it, in one statement.
    func occupied(_ id: String) async throws -> (Block, Planting?) {
        let row = try await row(
            .block, Block.columns.map { "b.\($0) AS \($0)" } + Planting.columns.map { "p.\($0) AS p_\($0)" },
            from: "farm_manager_blocks b LEFT JOIN farm_manager_plantings p ON p.id = b.planting_id",
            where: "b.id = ? AND b.deleted_at IS NULL", id, farm: "b.farm_id")
        let block = try Block(row: row)
        return (block, block.plantingID == nil ? nil : try Planting(row: row, prefix: "p_"))
    }
}

extension FarmWork {
    /// Throws `taken` for a code that a living block has.
    package func addBlock(_ draft: BlockDraft, to farm: String) async throws -> Block {
        let owner = try await records.farm(farm)
        let derived = try await firstColumns(of: draft, in: owner)
        let id = change.makeID()
        try await insert(
            id, into: "farm_manager_blocks",
            draft.columns + derived + [ResourceColumn(name: "farm_id", value: .text(farm))])
        let block = try await records.block(id)
        try await changed(from: nil, to: block)
        return block
    }

    /// What a new block has besides what people write of it.
    func firstColumns(of draft: BlockDraft, in farm: Farm) async throws -> [ResourceColumn] {
        let code = try await numbered(draft.code.flatMap(BlockCode.init), in: farm).description
        try await requireFree(code: code, in: "farm_manager_blocks")
        return [
            ResourceColumn(name: "code", value: .text(code)),
            ResourceColumn(name: "state", value: .text(BlockState.empty.rawValue)),
            ResourceColumn(name: "state_since", value: .integer(change.at)),
            ResourceColumn(name: "harvests", value: .integer(0)),
        ]
    }

    /// Throws `invalid` for another code, and for room for fewer plants than stand there now.
    func check(_ draft: BlockDraft, replacing block: Block) async throws {
        var faults: [String: String] = [:]
        if let code = draft.code, code != block.code { faults["code"] = "is on the block's sign and stays" }
        let (_, planting) = try await records.occupied(block.id)
        if let planting, block.state != .cleaning, planting.plants > draft.maxPlants {
            faults["max_plants"] = "is less than the \(planting.plants) plants of its planting"
        }
        guard faults.isEmpty else { throw FarmError.invalid(faults) }
    }

    /// What else happens when a block is made, changed or removed; not when its state changes.
    ///
    /// Throws `conflict` for one that is removed while it is not empty.
    func changed(from before: Block?, to after: Block?) async throws {
        if let after {
            if before == nil || before?.name != after.name {
                if before != nil { try await forgetWords(of: after.id) }
                try await index(after)
            }
            try await tell(
                .init(type: before == nil ? .blockCreated : .blockChanged, farmID: after.farmID, blockID: after.id))
        } else if let before {
            guard before.state == .empty else {
                throw FarmError.conflict("The block is \(before.state.rawValue). Only an empty block can be removed.")
            }
            try await forgetWords(of: before.id)
            try await tell(.init(type: .blockRemoved, farmID: before.farmID, blockID: before.id))
        }
    }

    /// The farm's next code, or the one that is asked for, behind which the next one then comes.
    private func numbered(_ code: BlockCode?, in farm: Farm) async throws -> BlockCode {
        let asked = code.flatMap { $0.farm == farm.number ? $0.block : 0 } ?? 0
        let rows = try await transaction.query(
            """
            UPDATE farm_manager_farm_totals
            SET last_block_number = CASE WHEN last_block_number < ? THEN ? ELSE last_block_number + ? END
            WHERE farm_id = ? RETURNING last_block_number
            """, [.integer(asked), .integer(asked), .integer(code == nil ? 1 : 0), .text(farm.id)])
        guard let last = try rows.first?.integer("last_block_number") else {
            throw StorageError.decoding("farm_manager_farm_totals: the farm has no row")
        }
        return code ?? BlockCode(farm: farm.number, block: last)
    }

    private func index(_ block: Block) async throws {
        let words = BlockWords.of(code: block.code, name: block.name)
        try await transaction.execute(
            """
            INSERT INTO farm_manager_block_words (word, block_id, farm_id) \
            VALUES \(words.map { _ in "(?, ?, ?)" }.joined(separator: ", "))
            """, words.flatMap { [.blob(Array($0.utf8)), .text(block.id), .text(block.farmID)] })
    }

    private func forgetWords(of id: String) async throws {
        try await transaction.execute("DELETE FROM farm_manager_block_words WHERE block_id = ?", [.text(id)])
    }
}

extension Block {
    package static func grant(for caller: Caller) -> ResourceGrant {
        FarmPermissions.grant(for: caller, reach: FarmReach(caller).rows("farm_id"))
    }

    package static func derivedColumns(
        of draft: BlockDraft, replacing existing: Block?, in change: ResourceChange
    ) async throws -> [ResourceColumn] {
        try await FarmRefusals.refusing {
            let work = FarmWork(change)
            if let existing {
                try await work.check(draft, replacing: existing)
                return []
            }
            // Blocks are made at their farm: `farms/{id}/blocks`.
            return try await work.firstColumns(
                of: draft, in: work.records.farm(change.request.id(of: "farm")))
        }
    }

    package static func changed(from before: Block?, to after: Block?, in change: ResourceChange) async throws {
        try await FarmRefusals.refusing { try await FarmWork(change).changed(from: before, to: after) }
    }
}
