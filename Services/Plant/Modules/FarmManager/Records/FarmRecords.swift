package import PlantKit

/// What one caller sees of the farms, within one transaction.
package struct FarmRecords: Sendable {
    package let transaction: any SQLTransaction
    package let reach: FarmReach

    package init(_ transaction: any SQLTransaction, reach: FarmReach) {
        self.transaction = transaction
        self.reach = reach
    }

    package init(_ request: APIRequest, _ transaction: any SQLTransaction) {
        self.init(transaction, reach: FarmReach(request.caller))
    }

    /// The one row of a record by its id, within reach.
    /// - Parameters:
    ///   - farm: the column of its farm's id; nil: everyone sees it (crops).
    func row(
        _ kind: FarmError.Kind, _ columns: [String], from table: String, where condition: String, _ id: String,
        farm: String?
    ) async throws -> SQLRow {
        let reached = farm.map(reach.condition)
        let rows = try await transaction.query(
            """
            SELECT \(columns.joined(separator: ", ")) FROM \(table) \
            WHERE \(condition)\(reached.map { " AND \($0.sql)" } ?? "")
            """, [.text(id)] + (reached?.arguments ?? []))
        guard let row = rows.first else { throw FarmError.notFound(kind) }
        return row
    }
}

/// What one caller does at the farms, within one transaction: each function keeps every table that a change touches true.
package struct FarmWork: Sendable {
    package let records: FarmRecords
    package let change: Change

    package init(_ transaction: any SQLTransaction, reach: FarmReach, change: Change) {
        records = FarmRecords(transaction, reach: reach)
        self.change = change
    }

    /// - Parameter at: when it happened, in seconds since the epoch; nil: now.
    package init(_ request: APIRequest, _ transaction: any SQLTransaction, at: Int64? = nil) {
        self.init(
            transaction, reach: FarmReach(request.caller),
            change: Change(
                by: request.caller.identity.subject, at: at ?? request.now, now: request.now, makeID: request.makeID))
    }

    package init(_ change: ResourceChange) { self.init(change.request, change.transaction) }

    var transaction: any SQLTransaction { records.transaction }

    /// A new row of a resource's table.
    func insert(_ id: String, into table: String, _ columns: [ResourceColumn]) async throws {
        let all =
            columns + [
                ResourceColumn(name: "id", value: .text(id)), ResourceColumn(name: "version", value: .integer(1)),
                ResourceColumn(name: "created_at", value: .integer(change.now)),
                ResourceColumn(name: "updated_at", value: .integer(change.now)),
            ]
        try await transaction.execute(
            """
            INSERT INTO \(table) (\(all.map(\.name).joined(separator: ", "))) \
            VALUES (\(all.map { _ in "?" }.joined(separator: ", ")))
            """, all.map(\.value))
    }

    /// The unique index watches over it as well; looked for first, so that the answer names the field.
    func requireFree(code: String, in table: String) async throws {
        let holders = try await transaction.query(
            "SELECT id FROM \(table) WHERE code = ? AND deleted_at IS NULL", [.text(code)])
        guard holders.isEmpty else { throw FarmError.taken(field: "code") }
    }
}
