import PlantKit

extension FarmRecords {
    func blockLines(of farm: String, now: Int64, limit: Int) async throws -> [FarmDashboard.BlockLine] {
        guard limit > 0 else { return [] }
        var filter = Filter()
        filter.require("deleted_at IS NULL")
        filter.equal("farm_id", farm)
        return try await occupied(filter, .code, Slice(limit: limit)).map { occupied in
            FarmDashboard.BlockLine(
                occupied: occupied, daysInState: CivilDate(of: now) - occupied.block.stateSince.date,
                daysToNext: occupied.block.expectation.map { $0.day - CivilDate(of: now) })
        }
    }

    /// The newest of three records, each read from the end of its own index.
    func activity(of farm: String, limit: Int) async throws -> [FarmDashboard.Activity] {
        let (id, count) = (SQLValue.text(farm), SQLValue.integer(Int64(limit)))
        let rows = try await transaction.query(
            """
            SELECT a.kind, a.id, a.block_id, b.code, a.at, a.by_subject, a.word, a.grams
            FROM (
                SELECT * FROM (
                    SELECT 'state' AS kind, id, block_id, at, by_subject, to_state AS word, CAST(NULL AS BIGINT) AS grams
                    FROM farm_manager_transitions WHERE farm_id = ? ORDER BY at DESC, id DESC LIMIT ?
                ) t
                UNION ALL
                SELECT * FROM (
                    SELECT 'harvest' AS kind, id, block_id, at, by_subject, grade AS word, grams
                    FROM farm_manager_harvests WHERE farm_id = ? ORDER BY at DESC, id DESC LIMIT ?
                ) h
                UNION ALL
                SELECT * FROM (
                    SELECT 'alert' AS kind, id, block_id, raised_at AS at, raised_by AS by_subject, severity AS word,
                        CAST(NULL AS BIGINT) AS grams
                    FROM farm_manager_alerts WHERE farm_id = ? ORDER BY raised_at DESC, id DESC LIMIT ?
                ) s
            ) a LEFT JOIN farm_manager_blocks b ON b.id = a.block_id
            ORDER BY a.at DESC, a.kind, a.id LIMIT ?
            """, [id, count, id, count, id, count, count])
        return try rows.map { row in
            FarmDashboard.Activity(
                kind: try row.word("kind", as: FarmDashboard.Activity.Kind.self), id: try row.text("id"),
                blockID: try row.optionalText("block_id"), blockCode: try row.optionalText("code"),
                at: try row.integer("at"), by: try row.text("by_subject"), word: try row.text("word"),
                grams: try row.optionalInteger("grams"))
        }
    }

    /// What is expected first, what is overdue before it.
    func upcoming(of farm: String, now: Int64, limit: Int) async throws -> [FarmDashboard.Upcoming] {
        let rows = try await transaction.query(
            """
            SELECT id, code, next_state, next_day FROM farm_manager_blocks
            WHERE farm_id = ? AND deleted_at IS NULL AND next_day IS NOT NULL ORDER BY next_day, code, id LIMIT ?
            """, [.text(farm), .integer(Int64(limit))])
        return try rows.map { row in
            let day = CivilDate(daysSinceEpoch: try row.integer("next_day"))
            return FarmDashboard.Upcoming(
                blockID: try row.text("id"), blockCode: try row.text("code"),
                expectation: Expectation(state: try row.word("next_state", as: BlockState.self), day: day),
                days: day - CivilDate(of: now))
        }
    }
}
