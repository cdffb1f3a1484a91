package import PlantKit

/// What a customer's export, erasure and merge mean for its farms.
extension FarmManagerModule {
    package func exportCustomer(_ id: String, in transaction: any SQLTransaction) async throws -> JSONValue? {
        let rows = try await transaction.query(
            """
            SELECT \(Farm.schema.columns.joined(separator: ", ")) FROM farm_manager_farms \
            WHERE customer_id = ? ORDER BY name, id
            """, [.text(id)])
        guard !rows.isEmpty else { return nil }
        return .object(["farms": .array(try rows.map { try JSONValue(encoding: Farm(row: $0)) })])
    }

    /// Farms stay, as what grows there is the plant's own history; whose they were is forgotten.
    package func eraseCustomer(_ id: String, in transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE farm_manager_farms SET customer_id = NULL, version = version + 1 WHERE customer_id = ?", [.text(id)]
        )
    }

    package func mergeCustomer(_ id: String, into other: String, in transaction: any SQLTransaction) async throws {
        try await transaction.execute(
            "UPDATE farm_manager_farms SET customer_id = ?, version = version + 1 WHERE customer_id = ?",
            [.text(other), .text(id)])
    }
}
