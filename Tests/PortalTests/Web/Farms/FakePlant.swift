import Synchronization
import TestSupport

@testable import Portal

/// A gateway with a plant behind it that holds one farm with one block, or fails as it is told.
final class FakePlant: Sendable {
    struct Facts: Sendable {
        var hasFarms = true
        var state = "growing"
        var allowed = ["harvesting", "alert"]
        var version = 7
        /// Of the farm's list; absent: the block.
        var listed: String?
        var hasAlert = true
        /// In place of what would be answered to POST.
        var work: UpstreamServer.Answer = .json("{}", status: 201)
        /// In place of any answer.
        var failure: UpstreamServer.Answer?
        /// In place of what the visitor's roles may do at a plant where nobody changed it.
        var permissions: UpstreamServer.Answer?
        /// Of `/events`.
        var events: UpstreamServer.Answer = .silence

        fileprivate var blocks: String { listed ?? FarmAnswers.list([FarmAnswers.listedBlock(state)]) }
    }

    private let facts: Mutex<Facts>

    init(_ facts: Facts = .init()) { self.facts = Mutex(facts) }

    func set(_ change: @Sendable (inout Facts) -> Void) { facts.withLock { change(&$0) } }

    func answer(_ request: UpstreamServer.Received) -> UpstreamServer.Answer {
        let facts = facts.withLock { $0 }
        if let failure = facts.failure { return failure }
        if let own = PlantRoles.answer(request, instead: facts.permissions) { return own }
        if request.method == "POST" { return facts.work }
        let (farm, block) = (FarmAnswers.farmID, FarmAnswers.blockID)
        let prefix = "/api/v1/farm/"
        guard request.path.hasPrefix(prefix) else { return Self.missing }
        switch request.path.dropFirst(prefix.count) {
        case "dashboard/farms": return .json(FarmAnswers.list(facts.hasFarms ? [FarmAnswers.glance] : []))
        case "farms": return .json(FarmAnswers.list(facts.hasFarms ? [FarmAnswers.farm] : []))
        case "farms/\(farm)": return .json(FarmAnswers.farm)
        case "dashboard/farms/\(farm)": return .json(FarmAnswers.dashboard)
        case "statistics": return .json(FarmAnswers.statistics)
        case "farms/\(farm)/blocks": return .json(facts.blocks)
        case "blocks/\(block)": return .json(FarmAnswers.block(facts.state, version: facts.version))
        case "blocks/\(block)/status": return .json(FarmAnswers.status(facts.state, facts.allowed))
        case "blocks/\(block)/transitions": return .json(FarmAnswers.list([FarmAnswers.transition]))
        case "harvests": return .json(FarmAnswers.list([FarmAnswers.harvest]))
        case "alerts": return .json(FarmAnswers.list(facts.hasAlert ? [FarmAnswers.alert] : []))
        case "plantings/\(FarmAnswers.plantingID)": return .json(FarmAnswers.planting)
        case "crops": return .json(FarmAnswers.list([FarmAnswers.crop]))
        case "crops/\(FarmAnswers.cropID)": return .json(FarmAnswers.crop)
        case "events": return facts.events
        default: return Self.missing
        }
    }

    static let missing = UpstreamServer.Answer.json(
        FarmAnswers.problem(404, "not_found", "There is no such farm."), status: 404)

    /// A portal before it, and somebody who is signed in there.
    static func visit(
        _ facts: Facts = .init(), kind: PortalKind = .platform, extra: [String: String] = [:],
        clock: ManualClock = ManualClock(),
        _ body: @Sendable @escaping (inout Browser, FakePlant, UpstreamServer) async throws -> Void
    ) async throws {
        let plant = FakePlant(facts)
        try await UpstreamServer.with({ plant.answer($0) }) { gateway in
            // The keys of services are asked for elsewhere, so that this hears of the plant alone.
            let variables = ["PLANT_GATEWAY_URL": gateway.url, "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"]
                .merging(extra) { $1 }
            try await TestPortal(kind, extra: variables, clock: clock).test { client in
                var browser = Browser(client, kind: kind)
                switch kind {
                case .platform: _ = try await browser.signIn()
                case .customer:
                    _ = try await client.register("eve@example.com", name: "Eve")
                    _ = try await browser.signIn("eve@example.com", TestPortal.customerPassword)
                }
                try await body(&browser, plant, gateway)
            }
        }
    }

    static let farmPath = "/farms/\(FarmAnswers.farmID)"
    static let blockPath = farmPath + "/blocks/\(FarmAnswers.blockID)"
}
