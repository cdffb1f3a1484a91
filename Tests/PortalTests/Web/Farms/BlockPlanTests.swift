import ServiceKit
import Testing

@testable import Portal

@Suite struct BlockPlanTests {
    private static func places(_ positions: [(Int, Int)?]) -> [String] {
        BlockPlan.places(positions).map { "\($0.0),\($0.1)" }
    }

    @Test("blocks stand where the farm says, and empty rows and columns are closed")
    func positions() {
        #expect(Self.places([(0, 0), (9_000, 0), (9_000, 7)]) == ["0,0", "1,0", "1,1"])
    }

    @Test("without a place for each, or with two in one, they stand in order")
    func inOrder() {
        #expect(Self.places([(0, 0), nil]) == ["0,0", "1,0"])
        #expect(Self.places([(3, 3), (3, 3)]) == ["0,0", "1,0"])
        #expect(Self.places([Optional<(Int, Int)>](repeating: nil, count: 9)).last == "0,1")
    }

    @Test("a plan that would be larger than a screen is drawn in order")
    func bounded() {
        let diagonal: [(Int, Int)?] = (0...BlockPlan.largest).map { ($0, $0) }
        #expect(Self.places(diagonal).last == "\(BlockPlan.largest % 8),\(BlockPlan.largest / 8)")
    }
}

@Suite struct FarmFiguresTests {
    @Test(
        "amounts have as many places as they are worth",
        arguments: [
            (0, "0"), (0.125, "0.125"), (1.5, "1.5"), (12.34, "12.3"), (99.96, "100"), (1234.5, "1,235"),
            (1_234_567, "1,234,567"), (-3.25, "-3.25"), (1000, "1,000"), (1e300, "–"), (.nan, "–"),
        ])
    func amounts(value: Double, text: String) { #expect(FarmFigures.amount(value) == text) }

    @Test(
        "days are told from today",
        arguments: [("2026-01-12", "today"), ("2026-01-13", "in 1 day"), ("2026-01-09", "3 days late")])
    func spans(day: String, text: String) throws {
        let texts = try Texts(json: WebFiles.texts)
        let now = try #require(Timestamp("2026-01-12T23:00:00Z")).seconds
        #expect(FarmFigures(texts: texts, now: now).span(to: day)?.text == text)
    }
}

@Suite struct WorkReadingTests {
    private func reading(_ fields: [String: String]) throws -> WorkReading {
        let now = try #require(Timestamp("2026-01-12T10:00:00Z")).seconds
        return WorkReading(FieldSet(fields), try Texts(json: WebFiles.texts), now: now)
    }

    @Test(
        "a day in the past means its end, today and tomorrow (which is today elsewhere) mean now",
        arguments: [
            ("2026-01-11", "2026-01-11T23:59:59Z"), ("2026-01-12", nil), ("2026-01-13", nil), ("", nil),
        ] as [(String, String?)])
    func days(typed: String, at: String?) throws {
        var reading = try reading(["day": typed])
        reading.happened()
        #expect(reading.faults.isEmpty)
        #expect(reading.body["at"] == at.map { .text($0) })
    }

    @Test("what is no day, or to come, is told beside the field", arguments: ["2026-01-14", "yesterday", "2026-02-30"])
    func noDay(typed: String) throws {
        var reading = try reading(["day": typed])
        reading.happened()
        #expect(reading.faults["day"] != nil)
    }

    @Test("numbers are read as people write them", arguments: [("12,5", 12.5), (" 12.5 ", 12.5), ("7", 7)])
    func numbers(typed: String, value: Double) throws {
        var reading = try reading(["quantity_kg": typed])
        reading.decimal("quantity_kg")
        #expect(reading.body["quantity_kg"] == .number(value))
    }

    @Test("what is no number is not sent", arguments: ["1e5", "nan", "inf", "0x10", "1.2.3", "-1", "many"])
    func noNumber(typed: String) throws {
        var reading = try reading(["quantity_kg": typed])
        reading.decimal("quantity_kg")
        #expect(reading.body["quantity_kg"] == nil)
        #expect(reading.faults["quantity_kg"] != nil)
    }
}
