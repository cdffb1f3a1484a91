import Hummingbird
import ServerKit

/// The audit trail of this portal.
struct AuditPages: AreaPages {
    static let perPage = 50

    let parts: WebParts
    let audit: AuditStore

    func add(to visitors: VisitorRoutes) {
        visitors.get("audit", .audit) { request, visitor in
            let asked = request.uri.queryParameters
            let about = asked["about"].map {
                BoundedText.line(String($0), maximumBytes: AuditFilter.maximumBytes)
            }
            // What names nothing of ours filters nothing: a link of another version shows more, and not an error.
            let filter = AuditFilter(
                kind: asked["event"].flatMap { AuditEvent.Kind(rawValue: String($0)) },
                outcome: asked["outcome"].flatMap { AuditEvent.Outcome(rawValue: String($0)) },
                concerning: about.flatMap { $0.isEmpty ? nil : $0 })
            let (entries, next) = try await audit.page(
                filter, before: asked["before"].flatMap { AuditCursor(String($0)) }, limit: Self.perPage)
            return try parts.pages.response(
                AuditPage(parts: parts, visitor: visitor, entries: entries, filter: filter, next: next))
        }
    }
}
