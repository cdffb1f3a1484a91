import PlantKit
import Synchronization
import Testing

@testable import FarmManager

/// Farms that are seeded on 2026-11-22, in a database of farms.
struct SeedBench: Sendable {
    let bench: FarmBench

    static let until = "2026-11-22"

    @discardableResult
    func seed(
        farms: Int64 = 1, blocks: Int64 = 12, seasons: Int64 = 2, number: UInt64 = 1,
        record: @escaping @Sendable (String, String, any SQLTransaction) async throws -> Void = { _, _, _ in }
    ) async throws -> [String] {
        let ids = Mutex(0)
        let day = try #require(CivilDate(Self.until))
        let request = SeedRequest(
            database: bench.database, number: number, until: day,
            sizes: ["farms": farms, "blocks": blocks, "seasons": seasons], now: day.start + 40_000,
            makeID: {
                ids.withLock { count in
                    count += 1
                    return "made-\(count)"
                }
            }, record: record)
        return try await FarmSeed(request).run()
    }

    /// As texts, one row to a line.
    func rows(_ sql: String) async throws -> [String] {
        try await bench.database.read { transaction in
            try await transaction.query(sql, []).map { row in
                row.columns.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            }
        }
    }

    func count(_ table: String, where condition: String = "1 = 1") async throws -> Int64 {
        try await bench.database.read { transaction in
            let rows = try await transaction.query(
                "SELECT COUNT(*) AS n FROM farm_manager_\(table) WHERE \(condition)", [])
            return try #require(try rows.first?.integer("n"))
        }
    }
}
