import Hummingbird
import ServerKit

/// The audit trail of this portal.
struct AuditPages: AreaPages {
    static let perPage = 50

    let parts: WebParts
    let audit: AuditStore

    func add(to visitors: VisitorRoutes) {
        visitors.get("audit", .audit) { request, visitor in
            let asked = request.sentQuery
            let about = BoundedText.line(asked["about"], maximumBytes: AuditFilter.maximumBytes)
            // What names nothing of ours filters nothing: a link of another version shows more, and not an error.
            let filter = AuditFilter(
                kind: AuditEvent.Kind(rawValue: asked["event"]),
                outcome: AuditEvent.Outcome(rawValue: asked["outcome"]), concerning: about.isEmpty ? nil : about)
            let (entries, next) = try await audit.page(
                filter, before: AuditCursor(asked["before"]), limit: Self.perPage)
            return try parts.pages.response(
                AuditPage(parts: parts, visitor: visitor, entries: entries, filter: filter, next: next))
        }
    }
}
