import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// The Block Monitor: farms, their blocks, and the work on them.
struct FarmRoutes: AreaPages {
    let parts: WebParts
    let plant: PlantAPI

    func add(to visitors: VisitorRoutes) {
        visitors.get("farms", .farms) { request, visitor, _ in
            try await parts.withPlant(visitor) {
                try await farms(visitor, page: request.page, notice: request.notice)
            }
        }
        visitors.get("farms/:farm", .farms) { request, visitor, context in
            let id = try Self.id("farm", context)
            return try await parts.withPlant(visitor) {
                try await farm(id, visitor, BlockFilter(request.sentQuery), notice: request.notice)
            }
        }
        visitors.get("farms/:farm/blocks/:block", .farms) { request, visitor, context in
            let ids = (try Self.id("farm", context), try Self.id("block", context))
            return try await parts.withPlant(visitor) {
                try await block(ids.1, of: ids.0, visitor, notice: request.notice)
            }
        }
        visitors.live("farms/:farm/events", .farms) { visitor, context in
            LiveNews(FarmEvents(plant: plant, farm: try Self.id("farm", context), visitor: visitor))
        }
        FarmWorkRoutes(routes: self).add(to: visitors)
    }

    /// Throws `not_found` for what is no identifier.
    static func id(_ name: String, _ context: AppContext) throws -> RecordID {
        guard let id = context.parameters.get(name).flatMap({ RecordID($0) }) else {
            throw Refusal(.notFound, "There is no such page.")
        }
        return id
    }

    /// - Parameter attempt: of a form that was not accepted.
    func farms(
        _ visitor: Visitor, page: Int = 1, notice: String? = nil, attempt: FormAttempt? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let manager = FarmManager(plant: plant, visitor: visitor)
        async let rights = rights(of: visitor, attempt)
        let list = try await manager.glances(page: page)
        return try parts.pages.response(
            FarmsPage(
                parts: parts, visitor: visitor, rights: try await rights, list: list, attempt: attempt, notice: notice),
            status: status)
    }

    func farm(
        _ id: RecordID, _ visitor: Visitor, _ filter: BlockFilter = .init(), notice: String? = nil,
        attempt: FormAttempt? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let manager = FarmManager(plant: plant, visitor: visitor)
        async let rights = rights(of: visitor, attempt)
        async let dashboard = manager.dashboard(of: id)
        async let blocks = manager.blocks(of: id, filter)
        async let alerts = manager.alerts(farm: id)
        async let statistics = try? manager.statistics(of: id)
        let facts = FarmPage.Facts(
            dashboard: try await dashboard, blocks: try await blocks, alerts: try await alerts,
            statistics: await statistics)
        return try parts.pages.response(
            FarmPage(
                parts: parts, visitor: visitor, rights: try await rights, facts: facts, filter: filter,
                attempt: attempt, notice: notice),
            status: status)
    }

    func block(
        _ id: RecordID, of farm: RecordID, _ visitor: Visitor, notice: String? = nil, attempt: FormAttempt? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let (rights, facts) = try await facts(of: id, farm, visitor, attempt)
        return try parts.pages.response(
            BlockPage(
                parts: parts, visitor: visitor, rights: rights, facts: facts, attempt: attempt, notice: notice),
            status: status)
    }

    /// - Parameter attempt: of a form that is to be shown again.
    private func rights(of visitor: Visitor, _ attempt: FormAttempt?) async throws -> FarmRights {
        let rights = FarmRights(try await plant.permissions(of: visitor))
        try rights.require(attempt)
        return rights
    }

    private func facts(
        of id: RecordID, _ farm: RecordID, _ visitor: Visitor, _ attempt: FormAttempt?
    ) async throws -> (FarmRights, BlockPage.Facts) {
        let manager = FarmManager(plant: plant, visitor: visitor)
        async let asked = rights(of: visitor, attempt)
        async let block = manager.block(id)
        async let owner = manager.farm(farm)
        async let status = manager.status(of: id)
        async let alerts = manager.alerts(farm: farm, block: id)
        async let transitions = manager.transitions(of: id)
        async let harvests = manager.harvests(of: id)
        let found = try await block
        // An address that names another farm is no address of this block.
        guard found.farmID == farm.text else { throw PlantFailure.notFound(detail: "") }
        async let planting = manager.planting(found.plantingID)
        let rights = try await asked
        let isEmpty = found.state == BlockState.empty.rawValue
        let crops = isEmpty && rights.mayOperate ? try await manager.crops().data : []
        let stands = try await planting
        let crop = try await manager.crop(stands?.cropID)
        let facts = BlockPage.Facts(
            farm: try await owner, block: found, status: try await status, planting: stands, crop: crop, crops: crops,
            alerts: try await alerts.data, transitions: try await transitions.data,
            harvests: try await harvests.data)
        return (rights, facts)
    }
}

extension Request {
    /// Of a list, from 1; what is no page is the first.
    var page: Int { min(max(Int(sentQuery["page"]) ?? 1, 1), 400) }
}
