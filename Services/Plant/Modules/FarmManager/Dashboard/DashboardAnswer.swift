import PlantKit

/// A dashboard as clients get it.
struct DashboardAnswer: Codable, Sendable, Equatable {
    struct Yields: Codable, Sendable, Equatable {
        let predicted: Kilograms
        let actual: Kilograms
        /// Percent, cut after one decimal place; nil where nothing was predicted.
        let efficiency: Double?
        let category: YieldEfficiency.Category?

        enum CodingKeys: String, CodingKey {
            case category
            case predicted = "predicted_kg"
            case actual = "actual_kg"
            case efficiency = "efficiency_percent"
        }

        init(_ sum: FarmDashboard.YieldSum) {
            self.init(predictedGrams: sum.predictedGrams, actualGrams: sum.actualGrams)
        }

        init(predictedGrams: Int64, actualGrams: Int64) {
            predicted = Kilograms(grams: predictedGrams)
            actual = Kilograms(grams: actualGrams)
            let efficiency = YieldEfficiency(actualGrams: actualGrams, predictedGrams: predictedGrams)
            self.efficiency = efficiency.map { Double($0.tenthsOfPercent) / 10 }
            category = efficiency?.category
        }
    }

    struct CropShare: Codable, Sendable, Equatable {
        let cropID: String
        let name: String
        let plantings: Int64
        let plants: Int64
        let yield: Yields

        enum CodingKeys: String, CodingKey {
            case name, plantings, plants, yield
            case cropID = "crop_id"
        }
    }

    struct BlockLine: Codable, Sendable, Equatable {
        let id: String
        let code: String
        let name: String?
        let type: BlockType
        let state: BlockState
        let daysInState: Int64
        let nextState: BlockState?
        let daysToNext: Int64?
        let crop: String?
        let plants: Int64?
        let maxPlants: Int64
        let capacityUsed: Double
        let yield: Yields?

        enum CodingKeys: String, CodingKey {
            case id, code, name, type, state, crop, plants, yield
            case daysInState = "days_in_state"
            case nextState = "next_state"
            case daysToNext = "days_to_next_transition"
            case maxPlants = "max_plants"
            case capacityUsed = "capacity_percent"
        }

        init(_ line: FarmDashboard.BlockLine) {
            let (block, occupancy) = (line.occupied.block, line.occupied.occupancy)
            id = block.id
            code = block.code
            name = block.name
            type = block.type
            state = block.state
            daysInState = line.daysInState
            nextState = block.nextState
            daysToNext = line.daysToNext
            crop = occupancy?.cropName
            plants = occupancy?.plants
            maxPlants = block.maxPlants
            capacityUsed = Double(line.occupied.capacityUsed) / 10
            yield = occupancy.map { Yields(predictedGrams: $0.predictedGrams, actualGrams: $0.harvestedGrams) }
        }
    }

    struct Activity: Codable, Sendable, Equatable {
        let kind: FarmDashboard.Activity.Kind
        let id: String
        let blockID: String?
        let blockCode: String?
        let at: Timestamp
        let by: String
        let what: String
        let quantity: Kilograms?

        enum CodingKeys: String, CodingKey {
            case kind, id, at, by, what
            case blockID = "block_id"
            case blockCode = "block_code"
            case quantity = "quantity_kg"
        }

        init(_ activity: FarmDashboard.Activity) {
            kind = activity.kind
            id = activity.id
            blockID = activity.blockID
            blockCode = activity.blockCode
            at = Timestamp(seconds: activity.at)
            by = activity.by
            what = activity.word
            quantity = activity.grams.map(Kilograms.init(grams:))
        }
    }

    struct Upcoming: Codable, Sendable, Equatable {
        let blockID: String
        let blockCode: String
        let state: BlockState
        let day: CivilDate
        /// Negative where it is overdue.
        let days: Int64

        enum CodingKeys: String, CodingKey {
            case state, day, days
            case blockID = "block_id"
            case blockCode = "block_code"
        }
    }

    let farm: Farm
    let staff: [StaffMember]
    let blockCount: Int64
    let blocksByState: [String: Int64]
    let plannedPlantings: Int64
    let activePlantings: [CropShare]
    let activeYield: Yields
    let finishedCycles: Int64
    let finishedYield: Yields
    let harvested: Kilograms
    let alerts: [String: Int64]
    let blocks: [BlockLine]
    let activity: [Activity]
    let upcoming: [Upcoming]

    enum CodingKeys: String, CodingKey {
        case farm, staff, blocks, upcoming
        case blockCount = "block_count"
        case blocksByState = "blocks_by_state"
        case plannedPlantings = "planned_plantings"
        case activePlantings = "active_plantings"
        case activeYield = "active_yield"
        case finishedCycles = "finished_cycles"
        case finishedYield = "finished_yield"
        case harvested = "harvested_kg"
        case alerts = "active_alerts"
        case activity = "recent_activity"
    }

    init(_ dashboard: FarmDashboard) {
        farm = dashboard.farm
        staff = dashboard.staff
        blockCount = dashboard.blockCount
        blocksByState = Self.words(dashboard.blocksByState)
        plannedPlantings = dashboard.planned
        activePlantings = dashboard.crops.map { crop in
            CropShare(
                cropID: crop.cropID, name: crop.cropName, plantings: crop.plantings, plants: crop.plants,
                yield: Yields(predictedGrams: crop.predictedGrams, actualGrams: crop.harvestedGrams))
        }
        activeYield = Yields(dashboard.active)
        finishedCycles = dashboard.finishedCycles
        finishedYield = Yields(dashboard.finished)
        harvested = Kilograms(grams: dashboard.harvestedGrams)
        alerts = Self.words(dashboard.alerts)
        blocks = dashboard.blocks.map(BlockLine.init)
        activity = dashboard.activity.map(Activity.init)
        upcoming = dashboard.upcoming.map { next in
            Upcoming(
                blockID: next.blockID, blockCode: next.blockCode, state: next.expectation.state,
                day: next.expectation.day, days: next.days)
        }
    }

    /// Each word with its count, by its name in JSON.
    static func words<Word: RawRepresentable>(_ counts: [Word: Int64]) -> [String: Int64]
    where Word.RawValue == String {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, $1) })
    }
}
