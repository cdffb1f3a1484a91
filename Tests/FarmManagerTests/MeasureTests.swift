import Testing

@testable import FarmManager

@Suite("Areas, weights and yields")
struct MeasureTests {
    /// By hand: 2.5 ha; 1 acre = 4046.8564224 m²; 100 acres; half a square metre rounds up, less does not.
    static let areas: [(Int64, Area.Unit, Int64)] = [
        (25_000, .hectares, 25_000), (10_000, .acres, 4_047), (1_000_000, .acres, 404_686),
        (10_000_000_000, .acres, 4_046_856_422), (1, .hectares, 1), (5_000, .squareMetres, 1),
        (4_999, .squareMetres, 0),
        (10_000_000_000, .squareMetres, 1_000_000), (1, .acres, 0), (2, .acres, 1),
    ]

    @Test("an area in square metres", arguments: areas)
    func measuresArea(_ amount: Int64, _ unit: Area.Unit, _ squareMetres: Int64) {
        #expect(Area(amount: amount, unit: unit).squareMetres == squareMetres)
    }

    @Test("plants times grams, at both ends of the ranges")
    func predicted() {
        #expect(Yield.predicted(plants: 1_000_000, gramsPerPlant: 1_000_000) == 1_000_000_000_000)
        #expect(Yield.predicted(plants: 480, gramsPerPlant: 4_500) == 2_160_000)
    }

    /// Each threshold and the gram before it, of 100 kg and of an odd number.
    static let categories: [(Int64, Int64, YieldEfficiency.Category)] = [
        (200_000, 100_000, .exceptional), (199_999, 100_000, .exceeding), (100_000, 100_000, .exceeding),
        (99_999, 100_000, .excellent), (90_000, 100_000, .excellent), (89_999, 100_000, .good),
        (70_000, 100_000, .good), (69_999, 100_000, .acceptable), (50_000, 100_000, .acceptable),
        (49_999, 100_000, .poor), (0, 100_000, .poor), (3, 3, .exceeding), (2, 3, .acceptable), (5, 7, .good),
    ]

    @Test("a yield's category begins exactly at its threshold", arguments: categories)
    func categorizes(_ actual: Int64, _ predicted: Int64, _ category: YieldEfficiency.Category) {
        #expect(YieldEfficiency(actualGrams: actual, predictedGrams: predicted)?.category == category)
    }

    @Test("a percentage never shows a threshold that was not reached")
    func percent() {
        #expect(YieldEfficiency(actualGrams: 99_999, predictedGrams: 100_000)?.tenthsOfPercent == 999)
        #expect(YieldEfficiency(actualGrams: 2, predictedGrams: 3)?.tenthsOfPercent == 666)
        #expect(YieldEfficiency(actualGrams: 5, predictedGrams: 2)?.tenthsOfPercent == 2500)
    }

    @Test("of nothing predicted there is no efficiency")
    func nothing() {
        #expect(YieldEfficiency(actualGrams: 5, predictedGrams: 0) == nil)
    }
}

@Suite("Codes of farms, crops and blocks")
struct CodeTests {
    @Test("a farm's code", arguments: ["FCD2", "AB", "A1234567"])
    func farm(_ code: String) { #expect(FarmCode.problem(in: code) == nil) }

    @Test("is refused otherwise", arguments: ["", "F", "2FCD", "fcd2", "FCD-2", "ABCDEFGHI", "FÇD2", "FCD2\n"])
    func refusedFarm(_ code: String) { #expect(FarmCode.problem(in: code) != nil) }

    @Test("a crop's code", arguments: ["TOM-CHERRY", "L1", "ABCDEFGHIJKLMNOP"])
    func crop(_ code: String) { #expect(CropCode.problem(in: code) == nil) }

    @Test("is refused otherwise", arguments: ["", "T", "-TOM", "TOM-", "tom", "TOM CHERRY", "ABCDEFGHIJKLMNOPQ"])
    func refusedCrop(_ code: String) { #expect(CropCode.problem(in: code) != nil) }

    static let blocks: [(String, Int64, Int64)] = [
        ("F001-005", 1, 5), ("F999-999", 999, 999), ("F1000-100000", 1000, 100_000),
    ]

    @Test("a block's code is its farm's and its own number", arguments: blocks)
    func block(_ text: String, _ farm: Int64, _ block: Int64) {
        #expect(BlockCode(text) == BlockCode(farm: farm, block: block))
        #expect(BlockCode(farm: farm, block: block).description == text)
    }

    @Test(
        "in one spelling",
        arguments: [
            "", "F001", "F001-", "F1-5", "F0001-005", "F001-0005", "F000-001", "F001-000", "f001-005", "G001-005",
            "F001-005-1", "F001_005", "F+01-005", "F1000000-001", "F００１-005",
        ])
    func refusedBlock(_ text: String) { #expect(BlockCode(text) == nil) }
}
