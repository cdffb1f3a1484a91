import PlantKit

/// What happens on a block, day by day, as chance has it: seasons that are over, and one that is on.
struct BlockPlan {
    enum Step {
        /// The planting is to be so many days later.
        case plan(crop: Int, plants: Int64, days: Int64)
        case plant(crop: Int, plants: Int64, as: BlockState)
        case plantAsPlanned(plants: Int64, as: BlockState)
        case go(BlockState)
        case harvest(grams: Int64, HarvestGrade)
        case raise(Trouble)
        case resolve
    }

    /// In order; the day is counted from the one on which the block was made.
    private(set) var steps: [(day: Int64, step: Step)] = []
    /// From the day on which the block was made to today.
    private(set) var days: Int64 = 0

    private let crops: [Crop]
    private let room: Int64
    private var random: SeedRandom

    /// - Parameters:
    ///   - seasons: that are over.
    ///   - state: today's.
    ///   - troubles: of a block in alert, in the order in which they came.
    init(
        _ random: SeedRandom, crops: [Crop], room: Int64, seasons: Int64, state: BlockState, troubles: [Trouble]
    ) {
        (self.random, self.crops, self.room) = (random, crops, room)
        for _ in 0..<seasons { goThroughSeason() }
        comeTo(state, troubles)
    }

    private mutating func add(_ step: Step) { steps.append((days, step)) }

    /// From empty to empty.
    private mutating func goThroughSeason() {
        days += random.number(2...9)
        let crop = Int(random.number(0...Int64(crops.count - 1)))
        let (plants, first) = begin(crop)
        let harvest = Harvesting(crops[crop], plants: plants, &random)
        for state in Self.course(of: crops[crop], from: first) {
            if state != first { add(.go(state)) }
            stay(in: state, crops[crop], harvest)
        }
        add(.go(.empty))
    }

    /// A season that is on, and has come to a state.
    private mutating func comeTo(_ state: BlockState, _ troubles: [Trouble]) {
        days += random.number(1...9)
        guard state != .empty else { return }
        let bearing = crops.indices.filter { crops[$0].fruitingDays > 0 }
        let crop = random.pick(state == .fruiting && !bearing.isEmpty ? bearing : Array(crops.indices))
        if state == .planned {
            let ahead = random.number(3...12)
            add(.plan(crop: crop, plants: plants(), days: ahead))
            days += random.number(1...(ahead + 3))
            return
        }
        let (plants, first) = begin(crop, isSown: state == .planted)
        let harvest = Harvesting(crops[crop], plants: plants, &random)
        let course = Self.course(of: crops[crop], from: first)
        let target = state == .alert ? random.pick(course.filter { $0 != .cleaning }) : state
        for passed in course {
            if passed != first { add(.go(passed)) }
            // A crop without fruiting, where none other is to be had, is left growing.
            if passed == target || (target == .fruiting && passed == .growing && crops[crop].fruitingDays == 0) {
                break
            }
            stay(in: passed, crops[crop], harvest)
        }
        let age = random.number(1...(Self.length(of: target, crops[crop]) + 4))
        if target == .harvesting { harvest.parts(in: age, of: max(age, crops[crop].harvestingDays), addingTo: &self) }
        days += age
        for trouble in troubles where state == .alert {
            add(.raise(trouble))
            days += random.number(1...2)
        }
    }

    private mutating func plants() -> Int64 { max(1, room * random.number(70...100) / 100) }

    /// Something is planted, or planned and then planted.
    /// - Returns: how many plants, and the state that the block then has.
    private mutating func begin(_ crop: Int, isSown: Bool = false) -> (plants: Int64, state: BlockState) {
        var count = plants()
        let state: BlockState = !isSown && random.chance(20) ? .growing : .planted
        guard random.chance(60) else {
            add(.plant(crop: crop, plants: count, as: state))
            return (count, state)
        }
        let ahead = random.number(3...12)
        add(.plan(crop: crop, plants: count, days: ahead))
        days += max(1, ahead + delay())
        if random.chance(25) { count = max(1, count * 9 / 10) }
        add(.plantAsPlanned(plants: count, as: state))
        return (count, state)
    }

    /// A stage that is over: on time or not, with trouble or not.
    private mutating func stay(in state: BlockState, _ crop: Crop, _ harvest: Harvesting) {
        let length = max(0, Self.length(of: state, crop) + delay())
        if state == .harvesting { harvest.parts(in: length + 1, of: length + 1, addingTo: &self) }
        if [.growing, .fruiting].contains(state), length >= 6, random.chance(7) {
            let start = random.number(1...(length - 4))
            let end = start + random.number(1...3)
            steps.append((days + start, .raise(random.pick(Trouble.ofBlocks))))
            steps.append((days + end, .resolve))
        }
        days += length
    }

    /// Days later than expected; most often none.
    private mutating func delay() -> Int64 {
        switch random.number(1...100) {
        case ...40: 0
        case ...75: random.number(1...4)
        default: -random.number(1...3)
        }
    }

    private static func course(of crop: Crop, from first: BlockState) -> [BlockState] {
        let all: [BlockState] =
            [.planted, .growing] + (crop.fruitingDays > 0 ? [.fruiting] : []) + [.harvesting, .cleaning]
        return Array(all.drop { $0 != first })
    }

    private static func length(of state: BlockState, _ crop: Crop) -> Int64 { crop.cycle.next(after: state)?.days ?? 0 }

    /// A season's yield, in parts.
    private struct Harvesting {
        private let shares: [Int64]
        private let grades: [HarvestGrade]

        init(_ crop: Crop, plants: Int64, _ random: inout SeedRandom) {
            let count = min(12, crop.harvestingDays / 7 + 1)
            let percent =
                switch random.number(1...100) {
                case ...8: random.number(32...49)
                case ...22: random.number(50...69)
                case ...50: random.number(70...89)
                case ...70: random.number(90...99)
                case ...98: random.number(100...128)
                default: random.number(200...215)
                }
            let total = Yield.predicted(plants: plants, gramsPerPlant: crop.yieldPerPlant.grams) / 100 * percent
            let weights = (0..<count).map { _ in random.number(6...14) }
            let sum = weights.reduce(0, +)
            shares = weights.map { min(max(total / sum * $0, 1), Yield.harvestRange.upperBound) }
            grades = weights.map { _ in
                switch random.number(1...100) {
                case ...60: .a
                case ...85: .b
                case ...95: .c
                default: .waste
                }
            }
        }

        /// Those of the parts that fall within the first `passed` days of `length`.
        func parts(in passed: Int64, of length: Int64, addingTo plan: inout BlockPlan) {
            for (index, grams) in shares.enumerated() {
                let day = Int64(index) * length / Int64(shares.count)
                guard day < passed else { return }
                plan.steps.append((plan.days + day, .harvest(grams: grams, grades[index])))
            }
        }
    }
}
