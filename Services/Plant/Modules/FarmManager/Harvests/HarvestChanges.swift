import PlantKit

extension FarmRecords {
    /// Throws `notFound`.
    package func harvest(_ id: String) async throws -> Harvest {
        try Harvest(
            row: await row(
                .harvest, Harvest.columns, from: "farm_manager_harvests", where: "id = ?", id, farm: "farm_id"))
    }
}

extension FarmWork {
    /// A season is harvested in parts, each recorded by itself.
    ///
    /// Throws `conflict` unless the block is being harvested (a block in alert counts as what it was before).
    package func recordHarvest(_ draft: HarvestDraft) async throws -> Harvest {
        let (block, planting) = try await records.occupied(draft.blockID)
        let (state, since) =
            block.state == .alert
            ? (block.stateBeforeAlert, block.stateBeforeAlertSince ?? block.stateSince)
            : (block.state, block.stateSince)
        guard state == .harvesting, let planting else {
            throw FarmError.conflict(
                "The block is \(block.state.rawValue). Harvests are recorded while it is harvesting.")
        }
        guard change.at >= since.seconds, change.at <= change.now else {
            throw FarmError.invalid(["at": "must not be before harvesting began, nor in the future"])
        }
        guard Yield.harvestRange.contains(draft.grams) else {
            throw FarmError.invalid(["quantity_kg": "must be from 0.001 to 1000000"])
        }
        let id = change.makeID()
        try await transaction.execute(
            """
            INSERT INTO farm_manager_harvests
            (id, farm_id, block_id, planting_id, crop_id, at, grams, grade, by_subject, note, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(id), .text(block.farmID), .text(block.id), .text(planting.id), .text(planting.cropID),
                .integer(change.at), .integer(draft.grams), .text(draft.grade.rawValue), .text(change.by),
                .optional(draft.note), .integer(change.now),
            ])
        let harvest = try await FarmRecords(transaction, reach: .all).harvest(id)
        try await count(harvest, times: 1)
        try await tell(
            .init(
                type: .harvestRecorded, farmID: block.farmID, blockID: block.id, recordID: id, grams: draft.grams))
        return harvest
    }

    /// Takes back what was recorded by mistake, from every sum that it went into.
    ///
    /// Throws `conflict` once the planting is finished: its efficiency has been told.
    package func voidHarvest(_ id: String) async throws {
        let harvest = try await records.harvest(id)
        guard try await records.planting(harvest.plantingID).status == .active else {
            throw FarmError.conflict("The planting is finished; its harvests stay as they are.")
        }
        try await transaction.execute("DELETE FROM farm_manager_harvests WHERE id = ?", [.text(id)])
        try await count(harvest, times: -1)
        try await tell(
            .init(
                type: .harvestVoided, farmID: harvest.farmID, blockID: harvest.blockID, recordID: id,
                grams: harvest.quantity.grams))
    }

    /// The sums of the planting, the block, the farm and the day, so that nobody adds up a million rows.
    private func count(_ harvest: Harvest, times sign: Int64) async throws {
        let grams = SQLValue.integer(sign * harvest.quantity.grams)
        try await transaction.execute(
            """
            UPDATE farm_manager_plantings
            SET harvested_grams = harvested_grams + ?, harvests = harvests + ?, updated_at = ? WHERE id = ?
            """, [grams, .integer(sign), .integer(change.now), .text(harvest.plantingID)])
        try await transaction.execute(
            "UPDATE farm_manager_blocks SET harvests = harvests + ? WHERE id = ?",
            [.integer(sign), .text(harvest.blockID)])
        try await transaction.execute(
            """
            UPDATE farm_manager_farm_totals
            SET harvested_grams = harvested_grams + ?, harvests = harvests + ? WHERE farm_id = ?
            """, [grams, .integer(sign), .text(harvest.farmID)])
        try await addUp(
            SeasonDay(harvests: sign, harvestedGrams: sign * harvest.quantity.grams), farm: harvest.farmID,
            crop: harvest.cropID, on: harvest.at.date)
    }
}
