/// The catalogue of skills at the plant, in a visitor's name.
struct SkillCatalogue: Sendable {
    let plant: PlantAPI
    let visitor: Visitor

    static let filter = RecordFilter(
        [.words("q"), .words("category", limit: 32)],
        sorts: ["name", "category", "level", "-level", "-created_at", "-updated_at"])

    private static let path = "/api/v1/skills"

    private func path(_ id: RecordID) -> PlantPath { PlantPath("\(Self.path)/\(id.text)") }

    func list(_ filter: RecordFilter) async throws(PlantFailure) -> PlantList<SkillDocument> {
        try await plant.get(PlantPath(Self.path, query: filter.question), for: visitor)
    }

    /// Of the first hundred skills by category: what is offered while somebody types one.
    func categories() async throws(PlantFailure) -> [String] {
        let some = try await plant.get(
            PlantPath(Self.path, query: [("sort", "category"), ("perPage", "100")]),
            as: PlantList<SkillDocument>.self, for: visitor)
        return Set(some.data.map(\.category)).sorted()
    }

    func skill(_ id: RecordID) async throws(PlantFailure) -> SkillDocument {
        try await plant.get(path(id), for: visitor)
    }

    func add(_ body: [String: PlantValue], _ change: PlantAPI.Change) async throws(PlantFailure) -> SkillDocument {
        try await plant.post(PlantPath(Self.path), body, change, for: visitor)
    }

    func replace(
        _ id: RecordID, _ body: [String: PlantValue], _ change: PlantAPI.Change
    ) async throws(PlantFailure) -> SkillDocument {
        try await plant.put(path(id), body, change, for: visitor)
    }

    func remove(_ id: RecordID, _ change: PlantAPI.Change) async throws(PlantFailure) {
        try await plant.delete(path(id), change, for: visitor)
    }
}
