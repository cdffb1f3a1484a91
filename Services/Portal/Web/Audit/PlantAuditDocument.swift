import ServiceKit

/// What the plant tells of its audit log (`/api/v1/audit`), the newest first.
struct PlantAuditDocument: Decodable, Sendable {
    struct Entry: Decodable, Sendable {
        var position: Int64
        var at: Timestamp
        /// A token's subject, or what acts by itself.
        var actor: String
        /// Of the token.
        var issuer: String?
        var action: String
        var resourceKind: String?
        var resourceID: String?
        /// `done`, `begun`, or `refused:` and the code.
        var outcome: String
        var requestID: String?
        var address: String?
        /// JSON as text.
        var details: String?

        enum CodingKeys: String, CodingKey {
            case position, at, actor, issuer, action, outcome, address, details
            case resourceKind = "resource_kind"
            case resourceID = "resource_id"
            case requestID = "request_id"
        }
    }

    var data: [Entry]
    /// Of the page behind this one.
    var next: Int64?
}

/// Where the log stands (`/api/v1/audit/head`).
struct PlantAuditHead: Decodable, Sendable {
    /// `LOGID:POSITION:HASH`
    var head: String
}
