/// The customers of the plant, in the name of one of its staff.
struct CustomerBook: Sendable {
    let plant: PlantAPI
    let visitor: Visitor

    static let filter = RecordFilter(
        [
            .words("q"), .choice("status", of: [CustomerDocument.active, CustomerDocument.suspended]),
            .words("plan", limit: 32),
        ],
        sorts: ["-created_at", "created_at", "name", "email", "plan", "status", "-updated_at"])

    /// Farms and candidates that are shown at once.
    static let shown = 20

    private static let path = "/api/v1/customers"

    private func path(_ id: RecordID, _ rest: String = "") -> PlantPath { PlantPath("\(Self.path)/\(id.text)\(rest)") }

    func list(_ filter: RecordFilter) async throws(PlantFailure) -> PlantList<CustomerDocument> {
        try await plant.get(PlantPath(Self.path, query: filter.question), for: visitor)
    }

    /// How many there are of a standing.
    func count(of status: String) async throws(PlantFailure) -> Int {
        try await plant.get(
            PlantPath(Self.path, query: [("status", status), ("perPage", "1")]),
            as: PlantList<CustomerDocument>.self, for: visitor
        ).total
    }

    /// By words of name or email.
    func found(by words: String) async throws(PlantFailure) -> PlantList<CustomerDocument> {
        try await plant.get(
            PlantPath(Self.path, query: [("q", words), ("sort", "name"), ("perPage", String(Self.shown))]),
            for: visitor)
    }

    func customer(_ id: RecordID) async throws(PlantFailure) -> CustomerDocument {
        try await plant.get(path(id), for: visitor)
    }

    /// Those within the visitor's reach.
    func farms(of id: RecordID) async throws(PlantFailure) -> PlantList<FarmDocument> {
        try await plant.get(
            PlantPath("/api/v1/farm/farms", query: [("customer_id", id.text), ("perPage", String(Self.shown))]),
            for: visitor)
    }

    func add(_ body: [String: PlantValue], _ change: PlantAPI.Change) async throws(PlantFailure) -> CustomerDocument {
        try await plant.post(PlantPath(Self.path), body, change, for: visitor)
    }

    func change(
        _ id: RecordID, _ body: [String: PlantValue], _ change: PlantAPI.Change
    ) async throws(PlantFailure) -> CustomerDocument {
        try await plant.patch(path(id), body, change, for: visitor)
    }

    func perform(
        _ act: CustomerAct, on id: RecordID, _ body: [String: PlantValue], _ change: PlantAPI.Change
    ) async throws(PlantFailure) {
        switch act {
        case .remove: try await plant.delete(path(id), change, for: visitor)
        case .endTrial: try await plant.delete(path(id, "/trial"), change, for: visitor)
        case .suspend, .reactivate, .plan, .trial, .merge, .erase:
            try await plant.post(path(id, "/\(act.rawValue)"), body, change, for: visitor)
        }
    }

    func export(_ id: RecordID) async throws(PlantFailure) -> PlantDownload {
        try await PlantDownload(path(id, "/export"), of: plant, for: visitor, fileName: "customer-\(id.text).json")
    }
}
