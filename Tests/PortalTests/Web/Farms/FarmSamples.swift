import Foundation
import ServiceKit

@testable import Portal

/// The Block Monitor's pages with something in every place, for the tests that read all pages.
struct FarmSamples {
    let parts: WebParts
    let visitor: Visitor

    static func decode<T: Decodable>(_ json: String, as type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(json.utf8))
    }

    private var attempt: FormAttempt {
        FormAttempt(
            form: "move", typed: FieldSet(["state": "harvesting", "note": "typed"]), problem: "p",
            faults: ["note": "wrong", "other": "elsewhere"])
    }

    func blockFacts(_ state: String, _ allowed: [String]) throws -> BlockPage.Facts {
        BlockPage.Facts(
            farm: try Self.decode(FarmAnswers.farm), block: try Self.decode(FarmAnswers.block(state)),
            status: try Self.decode(FarmAnswers.status(state, allowed)),
            planting: state == "empty" ? nil : try Self.decode(FarmAnswers.planting),
            crop: try Self.decode(FarmAnswers.crop), crops: [try Self.decode(FarmAnswers.crop)],
            alerts: [try Self.decode(FarmAnswers.alert)], transitions: [try Self.decode(FarmAnswers.transition)],
            harvests: [try Self.decode(FarmAnswers.harvest)])
    }

    var farmFacts: FarmPage.Facts {
        get throws {
            FarmPage.Facts(
                dashboard: try Self.decode(FarmAnswers.dashboard),
                blocks: try Self.decode(
                    FarmAnswers.list([FarmAnswers.listedBlock(), FarmAnswers.listedBlock("empty", code: "F001-006")])),
                alerts: try Self.decode(FarmAnswers.list([FarmAnswers.alert])),
                statistics: try Self.decode(FarmAnswers.statistics))
        }
    }

    var all: [any WebPage] {
        get throws {
            var filter = BlockFilter()
            filter.text = FarmAnswers.markup
            let rights = FarmRights(PlantRoles.permissions(of: visitor))
            let growing = try blockFacts("growing", ["harvesting", "alert"])
            return [
                FarmsPage(
                    parts: parts, visitor: visitor, rights: rights,
                    list: try Self.decode(FarmAnswers.list([FarmAnswers.glance]))),
                FarmPage(parts: parts, visitor: visitor, rights: rights, facts: try farmFacts, filter: filter),
                BlockPage(parts: parts, visitor: visitor, rights: rights, facts: growing, attempt: attempt),
                BlockPage(
                    parts: parts, visitor: visitor, rights: rights,
                    facts: try blockFacts("empty", ["planned", "alert"])),
                BlockPage(
                    parts: parts, visitor: visitor, rights: rights,
                    facts: try blockFacts("harvesting", ["cleaning", "alert"])),
                ConfirmPage(
                    parts: parts, visitor: visitor, block: growing.block, state: "cleaning", consequence: .finishes,
                    carried: attempt.typed.carried(["state", "note"])),
                PlantFaultPage(
                    parts: parts, visitor: visitor,
                    fault: PlantFaultText(.tokenRefused(code: "unknown_key"), parts.texts)),
            ]
        }
    }
}
