import PlantKit

/// Crops as growers know them: days of each stage and what a plant gives, in round numbers of common handbooks.
enum SeededCrops {
    static let all = [
        crop("Tomato", "TOM", (7, 40, 35, 56, 4), grams: 5_800),
        crop("Cherry tomato", "TOM-CHERRY", (7, 36, 30, 56, 4), grams: 3_600),
        crop("Cucumber", "CUC", (5, 26, 14, 42, 4), grams: 5_200),
        crop("Bell pepper", "PEP", (10, 48, 34, 56, 4), grams: 2_700),
        crop("Aubergine", "AUB", (9, 46, 28, 49, 4), grams: 3_100),
        crop("Strawberry", "STR", (12, 42, 24, 49, 5), grams: 620),
        crop("Kale", "KALE", (6, 44, 0, 35, 3), grams: 900),
        crop("Basil", "BAS", (6, 28, 0, 18, 2), grams: 180),
        crop("Lettuce", "LET", (4, 28, 0, 7, 2), grams: 320),
        crop("Pak choi", "PAK", (5, 30, 0, 6, 2), grams: 410),
        crop("Spinach", "SPI", (6, 32, 0, 8, 2), grams: 120),
    ]

    private static func crop(
        _ name: String, _ code: String, _ days: (Int64, Int64, Int64, Int64, Int64), grams: Int64
    ) -> CropDraft {
        CropDraft(
            name: name, code: code,
            cycle: GrowthCycle(
                germinationDays: days.0, growingDays: days.1, fruitingDays: days.2, harvestingDays: days.3,
                cleaningDays: days.4),
            yieldPerPlant: Kilograms(grams: grams))
    }
}

extension FarmWork {
    /// The catalogue's crops: those that are there as they are, and what is missing.
    func seededCrops(_ number: UInt64, makeID: () -> String) async throws -> [Crop] {
        var crops: [Crop] = []
        for (index, draft) in SeededCrops.all.enumerated() {
            let living = try await transaction.query(
                "SELECT id FROM farm_manager_crops WHERE code = ? AND deleted_at IS NULL", [.text(draft.code)])
            if let id = try living.first?.text("id") {
                crops.append(try await records.crop(id))
                continue
            }
            var random = SeedRandom([number, SeedPart.crop.rawValue, UInt64(index)])
            var id = random.id()
            // It was seeded before, and somebody has removed it since.
            let removed = try await transaction.query("SELECT id FROM farm_manager_crops WHERE id = ?", [.text(id)])
            if !removed.isEmpty { id = makeID() }
            try await insert(id, into: "farm_manager_crops", draft.columns)
            crops.append(try await records.crop(id))
        }
        return crops
    }
}

/// What has numbers of its own.
enum SeedPart: UInt64 {
    case crop, farm, alert, plan, block
}
