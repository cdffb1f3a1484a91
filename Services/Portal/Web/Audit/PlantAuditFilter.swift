/// Which part of the plant's audit log is asked for. What names nothing filters nothing, as on the portal's own trail.
struct PlantAuditFilter: Sendable, Equatable {
    static let outcomes = ["done", "begun", "refused"]

    /// A token's subject, or the address of an account of this portal.
    var actor: String?
    /// `customers.createCustomer`, or all of an area: `customers`.
    var action: String?
    /// One of `outcomes`.
    var outcome: String?
    /// The identifier of what was changed.
    var concerning: String?
    var requestID: String?
    /// Older than this position.
    var before: Int64?

    init(_ asked: FieldSet) {
        func text(_ name: String) -> String? {
            let line = BoundedText.line(asked[name], maximumBytes: AuditFilter.maximumBytes)
            return line.isEmpty ? nil : line
        }
        actor = text("by")
        action = text("action")
        outcome = text("outcome").flatMap { Self.outcomes.contains($0) ? $0 : nil }
        concerning = text("about")
        requestID = text("request")
        before = text("before").flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// - Parameter subject: of the account that `actor` is the address of.
    func path(subject: String?, limit: Int) -> PlantPath {
        PlantPath(
            "/api/v1/audit",
            query: [
                ("actor", subject ?? actor), ("action", action), ("outcome", outcome), ("resource_id", concerning),
                ("request_id", requestID), ("before", before.map(String.init)), ("limit", String(limit)),
            ])
    }

    /// Of this portal's page.
    func address(before position: Int64) -> String {
        let fields = [
            ("by", actor), ("action", action), ("outcome", outcome), ("about", concerning), ("request", requestID),
            ("before", String(position)),
        ]
        return PlantAuditPage.address + "?"
            + fields.compactMap { name, value in value.map { "\(name)=\(WebAnswers.queryEscaped($0))" } }
            .joined(separator: "&")
    }
}
