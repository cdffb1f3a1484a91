import HTTPKit
import PlantKit
import Storage

/// The audit log, to read. Nothing changes it here.
struct AuditOperations: Sendable {
    struct Entry: Codable, Equatable, Sendable {
        let position: Int64
        let at: Timestamp
        /// The token's subject, or what acts by itself.
        let actor: String
        let issuer: String?
        let roles: [String]
        let action: String
        let resourceKind: String?
        let resourceID: String?
        /// `done`, `begun`, or `refused:` and the code.
        let outcome: String
        let requestID: String?
        let address: String?
        /// JSON as text.
        let details: String?
        let hash: String

        enum CodingKeys: String, CodingKey {
            case position, at, actor, issuer, roles, action, outcome, address, details, hash
            case resourceKind = "resource_kind"
            case resourceID = "resource_id"
            case requestID = "request_id"
        }

        init(_ entry: AuditEntry) {
            let record = entry.record
            position = entry.position
            at = Timestamp(seconds: record.at)
            actor = record.actor
            issuer = record.issuer
            roles = record.roles
            action = record.action
            resourceKind = record.resource?.kind
            resourceID = record.resource?.id
            outcome = record.outcome.text
            requestID = record.requestID
            address = record.address
            details = record.details
            hash = entry.hash
        }
    }

    struct List: Codable, Equatable, Sendable {
        let data: [Entry]
        /// The next page's `before`; null at the end.
        let next: Int64?
    }

    struct Head: Codable, Equatable, Sendable {
        /// `LOGID:POSITION:HASH`
        let head: String
    }

    func add(to routes: ModuleRoutes) {
        routes.add(list(routes.tag)) { request, transaction in
            let (query, limit) = try request.queryFields(Self.query)
            let page = try await AuditTrail.log.page(query, limit: limit, transaction)
            return try .json(List(data: page.entries.map(Entry.init), next: page.next))
        }
        routes.add(
            Operation(
                "getAuditHead", .get, "/api/v1/audit/head", summary: "Where the audit log stands.",
                details: "Kept outside of the database, it shows a tail that was cut: lockstep audit verify --head.",
                tag: routes.tag, access: .permission(CorePermissions.viewAudit), answers: [.ok(.of(Head.self))])
        ) { _, transaction in
            try .json(Head(head: try await AuditTrail.log.head(transaction).description))
        }
    }

    private func list(_ tag: String) -> Operation {
        Operation(
            "listAudit", .get, "/api/v1/audit", summary: "Reads the audit log, newest first.",
            details: "Pages go by position: what is appended meanwhile moves nothing. Send next as before.", tag: tag,
            access: .permission(CorePermissions.viewAudit),
            parameters: [
                .query("actor", .text(length: 1...512), "Who did it: a token's subject."),
                .query("action", .text(length: 1...512), "customers.createCustomer, or all of an area: customers."),
                .query("resource_kind", .text(length: 1...512), "E.g. customers."),
                .query("resource_id", .text(length: 1...512), "Which one."),
                .query("from", .time, "From this moment on."), .query("until", .time, "Before this moment."),
                .query("outcome", .choice(["done", "begun", "refused"]), "How it ended."),
                .query("request_id", .text(length: 1...512), "Of which request."),
                .query("before", .integer(1...Int64.max), "Older than this position."),
                .query("limit", .integer(1...500).defaulting(to: 100), "How many at most."),
            ], answers: [.ok(.of(List.self))])
    }

    private static func query(_ fields: inout FieldReader) -> (AuditQuery, Int) {
        var query = AuditQuery()
        query.actor = fields.optionalText("actor", length: 1...512)
        if let action = fields.optionalText("action", length: 1...512) {
            query.action = action.contains(".") ? .exactly(action) : .area(action)
        }
        query.resourceKind = fields.optionalText("resource_kind", length: 1...512)
        query.resourceID = fields.optionalText("resource_id", length: 1...512)
        query.from = fields.optionalTimestamp("from")?.seconds
        query.until = fields.optionalTimestamp("until")?.seconds
        switch fields.optionalText("outcome", length: 1...16) {
        case "done": query.outcome = .done
        case "begun": query.outcome = .begun
        case "refused": query.outcome = .refused(nil)
        default: break
        }
        query.requestID = fields.optionalText("request_id", length: 1...512)
        query.before = fields.optionalInteger("before", in: 1...Int64.max)
        return (query, Int(fields.optionalInteger("limit", in: 1...500) ?? 100))
    }
}
