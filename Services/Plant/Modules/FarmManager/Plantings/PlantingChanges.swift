import PlantKit

extension FarmRecords {
    /// Throws `notFound`.
    package func planting(_ id: String) async throws -> Planting {
        try Planting(
            row: await row(
                .planting, Planting.columns, from: "farm_manager_plantings", where: "id = ?", id, farm: "farm_id"))
    }
}

/// What is put on an empty block, or planned to be.
package struct PlantingDraft: Sendable, Equatable {
    package var cropID: String
    package var plants: Int64

    package init(cropID: String, plants: Int64) {
        self.cropID = cropID
        self.plants = plants
    }
}

extension FarmWork {
    /// - Parameter plannedFor: the day of planting, for a plan; nil: it is planted now.
    func startPlanting(_ draft: PlantingDraft, on block: Block, plannedFor day: CivilDate?) async throws -> Planting {
        let crop: Crop
        do {
            crop = try await records.crop(draft.cropID)
        } catch FarmError.notFound {
            throw FarmError.invalid(["crop_id": "names no crop"])
        }
        try requireRoom(for: draft.plants, on: block)
        let id = change.makeID()
        let columns =
            ["id", "farm_id", "block_id", "crop_id", "plants"] + GrowthCycle.columns + [
                "planned_day", "planted_day", "predicted_grams", "harvested_grams", "harvests", "status", "created_at",
                "updated_at",
            ]
        let status: PlantingStatus = day == nil ? .active : .planned
        let predicted = Yield.predicted(plants: draft.plants, gramsPerPlant: crop.yieldPerPlant.grams)
        try await transaction.execute(
            """
            INSERT INTO farm_manager_plantings (\(columns.joined(separator: ", "))) \
            VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
            """,
            [.text(id), .text(block.farmID), .text(block.id), .text(draft.cropID), .integer(draft.plants)]
                + crop.cycle.values + [
                    .optional(day?.daysSinceEpoch), .optional(day == nil ? change.day.daysSinceEpoch : nil),
                    .integer(predicted),
                    .integer(0), .integer(0), .text(status.rawValue), .integer(change.now), .integer(change.now),
                ])
        return try await records.planting(id)
    }

    /// A plan comes true, perhaps with another number of plants than was planned.
    func plant(_ planting: Planting, plants: Int64?, on block: Block) async throws {
        let plants = plants ?? planting.plants
        try requireRoom(for: plants, on: block)
        // What one plant is to give was fixed by the plan; the quotient is exact, as the product was made of it.
        let predicted = Yield.predicted(plants: plants, gramsPerPlant: planting.predicted.grams / planting.plants)
        try await transaction.execute(
            """
            UPDATE farm_manager_plantings
            SET status = 'active', planted_day = ?, plants = ?, predicted_grams = ?, updated_at = ? WHERE id = ?
            """,
            [
                .integer(change.day.daysSinceEpoch), .integer(plants), .integer(predicted), .integer(change.now),
                .text(planting.id),
            ])
    }

    /// - Parameter status: `finished` after the harvest, `cancelled` for a plan that is given up.
    func endPlanting(_ planting: Planting, as status: PlantingStatus) async throws {
        try await transaction.execute(
            "UPDATE farm_manager_plantings SET status = ?, finished_day = ?, updated_at = ? WHERE id = ?",
            [.text(status.rawValue), .integer(change.day.daysSinceEpoch), .integer(change.now), .text(planting.id)])
        guard status == .finished else { return }
        try await addUp(
            SeasonDay(
                cycles: 1, cyclePredictedGrams: planting.predicted.grams, cycleActualGrams: planting.harvested.grams),
            farm: planting.farmID, crop: planting.cropID, on: change.day)
    }

    private func requireRoom(for plants: Int64, on block: Block) throws {
        guard plants <= block.maxPlants else {
            throw FarmError.invalid(["plants": "is more than the \(block.maxPlants) that the block holds"])
        }
    }
}
