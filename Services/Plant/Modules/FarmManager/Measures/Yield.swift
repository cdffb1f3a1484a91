/// What plants give, in whole grams: sums of parts are exact.
package enum Yield {
    /// Grams of one plant in a season; up to a tonne.
    package static let gramsPerPlantRange: ClosedRange<Int64> = 0...1_000_000
    package static let plantsRange: ClosedRange<Int64> = 1...1_000_000
    /// One harvest: a gram to a thousand tonnes.
    package static let harvestRange: ClosedRange<Int64> = 1...1_000_000_000

    /// Grams, within the ranges above.
    package static func predicted(plants: Int64, gramsPerPlant: Int64) -> Int64 { plants * gramsPerPlant }
}

/// Actual over predicted yield.
package struct YieldEfficiency: Sendable, Equatable {
    package enum Category: String, Sendable, CaseIterable, Codable {
        case exceptional, exceeding, excellent, good, acceptable, poor

        /// From how many percent on.
        package var threshold: Int64 {
            switch self {
            case .exceptional: 200
            case .exceeding: 100
            case .excellent: 90
            case .good: 70
            case .acceptable: 50
            case .poor: 0
            }
        }
    }

    package let actualGrams: Int64
    package let predictedGrams: Int64

    /// Nil where nothing was predicted: a share of nothing is no number.
    package init?(actualGrams: Int64, predictedGrams: Int64) {
        guard predictedGrams > 0, actualGrams >= 0 else { return nil }
        self.actualGrams = actualGrams
        self.predictedGrams = predictedGrams
    }

    /// By the exact quotient, not by a rounded percentage: 99.96 % is not exceeding.
    package var category: Category {
        let quotient = predictedGrams.dividingFullWidth(actualGrams.multipliedFullWidth(by: 100)).quotient
        return Category.allCases.first { quotient >= $0.threshold } ?? .poor
    }

    /// Tenths of a percent, rounded down, so that it never shows a category's threshold that was not reached.
    package var tenthsOfPercent: Int64 {
        predictedGrams.dividingFullWidth(actualGrams.multipliedFullWidth(by: 1000)).quotient
    }
}
