import Testing

@testable import PlantKit

@Suite("Entity tags (RFC 9110 §8.8.3, §13.1)")
struct EntityTagTests {
    private let tag = EntityTag(version: 3)

    static let conditions: [(values: [String], strongly: Bool, weakly: Bool)] = [
        (["*"], true, true), (["\"v3\""], true, true), (["W/\"v3\""], false, true), (["\"v2\""], false, false),
        (["\"v1\", \"v3\""], true, true), (["\"v1\"", "\"v3\""], true, true), (["\"v1\" ,\t\"v3\" "], true, true),
        (["v3"], false, false), ([""], false, false), (["*, \"v1\""], false, false), (["w/\"v3\""], false, false),
    ]

    @Test("strong comparison for If-Match, weak for If-None-Match", arguments: conditions)
    func compares(_ case: (values: [String], strongly: Bool, weakly: Bool)) throws {
        let condition = try #require(EntityTagCondition(`case`.values))
        #expect(condition.matchesStrongly(tag) == `case`.strongly)
        #expect(condition.matchesWeakly(tag) == `case`.weakly)
    }

    @Test("no header is no condition")
    func absent() {
        #expect(EntityTagCondition([]) == nil)
    }
}
