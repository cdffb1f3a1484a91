package import PlantKit

/// How many days a crop spends in each state; what is expected of a block follows from it.
package struct GrowthCycle: Sendable, Equatable, Codable {
    /// From planting to growing.
    package var germinationDays: Int64
    package var growingDays: Int64
    /// 0: the crop has no fruiting stage.
    package var fruitingDays: Int64
    package var harvestingDays: Int64
    package var cleaningDays: Int64

    /// What each field may hold; ten years of growing is an orchard.
    package static let dayRange: ClosedRange<Int64> = 0...3650

    enum CodingKeys: String, CodingKey {
        case germinationDays = "germination_days"
        case growingDays = "growing_days"
        case fruitingDays = "fruiting_days"
        case harvestingDays = "harvesting_days"
        case cleaningDays = "cleaning_days"
    }

    package init(
        germinationDays: Int64, growingDays: Int64, fruitingDays: Int64, harvestingDays: Int64, cleaningDays: Int64
    ) {
        self.germinationDays = germinationDays
        self.growingDays = growingDays
        self.fruitingDays = fruitingDays
        self.harvestingDays = harvestingDays
        self.cleaningDays = cleaningDays
    }

    /// From planting to the block being empty again.
    package var totalDays: Int64 { germinationDays + growingDays + fruitingDays + harvestingDays + cleaningDays }

    /// From planting to the first day of harvest.
    package var daysToHarvest: Int64 { germinationDays + growingDays + fruitingDays }

    /// What comes after a state that lasts as long as the crop says; nil where people decide when (empty, planned) or the
    /// state before decides (alert).
    package func next(after state: BlockState) -> (state: BlockState, days: Int64)? {
        switch state {
        case .planted: (.growing, germinationDays)
        case .growing: (fruitingDays > 0 ? .fruiting : .harvesting, growingDays)
        case .fruiting: (.harvesting, fruitingDays)
        case .harvesting: (.cleaning, harvestingDays)
        case .cleaning: (.empty, cleaningDays)
        case .empty, .planned, .alert: nil
        }
    }

    /// The days on which a season's states are expected to begin, from the day of planting, in order.
    package func schedule(plantedOn day: CivilDate) -> [(state: BlockState, day: CivilDate)] {
        var entries: [(state: BlockState, day: CivilDate)] = [(.planted, day)]
        while let last = entries.last, let next = next(after: last.state) {
            entries.append((next.state, last.day + next.days))
        }
        return entries
    }
}

/// A change of state that is to come.
package struct Expectation: Sendable, Equatable {
    package let state: BlockState
    package let day: CivilDate

    package init(state: BlockState, day: CivilDate) {
        self.state = state
        self.day = day
    }

    /// What is to come after a state that was entered on a day. Counted from that day: a late stage makes the next ones
    /// later, not late.
    /// - Parameters:
    ///   - cycle: of what stands there.
    ///   - plannedDay: of a plan; nil: the day of the change.
    static func after(
        _ state: BlockState, entered day: CivilDate, cycle: GrowthCycle?, plannedDay: CivilDate?
    ) -> Expectation? {
        if state == .planned { return Expectation(state: .planted, day: plannedDay ?? day) }
        guard let next = cycle?.next(after: state) else { return nil }
        return Expectation(state: next.state, day: day + next.days)
    }

    /// On which day a change to a state was expected, if it was. Seedlings may be set where seeds were planned: the plan's
    /// day stands for both.
    func day(of state: BlockState) -> CivilDate? {
        let isPlanCome = self.state == .planted && state == .growing
        return self.state == state || isPlanCome ? day : nil
    }
}
