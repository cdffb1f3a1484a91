import ServiceKit

/// A farm that nobody has, with something of everything that is drawn of one. Its identifiers are none, so that what links
/// to it leads to the list of farms.
struct StyleguideFarm: Sendable {
    /// Seconds since the epoch.
    let now: Int64

    var filter: BlockFilter {
        var filter = BlockFilter()
        filter.state = BlockState.growing.rawValue
        return filter
    }

    func count(of state: BlockState) -> Int { blocks.count { $0.state == state.rawValue } }

    private var farm: FarmDocument { FarmDocument(id: "", name: "North farm", code: "F001", location: "Bremen") }

    var glances: [GlanceDocument] {
        [
            GlanceDocument(
                farm: farm, blockCount: blocks.count,
                blocksByState: Dictionary(
                    uniqueKeysWithValues: BlockState.allCases.map { ($0.rawValue, count(of: $0)) }),
                activeYield: Self.yields(840, 512), alerts: ["high": 1]),
            GlanceDocument(
                farm: FarmDocument(id: "", name: "South farm", code: "F002"), blockCount: 0, blocksByState: [:],
                activeYield: Self.yields(0, 0), alerts: [:]),
        ]
    }

    /// One in each state, and one in a state that this portal does not know.
    var blocks: [BlockDocument] {
        (BlockState.allCases.map(\.rawValue) + ["fallow"]).enumerated().map { index, state in
            BlockDocument(
                id: "block \(index)", farmID: "", code: "F001-00\(index + 1)", name: "Row \(index + 1)",
                type: "greenhouse", maxPlants: 100, positionX: index % 5, positionY: index / 5, state: state,
                stateSince: Timestamp(seconds: now - Int64(index) * 86_400),
                occupancy: state == "empty" ? nil : Self.occupancy, nextState: Self.next[state],
                // What fruits is late.
                nextDay: Self.next[state].map { _ in day(after: state == "fruiting" ? -2 : 5) }, harvests: 0, version: 1
            )
        }
    }

    private static let occupancy = BlockDocument.Occupancy(
        crop: "Tomato", plants: 80, capacityUsed: 80, yield: yields(120, 96))

    private static let next = ["planted": "growing", "growing": "fruiting", "fruiting": "harvesting"]

    /// Those that are shown as cards.
    var cards: [BlockDocument] {
        blocks.filter { ["empty", "growing", "fruiting", "harvesting"].contains($0.state) }
    }

    var crops: [DashboardDocument.CropShare] {
        [
            .init(name: "Tomato", plantings: 3, yield: Self.yields(620, 410)),
            .init(name: "Basil", plantings: 1, yield: Self.yields(220, 102)),
        ]
    }

    var months: [StatisticsDocument.Group] {
        [120.0, 180, 260, 90, 0, 310].enumerated().map { index, amount in
            .init(key: "2026-0\(index + 1)", figures: .init(harvested: amount))
        }
    }

    var alerts: [AlertDocument] {
        ["high", "low"].map { severity in
            AlertDocument(
                id: severity, farmID: "", blockID: "", severity: severity, title: "The pump stands still",
                raisedAt: Timestamp(seconds: now))
        }
    }

    private func day(after days: Int64) -> String {
        CivilDate(daysSinceEpoch: Timestamp(seconds: now).date.daysSinceEpoch + days).text
    }

    /// Kilograms.
    private static func yields(_ predicted: Double, _ actual: Double) -> YieldsDocument {
        YieldsDocument(
            predicted: predicted, actual: actual, efficiency: predicted > 0 ? actual / predicted * 100 : nil,
            category: predicted > 0 ? "good" : nil)
    }
}
