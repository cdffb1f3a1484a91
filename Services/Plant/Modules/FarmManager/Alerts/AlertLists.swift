import PlantKit

/// What a list of alerts is asked for.
package struct AlertQuery: Sendable, Equatable {
    package var farmID: String?
    package var blockID: String?
    package var severity: AlertSeverity?
    package var status: AlertStatus?

    package init(
        farmID: String? = nil, blockID: String? = nil, severity: AlertSeverity? = nil, status: AlertStatus? = nil
    ) {
        self.farmID = farmID
        self.blockID = blockID
        self.severity = severity
        self.status = status
    }
}

extension FarmRecords {
    /// The newest first.
    package func alerts(_ query: AlertQuery, _ slice: Slice) async throws -> Listing<Alert> {
        var filter = Filter()
        filter.equal("block_id", query.blockID)
        filter.equal("farm_id", query.farmID)
        filter.equal("severity", query.severity?.rawValue)
        filter.equal("status", query.status?.rawValue)
        guard query.blockID != nil || query.farmID != nil else {
            return try await newest(
                Alert.columns, from: "farm_manager_alerts", filter, by: "raised_at", slice, as: Alert.init(row:))
        }
        filter.reach(reach, "farm_id")
        return try await list(
            Alert.columns, from: "farm_manager_alerts", filter, order: "raised_at DESC, id DESC", slice,
            as: Alert.init(row:))
    }
}
