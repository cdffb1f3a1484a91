import PlantKit
import Testing

@testable import FarmManager

/// What a replica does not hear of while its follower or its database is away is told all the same.
@Suite("Live events across an outage", .timeLimit(.minutes(10)))
struct EventOutageTests {
    private func follower(_ feed: EventFeed, _ work: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let signals = feed.signals()
            group.addTask { try await feed.follow() }
            // From then on it keeps what comes.
            for await _ in signals { break }
            try await work()
            group.cancelAll()
            try? await group.waitForAll()
        }
    }

    /// Waits until a follower has the newest event in memory: its listeners are caught up there.
    private func isKept(_ feed: EventFeed, _ cursor: String) async throws {
        let signals = feed.signals()
        while feed.remembered.last?.cursor != cursor {
            for await _ in signals { break }
        }
    }

    @Test("a follower that begins anew leaves no gap to what the one before it kept", arguments: FarmDatabase.allCases)
    func gap(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let feed = EventFeed(database: bench.database)
            let farm = try await bench.makeFarm()
            let first = try await feed.newest()
            try await follower(feed) {
                _ = try await bench.makeBlock(farm)
                try await self.isKept(feed, "log-a.2")
            }
            // Nobody follows: another replica's events.
            _ = try await bench.makeBlock(farm)
            _ = try await bench.makeBlock(farm)
            try await follower(feed) {
                _ = try await bench.makeBlock(farm)
                try await self.isKept(feed, "log-a.5")
                var seen: [String] = []
                var cursor = first
                while case .entries(let entries) = try await feed.entries(after: cursor), let last = entries.last {
                    seen += entries.map(\.cursor)
                    cursor = last.cursor
                }
                #expect(seen == ["log-a.2", "log-a.3", "log-a.4", "log-a.5"])
                // From where the first follower's memory ended.
                guard case .entries(let behind) = try await feed.entries(after: "log-a.2") else {
                    Issue.record("nothing behind log-a.2")
                    return
                }
                #expect(behind.map(\.cursor) == ["log-a.3", "log-a.4", "log-a.5"])
            }
        }
    }

    @Test("a stream outlives its database's absence, and goes on where it was")
    func absence() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let database = AbsentDatabase(bench.database)
            let feed = EventFeed(database: database)
            let operation = EventOperation(feed: feed, database: database)
            let farm = try await bench.makeFarm()
            let start = try await feed.newest()
            let (pieces, sink) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                let signals = feed.signals()
                group.addTask { try await feed.follow() }
                for await _ in signals { break }
                group.addTask {
                    let writer = APIStreamWriter { sink.yield(String(decoding: $0, as: UTF8.self)) }
                    try await operation.follow(from: start, .person(subject: "u-ana"), writer)
                }
                var text = ""
                var iterator = pieces.makeAsyncIterator()
                func wait(for part: String, times: Int = 1) async {
                    while text.ranges(of: part).count < times, let piece = await iterator.next() { text += piece }
                }
                await wait(for: ": following")
                database.goAway()
                try await bench.work(on: "2026-01-01") {
                    _ = try await $0.setStaff("u-ana", role: "grower", of: farm.id)
                }
                let block = try await bench.makeBlock(farm)
                // Whoever looks now finds no database; stream and follower stay. At the second line the first look is over.
                for beat in 1...2 {
                    feed.heartbeat()
                    await wait(for: ": alive", times: beat)
                }
                database.comeBack()
                feed.heartbeat()
                await wait(for: block.id)
                #expect(text.contains("event: block.created"))
                #expect(!text.contains("reset"))
                group.cancelAll()
                while let ended = await group.nextResult() {
                    if case .failure(let error) = ended, !(error is CancellationError) { throw error }
                }
            }
        }
    }
}
