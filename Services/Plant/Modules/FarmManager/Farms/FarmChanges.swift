package import PlantKit

extension FarmRecords {
    /// Throws `notFound`.
    package func farm(_ id: String) async throws -> Farm {
        try Farm(
            row: await row(
                .farm, Farm.schema.columns, from: "farm_manager_farms", where: "id = ? AND deleted_at IS NULL", id,
                farm: "id"))
    }

    /// The people of a farm, in the order in which they came.
    package func staff(of farm: String) async throws -> [StaffMember] {
        try await transaction.query(
            "SELECT subject, role, added_at FROM farm_manager_staff WHERE farm_id = ? ORDER BY added_at, subject",
            [.text(farm)]
        ).map(StaffMember.init(row:))
    }
}

extension FarmWork {
    /// Throws `taken` for a code that a living farm has.
    package func addFarm(_ draft: FarmDraft) async throws -> Farm {
        try await requireFree(code: draft.code, in: "farm_manager_farms")
        let id = change.makeID()
        try await insert(id, into: "farm_manager_farms", draft.columns + [try await nextNumber()])
        let farm = try await FarmRecords(transaction, reach: .all).farm(id)
        try await changed(from: nil, to: farm)
        return farm
    }

    /// Farms are few and never taken away, so the next number is one look at the end of an index.
    func nextNumber() async throws -> ResourceColumn {
        let rows = try await transaction.query("SELECT COALESCE(MAX(number), 0) AS last FROM farm_manager_farms", [])
        return ResourceColumn(name: "number", value: .integer((try rows.first?.integer("last") ?? 0) + 1))
    }

    /// What else happens when a farm is made, changed or removed.
    ///
    /// Throws `conflict` for one that is removed with its blocks.
    func changed(from before: Farm?, to after: Farm?) async throws {
        if let after {
            if before == nil {
                try await transaction.execute(
                    """
                    INSERT INTO farm_manager_farm_totals (farm_id, last_block_number, harvests, harvested_grams)
                    VALUES (?, 0, 0, 0)
                    """, [.text(after.id)])
            }
            try await tell(.init(type: before == nil ? .farmCreated : .farmChanged, farmID: after.id))
        } else if let before {
            let blocks = try await transaction.query(
                """
                SELECT id FROM farm_manager_blocks WHERE farm_id = ? AND deleted_at IS NULL ORDER BY code, id LIMIT 1
                """, [.text(before.id)])
            guard blocks.isEmpty else { throw FarmError.conflict("The farm still has blocks. Remove them first.") }
            try await tell(.init(type: .farmRemoved, farmID: before.id))
        }
    }

    /// Adds somebody, or gives them another role.
    package func setStaff(_ subject: String, role: String, of farm: String) async throws -> StaffMember {
        _ = try await records.farm(farm)
        let rows = try await transaction.query(
            """
            INSERT INTO farm_manager_staff (farm_id, subject, role, added_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (farm_id, subject) DO UPDATE SET role = excluded.role RETURNING subject, role, added_at
            """, [.text(farm), .text(subject), .text(role), .integer(change.now)])
        guard let row = rows.first else { throw FarmError.notFound(.staff) }
        return try StaffMember(row: row)
    }

    package func removeStaff(_ subject: String, of farm: String) async throws {
        _ = try await records.farm(farm)
        let removed = try await transaction.execute(
            "DELETE FROM farm_manager_staff WHERE farm_id = ? AND subject = ?", [.text(farm), .text(subject)])
        guard removed == 1 else { throw FarmError.notFound(.staff) }
    }
}

extension Farm {
    package static func grant(for caller: Caller) -> ResourceGrant {
        FarmPermissions.grant(for: caller, reach: FarmReach(caller).rows("id"))
    }

    package static func derivedColumns(
        of draft: FarmDraft, replacing existing: Farm?, in change: ResourceChange
    ) async throws -> [ResourceColumn] {
        existing == nil ? [try await FarmWork(change).nextNumber()] : []
    }

    package static func changed(from before: Farm?, to after: Farm?, in change: ResourceChange) async throws {
        try await FarmRefusals.refusing { try await FarmWork(change).changed(from: before, to: after) }
    }
}
