import PlantKit

/// The blocks of one farm, each with its history, before a day.
struct SeededBlocks {
    let request: SeedRequest
    let farm: SeededFarm
    /// Of the farm among those of the seed.
    let index: Int64
    let farmNumber: Int64
    let crops: [Crop]
    let seasons: Int64

    /// The first of a farm show every state that there is; the others are as farms are.
    private static let first: [BlockState] = [
        .growing, .harvesting, .empty, .fruiting, .planned, .alert, .planted, .cleaning,
    ]

    /// How many days before today the block was made.
    func age(of block: Int64) -> Int64 { plan(block).days }

    func history(of block: Int64) throws -> BlockHistory {
        let plan = plan(block)
        var random = SeedRandom([request.number, SeedPart.block.rawValue, UInt64(index), UInt64(block)])
        let made = request.until + -plan.days
        var last = made.start + random.number(21_600...28_800)
        let type = random.pick(BlockType.allCases)
        var history = BlockHistory(
            id: random.id(), farmID: farm.id, code: BlockCode(farm: farmNumber, block: block).description,
            name: random.chance(50) ? Self.name(of: block, type) : nil, type: type, maxPlants: room(of: block),
            area: Area(amount: room(of: block) * 4_000, unit: .squareMetres),
            position: ((block - 1) % 10 * 12, (block - 1) / 10 * 30), createdAt: last)
        for (day, step) in plan.steps {
            // From six to five, and never two at once: a block's history is told in order.
            last = max(last + 1, (made + day).start + random.number(21_600...61_200))
            try apply(step, to: &history, at: last, &random)
        }
        return history
    }

    private func apply(
        _ step: BlockPlan.Step, to history: inout BlockHistory, at moment: Int64, _ random: inout SeedRandom
    ) throws {
        let act = BlockHistory.Act(by: random.pick(farm.staff).subject, at: moment, id: random.id())
        switch step {
        case .plan(let crop, let plants, let days):
            try history.plan(crops[crop], plants: plants, for: act.day + days, id: random.id(), act)
        case .plant(let crop, let plants, let state):
            try history.plant(crops[crop], plants: plants, as: state, id: random.id(), act)
        case .plantAsPlanned(let plants, let state):
            try history.plantAsPlanned(plants: plants, as: state, act)
        case .go(let state):
            try history.go(to: state, act)
        case .harvest(let grams, let grade):
            history.harvest(grams: grams, grade, act)
        case .raise(let trouble):
            try history.raise(trouble, alert: random.id(), act)
        case .resolve:
            try history.resolve(act)
        }
    }

    private func plan(_ block: Int64) -> BlockPlan {
        var random = SeedRandom([request.number, SeedPart.plan.rawValue, UInt64(index), UInt64(block)])
        let state = Int(block) <= Self.first.count ? Self.first[Int(block) - 1] : Self.weighted(&random)
        // A farm's first block in alert has two at once, the worst there are.
        let troubles =
            Int(block) <= Self.first.count ? Array(Trouble.ofBlocks.prefix(2)) : [random.pick(Trouble.ofBlocks)]
        return BlockPlan(
            random, crops: crops, room: room(of: block), seasons: seasons, state: state, troubles: troubles)
    }

    private static func weighted(_ random: inout SeedRandom) -> BlockState {
        switch random.number(1...100) {
        case ...32: .growing
        case ...48: .fruiting
        case ...70: .harvesting
        case ...78: .planted
        case ...85: .planned
        case ...90: .cleaning
        case ...97: .empty
        default: .alert
        }
    }

    /// Plants.
    private func room(of block: Int64) -> Int64 { 200 + (block * 7 + index * 3) % 17 * 50 }

    private static func name(of block: Int64, _ type: BlockType) -> String {
        let side = ["North", "East", "South", "West"][Int(block) % 4]
        return "\(side) \(type.rawValue) \(block)"
    }
}
