import PlantKit
import Testing

@testable import FarmManager

/// The seed writes its rows itself, many at once; here the farm manager's own work does every step of it again.
@Suite("A seeded farm, done again by hand")
struct SeedReplayTests {
    @Test("every row is what the work that the API does would have written", arguments: [1, 2, 3] as [UInt64])
    func replayed(number: UInt64) async throws {
        try await FarmDatabase.sqlite.use { seeded in
            let bench = SeedBench(bench: seeded)
            try await bench.seed(blocks: 24, seasons: 3, number: number)
            try await FarmDatabase.sqlite.use { other in
                let replay = SeedReplay(from: seeded, to: other)
                let steps = try await replay.run()
                #expect(steps > 500)
                for (table, sql) in SeedReplay.compared {
                    let expected = try await SeedBench(bench: other).rows(sql).sorted()
                    let written = try await bench.rows(sql).sorted()
                    #expect(!expected.isEmpty, "\(table)")
                    #expect(written.count == expected.count, "\(table)")
                    for (written, expected) in zip(written, expected) { #expect(written == expected, "\(table)") }
                }
            }
        }
    }
}
