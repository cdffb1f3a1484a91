import PlantKit
import Testing

@testable import FarmManager

@Suite("A crop's growth cycle")
struct GrowthCycleTests {
    let tomato = GrowthCycle(germinationDays: 7, growingDays: 30, fruitingDays: 20, harvestingDays: 14, cleaningDays: 2)
    let lettuce = GrowthCycle(germinationDays: 3, growingDays: 25, fruitingDays: 0, harvestingDays: 5, cleaningDays: 1)

    @Test("gives the expected day of each state")
    func schedule() throws {
        let schedule = tomato.schedule(plantedOn: try #require(CivilDate("2026-01-10")))
        #expect(
            schedule.map { "\($0.state.rawValue) \($0.day.text)" } == [
                "planted 2026-01-10", "growing 2026-01-17", "fruiting 2026-02-16", "harvesting 2026-03-08",
                "cleaning 2026-03-22", "empty 2026-03-24",
            ])
        #expect(tomato.totalDays == 73)
        #expect(tomato.daysToHarvest == 57)
    }

    @Test("without fruiting days goes from growing to harvesting")
    func withoutFruiting() throws {
        let schedule = lettuce.schedule(plantedOn: try #require(CivilDate("2028-02-27")))
        #expect(
            schedule.map { "\($0.state.rawValue) \($0.day.text)" } == [
                "planted 2028-02-27", "growing 2028-03-01", "harvesting 2028-03-26", "cleaning 2028-03-31",
                "empty 2028-04-01",
            ])
    }

    @Test("expects nothing of a block that waits for people", arguments: [BlockState.empty, .planned, .alert])
    func waiting(_ state: BlockState) {
        #expect(tomato.next(after: state) == nil)
    }

    @Test(
        "a change is early, on time or late by whole days",
        arguments: zip([Int64(-30), -1, 0, 1, 30], [Punctuality.early, .early, .onTime, .late, .late]))
    func punctuality(_ offset: Int64, _ expected: Punctuality) {
        #expect(Punctuality(offset: offset) == expected)
    }
}

@Suite("Reckoning with days")
struct CalendarDaysTests {
    @Test(
        "a moment's day ends at midnight UTC, before the epoch too",
        arguments: zip([Int64(0), 86_399, 86_400, -1, -86_400, -86_401], [Int64(0), 0, 1, -1, -1, -2]))
    func moments(_ seconds: Int64, _ number: Int64) {
        #expect(CivilDate(of: seconds).daysSinceEpoch == number)
        #expect(CivilDate(of: CivilDate(of: seconds).start) == CivilDate(of: seconds))
    }

    static let months: [(String, String, String)] = [
        ("2028-02-29", "2028-02-01", "2028-03-01"), ("2026-01-01", "2026-01-01", "2026-02-01"),
        ("2026-12-31", "2026-12-01", "2027-01-01"),
    ]

    @Test("a day's month, and the next one", arguments: months)
    func month(_ day: String, _ start: String, _ next: String) throws {
        let day = try #require(CivilDate(day))
        #expect(day.monthStart.text == start)
        #expect(day.nextMonthStart.text == next)
        #expect(day.month == String(start.prefix(7)))
    }

    /// From and to, days apart from whole months, first and last day of these.
    static let spans: [(String, String, [Int64], Int64)] = [
        ("2026-01-01", "2026-01-31", [], 31), ("2026-01-01", "2026-01-30", [30], 0),
        ("2026-01-15", "2026-02-14", [31], 0),
        ("2026-01-15", "2026-03-14", [17, 14], 28), ("2026-01-31", "2026-03-31", [1], 59),
        ("2026-02-02", "2026-02-02", [1], 0),
        ("2026-02-02", "2026-02-01", [], 0),
    ]

    @Test("a time is whole months and the days around them", arguments: spans)
    func span(_ from: String, _ to: String, _ days: [Int64], _ months: Int64) throws {
        let span = SeasonSpan(from: try #require(CivilDate(from)), to: try #require(CivilDate(to)))
        #expect(span.days.map { Int64($0.count) } == days)
        #expect(Int64(span.months.count) == months)
    }
}
