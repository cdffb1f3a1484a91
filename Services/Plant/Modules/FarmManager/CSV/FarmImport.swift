import PlantKit

/// Brings rows in, all of them or none: everything that can be wrong is looked for before anything is written.
struct FarmImport {
    let work: FarmWork
    /// Looks alone.
    let isDry: Bool

    func farms(_ rows: [ImportTable<FarmDraft>.Row], _ faults: inout ImportFaults) async throws {
        try await requireFree(rows.map { ($0.line, $0.draft.code) }, in: "farm_manager_farms", &faults)
        guard faults.isEmpty, !isDry else { return }
        for row in rows { _ = try await work.addFarm(row.draft) }
    }

    func crops(_ rows: [ImportTable<CropDraft>.Row], _ faults: inout ImportFaults) async throws {
        try await requireFree(rows.map { ($0.line, $0.draft.code) }, in: "farm_manager_crops", &faults)
        guard faults.isEmpty, !isDry else { return }
        for row in rows { _ = try await work.addCrop(row.draft) }
    }

    func blocks(_ rows: [ImportTable<BlockDraft>.Row], _ faults: inout ImportFaults) async throws {
        let codes = rows.compactMap { row in row.draft.code.map { (row.line, $0) } }
        try await requireFree(codes, in: "farm_manager_blocks", &faults)
        let farms = try await farmsByCode(Set(rows.compactMap { $0.others["farm_code"] }))
        for row in rows where farms[row.others["farm_code"] ?? ""] == nil {
            faults.add(line: row.line, "farm_code", "names no farm", help: "Give the code of a farm that you reach.")
        }
        guard faults.isEmpty, !isDry else { return }
        // Rows that bring their codes come first, so that no code that is given out takes one of theirs.
        for row in rows.filter({ $0.draft.code != nil }) + rows.filter({ $0.draft.code == nil }) {
            guard let farm = farms[row.others["farm_code"] ?? ""] else { continue }
            _ = try await work.addBlock(row.draft, to: farm)
        }
    }

    private func requireFree(_ codes: [(Int, String)], in table: String, _ faults: inout ImportFaults) async throws {
        var taken: Set<String> = []
        for chunk in Self.chunks(Array(Set(codes.map(\.1)))) {
            let rows = try await work.transaction.query(
                """
                SELECT code FROM \(table) WHERE deleted_at IS NULL \
                AND code IN (\(chunk.map { _ in "?" }.joined(separator: ", ")))
                """, chunk.map(SQLValue.text))
            taken.formUnion(try rows.map { try $0.text("code") })
        }
        var seen: Set<String> = []
        for (line, code) in codes {
            if taken.contains(code) {
                faults.add(line: line, "code", "is taken", help: "Leave the row out, or give another code.")
            } else if !seen.insert(code).inserted {
                faults.add(line: line, "code", "stands in an earlier row", help: "Give another code.")
            }
        }
    }

    /// Farms within reach.
    private func farmsByCode(_ codes: Set<String>) async throws -> [String: String] {
        var farms: [String: String] = [:]
        let reached = work.records.reach.condition("id")
        for chunk in Self.chunks(Array(codes)) {
            let rows = try await work.transaction.query(
                """
                SELECT id, code FROM farm_manager_farms WHERE deleted_at IS NULL \
                AND code IN (\(chunk.map { _ in "?" }.joined(separator: ", "))) AND \(reached.sql)
                """, chunk.map(SQLValue.text) + reached.arguments)
            for row in rows { farms[try row.text("code")] = try row.text("id") }
        }
        return farms
    }

    private static func chunks(_ values: [String]) -> [[String]] {
        stride(from: 0, to: values.count, by: 500).map { Array(values[$0..<min($0 + 500, values.count)]) }
    }
}
