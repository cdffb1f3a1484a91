import Gateway
import Testing

@Suite("Whose turn it is among servers of different weights")
struct WeightedChoiceTests {
    private static func turns(_ choice: inout WeightedChoice, _ count: Int, except: Set<Int> = []) -> [Int] {
        (0..<count).compactMap { _ in choice.next { !except.contains($0) } }
    }

    @Test("the heaviest begins, and no server is chosen in a burst")
    func smooth() {
        var choice = WeightedChoice(weights: [5, 1, 1])
        for _ in 0..<2 {
            let turns = Self.turns(&choice, 7)
            #expect(turns == [0, 0, 1, 0, 2, 0, 0])
        }
    }

    @Test("nobody is chosen when nobody may be, and that costs no turn")
    func nobody() {
        var choice = WeightedChoice(weights: [2, 1])
        let before = choice
        let nobody = choice.next { _ in false }
        #expect(nobody == nil)
        #expect(choice == before)
        var empty = WeightedChoice(weights: [])
        let none = empty.next { _ in true }
        #expect(none == nil)
    }

    @Test("in each round every server has exactly its share, whatever the weights", arguments: 0..<200 as Range<UInt64>)
    func exact(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let weights = (0..<(1 + random.below(8))).map { _ in 1 + random.below(random.chance(50) ? 5 : 100) }
        var choice = WeightedChoice(weights: weights)
        for _ in 0..<3 {
            var counts = weights.map { _ in 0 }
            for target in Self.turns(&choice, weights.reduce(0, +)) { counts[target] += 1 }
            #expect(counts == weights)
        }
    }

    @Test(
        "whoever comes and goes, who is out is never chosen, and who stays is never off its share by more than a round",
        arguments: 0..<100 as Range<UInt64>)
    func comingAndGoing(_ seed: UInt64) {
        var random = SeededRandom(seed)
        let weights = (0..<(2 + random.below(5))).map { _ in 1 + random.below(9) }
        var choice = WeightedChoice(weights: weights)
        for _ in 0..<20 {
            let out = Set(weights.indices.filter { _ in random.chance(40) })
            let eligible = weights.indices.filter { !out.contains($0) }
            let round = eligible.map { weights[$0] }.reduce(0, +)
            let rounds = 1 + random.below(4)
            let turns = Self.turns(&choice, round * rounds, except: out)
            #expect(turns.allSatisfy { !out.contains($0) })
            #expect(turns.count == round * rounds)
            for target in eligible {
                let share = turns.count { $0 == target } - weights[target] * rounds
                #expect(abs(share) <= weights.reduce(0, +), "\(weights) without \(out): \(share)")
            }
        }
    }
}
