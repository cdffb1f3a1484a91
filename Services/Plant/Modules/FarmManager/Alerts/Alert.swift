package import PlantKit

/// Something is wrong at a farm, or at one of its blocks.
package struct Alert: Sendable, Equatable, Codable {
    package let id: String
    package let farmID: String
    /// Nil: of the whole farm.
    package let blockID: String?
    package let severity: AlertSeverity
    package let title: String
    package let description: String?
    package let status: AlertStatus
    /// A token's subject.
    package let raisedBy: String
    package let raisedAt: Timestamp
    package let resolvedBy: String?
    package let resolvedAt: Timestamp?
    package let resolution: String?

    enum CodingKeys: String, CodingKey {
        case id, severity, title, description, status, resolution
        case farmID = "farm_id"
        case blockID = "block_id"
        case raisedBy = "raised_by"
        case raisedAt = "raised_at"
        case resolvedBy = "resolved_by"
        case resolvedAt = "resolved_at"
    }

    static let columns = [
        "id", "farm_id", "block_id", "severity", "title", "description", "status", "raised_by", "raised_at",
        "resolved_by", "resolved_at", "resolution",
    ]

    init(row: SQLRow) throws {
        id = try row.text("id")
        farmID = try row.text("farm_id")
        blockID = try row.optionalText("block_id")
        severity = try row.word("severity", as: AlertSeverity.self)
        title = try row.text("title")
        description = try row.optionalText("description")
        status = try row.word("status", as: AlertStatus.self)
        raisedBy = try row.text("raised_by")
        raisedAt = try row.moment("raised_at")
        resolvedBy = try row.optionalText("resolved_by")
        resolvedAt = try row.optionalMoment("resolved_at")
        resolution = try row.optionalText("resolution")
    }
}

/// An alert to be raised.
package struct AlertDraft: Sendable, Equatable {
    package var farmID: String
    /// Nil: of the whole farm; no block changes its state.
    package var blockID: String?
    package var severity: AlertSeverity
    package var title: String
    package var description: String?

    package init(
        farmID: String, blockID: String? = nil, severity: AlertSeverity, title: String, description: String? = nil
    ) {
        self.farmID = farmID
        self.blockID = blockID
        self.severity = severity
        self.title = title
        self.description = description
    }
}
