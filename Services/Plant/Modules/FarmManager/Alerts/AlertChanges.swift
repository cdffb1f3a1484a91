import PlantKit

extension FarmRecords {
    /// Throws `notFound`.
    package func alert(_ id: String) async throws -> Alert {
        try Alert(
            row: await row(.alert, Alert.columns, from: "farm_manager_alerts", where: "id = ?", id, farm: "farm_id"))
    }
}

extension FarmWork {
    /// The block of the alert, if it has one, goes to `alert`; one that is there already gets another alert.
    package func raiseAlert(_ draft: AlertDraft) async throws -> Alert {
        guard change.day >= .first, change.at <= change.now else {
            throw FarmError.invalid(["at": "must not be before 1900, nor in the future"])
        }
        guard let blockID = draft.blockID else {
            _ = try await records.farm(draft.farmID)
            return try await insert(draft)
        }
        let (block, planting) = try await records.occupied(blockID)
        guard block.farmID == draft.farmID else {
            throw FarmError.invalid(["block_id": "is no block of this farm"])
        }
        return try await raise(draft, on: block, planting)
    }

    func raise(_ draft: AlertDraft, on block: Block, _ planting: Planting?) async throws -> Alert {
        if block.state != .alert {
            try await requireLater(than: block)
            try await enter(block, .alert, planting, note: draft.description ?? draft.title)
        }
        return try await insert(draft)
    }

    /// With a block's last active alert the block returns to the state before it.
    ///
    /// Throws `conflict` for one that is resolved already.
    package func resolveAlert(_ id: String, resolution: String?) async throws -> Alert {
        let alert = try await records.alert(id)
        guard alert.status == .active else { throw FarmError.conflict("The alert is resolved already.") }
        guard change.at >= alert.raisedAt.seconds, change.at <= change.now else {
            throw FarmError.invalid(["at": "must not be before the alert was raised, nor in the future"])
        }
        try await close(alert, resolution)
        if let blockID = alert.blockID {
            let others = try await transaction.query(
                """
                SELECT id FROM farm_manager_alerts WHERE block_id = ? AND status = 'active'
                ORDER BY raised_at, id LIMIT 1
                """, [.text(blockID)])
            let (block, planting) = try await records.occupied(blockID)
            if others.isEmpty, block.state == .alert, let before = block.stateBeforeAlert {
                try await enter(block, before, planting, note: resolution)
            }
        }
        return try await records.alert(id)
    }

    /// All active ones of a block that leaves its alert.
    func resolveAll(of block: Block, resolution: String?) async throws {
        let rows = try await transaction.query(
            """
            SELECT \(Alert.columns.joined(separator: ", ")) FROM farm_manager_alerts \
            WHERE block_id = ? AND status = 'active' ORDER BY raised_at, id
            """, [.text(block.id)])
        for row in rows { try await close(Alert(row: row), resolution) }
    }

    private func close(_ alert: Alert, _ resolution: String?) async throws {
        try await transaction.execute(
            """
            UPDATE farm_manager_alerts
            SET status = 'resolved', resolved_by = ?, resolved_at = ?, resolution = ?, version = version + 1
            WHERE id = ?
            """,
            [.text(change.by), .integer(change.at), .optional(resolution), .text(alert.id)])
        try await tell(
            .init(
                type: .alertResolved, farmID: alert.farmID, blockID: alert.blockID, recordID: alert.id,
                severity: alert.severity))
    }

    private func insert(_ draft: AlertDraft) async throws -> Alert {
        let id = change.makeID()
        try await transaction.execute(
            """
            INSERT INTO farm_manager_alerts
            (id, farm_id, block_id, severity, title, description, status, raised_by, raised_at, version)
            VALUES (?, ?, ?, ?, ?, ?, 'active', ?, ?, 1)
            """,
            [
                .text(id), .text(draft.farmID), .optional(draft.blockID), .text(draft.severity.rawValue),
                .text(draft.title), .optional(draft.description), .text(change.by), .integer(change.at),
            ])
        try await tell(
            .init(
                type: .alertRaised, farmID: draft.farmID, blockID: draft.blockID, recordID: id,
                severity: draft.severity))
        return try await records.alert(id)
    }
}
