/// Whose turn it is among servers of different weights, as a pure state machine: smooth weighted round robin. While the
/// same ones may be chosen, each is chosen exactly as often as its weight says in every round of as many turns as the
/// weights sum up to, and never in a burst.
package struct WeightedChoice: Sendable, Equatable {
    private let weights: [Int]
    /// What each is owed; their sum is zero between two turns.
    private var credits: [Int]

    /// - Parameter weights: positive.
    package init(weights: [Int]) {
        self.weights = weights
        credits = weights.map { _ in 0 }
    }

    /// - Parameter isEligible: who may be chosen now.
    /// - Returns: nil when nobody may.
    package mutating func next(where isEligible: (Int) -> Bool) -> Int? {
        var chosen: Int?
        var total = 0
        for index in weights.indices where isEligible(index) {
            credits[index] += weights[index]
            total += weights[index]
            if let best = chosen, credits[best] >= credits[index] { continue }
            chosen = index
        }
        if let chosen { credits[chosen] -= total }
        return chosen
    }
}
