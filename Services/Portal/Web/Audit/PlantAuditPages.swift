import Hummingbird

/// The plant's audit log, read in the visitor's name, with this portal's names for who acted.
struct PlantAuditPages: AreaPages {
    let parts: WebParts
    let plant: PlantAPI
    let audit: AuditStore
    /// Of this portal's tokens: the subjects of others are none of its accounts.
    let issuer: String

    func add(to visitors: VisitorRoutes) {
        visitors.get("audit/plant", .audit) { request, visitor in
            let filter = PlantAuditFilter(request.sentQuery)
            return try await parts.withPlant(visitor) {
                let subject = try await subject(of: filter.actor)
                async let head = plant.get(PlantPath("/api/v1/audit/head"), as: PlantAuditHead.self, for: visitor)
                let log = try await plant.get(
                    filter.path(subject: subject, limit: AuditPages.perPage), as: PlantAuditDocument.self,
                    for: visitor)
                let own = log.data.filter { $0.issuer == issuer }
                let emails = try await audit.emails(of: Set(own.map(\.actor)))
                let page = PlantAuditPage(
                    parts: parts, visitor: visitor, log: log, head: try await head, filter: filter
                ) { $0.issuer == issuer ? emails[$0.actor] : nil }
                return try parts.pages.response(page)
            }
        }
    }

    /// Nil for what is the address of none of this portal's accounts: it may be a subject itself.
    private func subject(of actor: String?) async throws -> String? {
        guard let email = actor.flatMap({ EmailAddress($0) }) else { return nil }
        return try await audit.subject(of: email)
    }
}
