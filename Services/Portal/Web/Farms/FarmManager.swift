/// The farm manager at the plant, in a visitor's name. Each value is asked for anew: the plant decides each time what the
/// visitor may see.
struct FarmManager: Sendable {
    let plant: PlantAPI
    let visitor: Visitor

    /// Of blocks on one page of the monitor.
    static let blocksPerPage = 100
    /// Farms and crops that are offered at once.
    static let listed = 100

    private func path(_ rest: String, query: [(name: String, value: String?)] = []) -> PlantPath {
        PlantPath("/api/v1/farm/" + rest, query: query)
    }

    func farms(page: Int) async throws(PlantFailure) -> PlantList<FarmDocument> {
        try await plant.get(path("farms", query: [("page", String(page)), ("perPage", "12")]), for: visitor)
    }

    /// As many of them as `farms(page:)`.
    func glances(page: Int) async throws(PlantFailure) -> PlantList<GlanceDocument> {
        try await plant.get(path("dashboard/farms", query: [("page", String(page)), ("perPage", "12")]), for: visitor)
    }

    func farm(_ id: RecordID) async throws(PlantFailure) -> FarmDocument {
        try await plant.get(path("farms/\(id.text)"), for: visitor)
    }

    /// Without blocks, which their list tells of.
    func dashboard(of farm: RecordID) async throws(PlantFailure) -> DashboardDocument {
        try await plant.get(path("dashboard/farms/\(farm.text)", query: [("blocks", "0")]), for: visitor)
    }

    func statistics(of farm: RecordID) async throws(PlantFailure) -> StatisticsDocument {
        try await plant.get(
            path("statistics", query: [("group_by", "month"), ("farm_id", farm.text)]), for: visitor)
    }

    func blocks(of farm: RecordID, _ filter: BlockFilter) async throws(PlantFailure) -> PlantList<BlockDocument> {
        try await plant.get(
            path(
                "farms/\(farm.text)/blocks",
                query: [
                    ("state", filter.state), ("type", filter.type), ("q", filter.text), ("page", String(filter.page)),
                    ("perPage", String(Self.blocksPerPage)),
                ]), for: visitor)
    }

    func block(_ id: RecordID) async throws(PlantFailure) -> BlockDocument {
        try await plant.get(path("blocks/\(id.text)"), for: visitor)
    }

    func status(of block: RecordID) async throws(PlantFailure) -> BlockStatusDocument {
        try await plant.get(path("blocks/\(block.text)/status"), for: visitor)
    }

    func transitions(of block: RecordID) async throws(PlantFailure) -> PlantList<TransitionDocument> {
        try await plant.get(path("blocks/\(block.text)/transitions", query: [("perPage", "12")]), for: visitor)
    }

    func harvests(of block: RecordID) async throws(PlantFailure) -> PlantList<HarvestDocument> {
        try await plant.get(path("harvests", query: [("block_id", block.text), ("perPage", "12")]), for: visitor)
    }

    func alerts(farm: RecordID, block: RecordID? = nil) async throws(PlantFailure) -> PlantList<AlertDocument> {
        try await plant.get(
            path(
                "alerts",
                query: [
                    ("farm_id", farm.text), ("block_id", block?.text), ("status", "active"),
                    ("perPage", String(Self.listed)),
                ]), for: visitor)
    }

    /// Nil where the block has none.
    func planting(_ id: String?) async throws(PlantFailure) -> PlantingDocument? {
        guard let id = id.flatMap({ RecordID($0) }) else { return nil }
        return try await plant.get(path("plantings/\(id.text)"), as: PlantingDocument.self, for: visitor)
    }

    func crops() async throws(PlantFailure) -> PlantList<CropDocument> {
        try await plant.get(path("crops", query: [("perPage", String(Self.listed))]), for: visitor)
    }

    func crop(_ id: String?) async throws(PlantFailure) -> CropDocument? {
        guard let id = id.flatMap({ RecordID($0) }) else { return nil }
        return try await plant.get(path("crops/\(id.text)"), as: CropDocument.self, for: visitor)
    }

    /// Does one piece of work.
    func post(_ work: FarmWork) async throws(PlantFailure) {
        try await plant.post(
            path(work.path), work.body, .init(key: work.key, expectedTag: work.expectedTag), for: visitor)
    }
}

/// A change that is asked of the farm manager.
struct FarmWork: Sendable {
    /// Below `/api/v1/farm/`.
    let path: String
    let body: [String: PlantValue]
    /// `Idempotency-Key`.
    let key: String
    /// `If-Match`
    var expectedTag: String?
}
