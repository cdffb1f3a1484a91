/// A block of a list as clients get it: what `Block` tells, and of what stands there as much as a glance needs. Beside the
/// block, not in it: a planting's harvests are no new version of the block, nor can they be written with it.
struct ListedBlock: Codable, Sendable, Equatable {
    struct Planting: Codable, Sendable, Equatable {
        let status: PlantingStatus
        let cropID: String
        let crop: String
        let plants: Int64
        /// Of the block's `max_plants`, cut after one decimal place; 0 while it is planned, and when it is over.
        let capacityUsed: Double
        let yield: DashboardAnswer.Yields

        enum CodingKeys: String, CodingKey {
            case status, crop, plants, yield
            case cropID = "crop_id"
            case capacityUsed = "capacity_percent"
        }
    }

    let block: Block
    /// Nil as `planting_id` is.
    let planting: Planting?

    enum CodingKeys: CodingKey { case planting }

    init(_ occupied: OccupiedBlock) {
        block = occupied.block
        planting = occupied.occupancy.map { occupancy in
            Planting(
                status: occupancy.status, cropID: occupancy.cropID, crop: occupancy.cropName, plants: occupancy.plants,
                capacityUsed: Double(occupied.capacityUsed) / 10,
                yield: DashboardAnswer.Yields(
                    predictedGrams: occupancy.predictedGrams, actualGrams: occupancy.harvestedGrams))
        }
    }

    init(from decoder: any Decoder) throws {
        block = try Block(from: decoder)
        planting = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Planting.self, forKey: .planting)
    }

    func encode(to encoder: any Encoder) throws {
        try block.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(planting, forKey: .planting)
    }
}
