import PlantKit

/// A planting as it comes into its row.
struct SeededPlanting {
    let id: String
    let crop: Crop
    private(set) var predictedGrams: Int64
    private(set) var harvestedGrams: Int64 = 0
    private let farmID: String
    private let blockID: String
    private var plants: Int64
    private let plannedDay: CivilDate?
    private var plantedDay: CivilDate?
    private var finishedDay: CivilDate?
    private var harvests: Int64 = 0
    private var status: PlantingStatus
    private let createdAt: Int64
    private var updatedAt: Int64

    /// - Parameter plannedDay: nil: it is planted now.
    init(
        id: String, crop: Crop, plants: Int64, plannedDay: CivilDate?, _ act: BlockHistory.Act, _ farmID: String,
        blockID: String
    ) {
        (self.id, self.crop, self.plants, self.plannedDay) = (id, crop, plants, plannedDay)
        (self.farmID, self.blockID) = (farmID, blockID)
        plantedDay = plannedDay == nil ? act.day : nil
        status = plannedDay == nil ? .active : .planned
        predictedGrams = Yield.predicted(plants: plants, gramsPerPlant: crop.yieldPerPlant.grams)
        (createdAt, updatedAt) = (act.at, act.at)
    }

    mutating func plant(plants: Int64, _ act: BlockHistory.Act) {
        self.plants = plants
        predictedGrams = Yield.predicted(plants: plants, gramsPerPlant: crop.yieldPerPlant.grams)
        (status, plantedDay, updatedAt) = (.active, act.day, act.at)
    }

    mutating func add(grams: Int64, _ act: BlockHistory.Act) {
        harvestedGrams += grams
        harvests += 1
        updatedAt = act.at
    }

    mutating func finish(_ act: BlockHistory.Act) { (status, finishedDay, updatedAt) = (.finished, act.day, act.at) }

    var row: [SQLValue] {
        [.text(id), .text(farmID), .text(blockID), .text(crop.id), .integer(plants)] + crop.cycle.values + [
            .optional(plannedDay?.daysSinceEpoch), .optional(plantedDay?.daysSinceEpoch),
            .optional(finishedDay?.daysSinceEpoch), .integer(predictedGrams), .integer(harvestedGrams),
            .integer(harvests), .text(status.rawValue), .integer(createdAt), .integer(updatedAt),
        ]
    }
}
