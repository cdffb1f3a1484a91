import Testing

@testable import PlantKit

@Suite("Decimal numbers")
struct FixedDecimalTests {
    static let decimals: [(String, Int64)] = [
        ("0", 0), ("12", 12_000), ("12.5", 12_500), ("0.001", 1), ("012.500", 12_500), ("9223372036854775.807", .max),
        ("-1.25", -1_250), ("-0", 0),
    ]

    @Test("a decimal is read exactly", arguments: decimals)
    func readsDecimal(_ text: String, _ value: Int64) {
        #expect(FixedDecimal.parse(text, places: 3) == value)
    }

    @Test(
        "what is no plain decimal, has more places, or does not fit is refused",
        arguments: [
            "", ".", ".5", "5.", "-", "--1", "+1", "1e3", "1,5", "0.0001", "9223372036854775.808", "１", " 1", "1.2.3",
        ])
    func refusedDecimals(_ text: String) {
        #expect(FixedDecimal.parse(text, places: 3) == nil)
    }

    static let written: [(Int64, String)] = [
        (0, "0"), (1, "0.001"), (12_500, "12.5"), (12_000, "12"), (-1_250, "-1.25"), (.max, "9223372036854775.807"),
    ]

    @Test("and written shortly", arguments: written)
    func writesDecimal(_ value: Int64, _ text: String) {
        #expect(FixedDecimal.text(value, places: 3) == text)
    }

    static let read: [(JSONValue, Int64?)] = [
        (.integer(12), 12_000), (.otherNumber("12.5"), 12_500), (.otherNumber("12.5001"), nil), (.integer(101), nil),
        (.integer(-1), nil), (.text("12.5"), nil), (.otherNumber("1e1"), nil), (.integer(.max), nil),
    ]

    @Test("a field takes a number within its bounds and places, and says which", arguments: read)
    func field(_ value: JSONValue, _ expected: Int64?) {
        var fields = FieldReader(["weight": value])
        #expect(fields.optionalDecimal("weight", places: 3, in: 0...100_000) == expected)
        let fault = "must be a number from 0 to 100 with at most 3 decimal places"
        #expect(fields.faults == (expected == nil ? ["weight": fault] : [:]))
    }
}
