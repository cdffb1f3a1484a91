/// A farm at a glance. Every part is bounded, and all of them are read with a fixed number of statements.
package struct FarmDashboard: Sendable, Equatable {
    package struct CropShare: Sendable, Equatable {
        package let cropID: String
        package let cropName: String
        package let plantings: Int64
        package let plants: Int64
        package let predictedGrams: Int64
        package let harvestedGrams: Int64
    }

    /// Predicted and actual grams.
    package struct YieldSum: Sendable, Equatable {
        package var predictedGrams: Int64 = 0
        package var actualGrams: Int64 = 0

        package var efficiency: YieldEfficiency? {
            YieldEfficiency(actualGrams: actualGrams, predictedGrams: predictedGrams)
        }
    }

    package struct BlockLine: Sendable, Equatable {
        package let occupied: OccupiedBlock
        /// Whole days since the block came into its state.
        package let daysInState: Int64
        /// Negative where it is overdue; nil where nothing is expected.
        package let daysToNext: Int64?
    }

    package struct Activity: Sendable, Equatable {
        package enum Kind: String, Sendable, CaseIterable, Codable { case state, harvest, alert }

        package let kind: Kind
        package let id: String
        package let blockID: String?
        package let blockCode: String?
        /// Seconds since the epoch.
        package let at: Int64
        package let by: String
        /// The state that was entered, the grade that was harvested, or the severity that was raised.
        package let word: String
        package let grams: Int64?
    }

    package struct Upcoming: Sendable, Equatable {
        package let blockID: String
        package let blockCode: String
        package let expectation: Expectation
        /// Negative where it is overdue.
        package let days: Int64
    }

    package let farm: Farm
    package let staff: [StaffMember]
    /// A state that no block is in is there with 0.
    package let blocksByState: [BlockState: Int64]
    /// Active plantings by crop, in the order of the crops' names.
    package let crops: [CropShare]
    /// Planned and not yet planted.
    package let planned: Int64
    /// Of active plantings.
    package let active: YieldSum
    /// Of cycles that were finished, ever.
    package let finished: YieldSum
    package let finishedCycles: Int64
    /// Grams of all harvests, ever.
    package let harvestedGrams: Int64
    package let alerts: [AlertSeverity: Int64]
    /// The first blocks in the order of their codes; the rest is in the list of blocks.
    package let blocks: [BlockLine]
    package let activity: [Activity]
    package let upcoming: [Upcoming]

    package var blockCount: Int64 { blocksByState.values.reduce(0, +) }
}
