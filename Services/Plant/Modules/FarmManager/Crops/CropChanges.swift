package import PlantKit

extension FarmRecords {
    /// Throws `notFound`. Everyone who may see farms sees all crops.
    package func crop(_ id: String) async throws -> Crop {
        try Crop(
            row: await row(
                .crop, Crop.schema.columns, from: "farm_manager_crops", where: "id = ? AND deleted_at IS NULL", id,
                farm: nil))
    }
}

extension FarmWork {
    /// Throws `taken` for a code that a living crop has.
    package func addCrop(_ draft: CropDraft) async throws -> Crop {
        try await requireFree(code: draft.code, in: "farm_manager_crops")
        let id = change.makeID()
        try await insert(id, into: "farm_manager_crops", draft.columns)
        return try await records.crop(id)
    }
}

extension Crop {
    /// The catalogue is everybody's: whoever may change crops changes them for all farms.
    package static func grant(for caller: Caller) -> ResourceGrant {
        FarmPermissions.grant(for: caller, reach: .all)
    }
}
