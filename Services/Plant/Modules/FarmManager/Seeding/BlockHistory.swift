import PlantKit

/// A block as it goes through seasons that are invented: the rows that `FarmWork` would have written one by one, made in
/// memory, so that a million harvests take minutes. It follows the same rules (`BlockTransitions`, `Expectation`,
/// `Punctuality`, `Yield`); `SeedReplayTests` lets `FarmWork` do all of it again and compares every row.
struct BlockHistory {
    let id: String
    let farmID: String
    let code: String
    let name: String?
    let type: BlockType
    let maxPlants: Int64
    let area: Area?
    let position: (x: Int64, y: Int64)
    let createdAt: Int64

    private(set) var state = BlockState.empty
    private(set) var since: Int64
    private(set) var before: (state: BlockState, since: Int64)?
    private(set) var expectation: Expectation?
    private(set) var version: Int64 = 1
    private(set) var updatedAt: Int64
    /// The planting that stands there, if one does: the last.
    private var isPlanted = false

    private(set) var plantings: [SeededPlanting] = []
    private(set) var harvests: [[SQLValue]] = []
    private(set) var transitions: [[SQLValue]] = []
    private(set) var alerts: [SeededAlert] = []
    private(set) var figures = SeasonFigures()

    init(
        id: String, farmID: String, code: String, name: String?, type: BlockType, maxPlants: Int64, area: Area?,
        position: (x: Int64, y: Int64), createdAt: Int64
    ) {
        (self.id, self.farmID, self.code, self.name, self.type) = (id, farmID, code, name, type)
        (self.maxPlants, self.area, self.position, self.createdAt) = (maxPlants, area, position, createdAt)
        (since, updatedAt) = (createdAt, createdAt)
    }

    /// Who does something, when, and the id of what it makes.
    struct Act {
        let by: String
        /// Seconds since the epoch.
        let at: Int64
        let id: String

        var day: CivilDate { CivilDate(of: at) }
    }

    mutating func plan(_ crop: Crop, plants: Int64, for day: CivilDate, id: String, _ act: Act) throws {
        try require(.planned)
        start(SeededPlanting(id: id, crop: crop, plants: plants, plannedDay: day, act, farmID, blockID: self.id))
        enter(.planned, plannedDay: day, act)
    }

    /// - Parameter state: planted, or growing where seedlings are set.
    mutating func plant(_ crop: Crop, plants: Int64, as state: BlockState, id: String, _ act: Act) throws {
        try require(state)
        start(SeededPlanting(id: id, crop: crop, plants: plants, plannedDay: nil, act, farmID, blockID: self.id))
        enter(state, act)
    }

    /// What was planned is planted; another number of plants than was planned, maybe.
    mutating func plantAsPlanned(plants: Int64, as state: BlockState, _ act: Act) throws {
        try require(state)
        plantings[plantings.count - 1].plant(plants: plants, act)
        enter(state, act)
    }

    mutating func go(to state: BlockState, _ act: Act) throws {
        try require(state)
        if self.state == .harvesting {
            plantings[plantings.count - 1].finish(act)
            let planting = plantings[plantings.count - 1]
            figures.add(
                SeasonDay(
                    cycles: 1, cyclePredictedGrams: planting.predictedGrams, cycleActualGrams: planting.harvestedGrams),
                crop: planting.crop.id, on: act.day)
        }
        enter(state, act)
    }

    mutating func harvest(grams: Int64, _ grade: HarvestGrade, _ act: Act) {
        plantings[plantings.count - 1].add(grams: grams, act)
        let planting = plantings[plantings.count - 1]
        harvests.append([
            .text(act.id), .text(farmID), .text(id), .text(planting.id), .text(planting.crop.id), .integer(act.at),
            .integer(grams), .text(grade.rawValue), .text(act.by), .null, .integer(act.at),
        ])
        figures.add(SeasonDay(harvests: 1, harvestedGrams: grams), crop: planting.crop.id, on: act.day)
    }

    /// - Parameter alert: the id of the alert; the act's is that of the change of state.
    mutating func raise(_ trouble: Trouble, alert: String, _ act: Act) throws {
        if state != .alert {
            try require(.alert)
            enter(.alert, note: trouble.description, act)
        }
        alerts.append(SeededAlert(id: alert, farmID: farmID, blockID: id, trouble, by: act.by, at: act.at))
    }

    /// The block returns to what it was.
    mutating func resolve(_ act: Act) throws {
        guard let before else { return }
        let resolution = alerts[alerts.count - 1].trouble.resolution
        for index in alerts.indices where alerts[index].resolved == nil {
            alerts[index].resolved = (act.by, act.at)
        }
        try require(before.state)
        enter(before.state, note: resolution, act)
    }

    private mutating func start(_ planting: SeededPlanting) {
        plantings.append(planting)
        isPlanted = true
    }

    private func require(_ target: BlockState) throws {
        try BlockTransitions.check(
            from: state, to: target, fruitingDays: isPlanted ? plantings.last?.crop.fruitingDays : nil,
            before: before?.state)
    }

    private mutating func enter(
        _ target: BlockState, plannedDay: CivilDate? = nil, note: String? = nil, _ act: Act
    ) {
        let planting = isPlanted ? plantings.last : nil
        let isInterruption = target == .alert || state == .alert
        let expected = isInterruption ? nil : expectation?.day(of: target)
        version += 1
        transitions.append([
            .text(act.id), .text(farmID), .text(id), .optional(planting?.id), .integer(version),
            .text(state.rawValue), .text(target.rawValue), .integer(act.at), .text(act.by),
            .optional(expected?.daysSinceEpoch), .optional(expected.map { act.day - $0 }), .optional(note),
        ])
        if let expected, let planting {
            figures.add(
                SeasonDay(Punctuality(offset: act.day - expected)), crop: planting.crop.id, on: act.day)
        }
        if !isInterruption {
            expectation = Expectation.after(
                target, entered: act.day, cycle: planting?.crop.cycle, plannedDay: plannedDay)
        }
        let returned = state == .alert ? before?.since : nil
        before = target == .alert ? (state, since) : nil
        (state, since, updatedAt) = (target, returned ?? act.at, act.at)
        if target == .empty { isPlanted = false }
    }

    var row: [SQLValue] {
        [
            .text(id), .text(farmID), .text(code), .optional(name), .text(type.rawValue), .integer(maxPlants),
            .optional(area?.amount), .optional(area?.unit.rawValue), .optional(area?.squareMetres),
            .integer(position.x), .integer(position.y), .text(state.rawValue), .integer(since),
            .optional(before?.state.rawValue), .optional(before?.since),
            .optional(isPlanted ? plantings.last?.id : nil), .optional(expectation?.state.rawValue),
            .optional(expectation?.day.daysSinceEpoch), .integer(Int64(harvests.count)), .integer(version),
            .integer(createdAt), .integer(updatedAt),
        ]
    }
}
