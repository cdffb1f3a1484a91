import PlantKit
import Storage
import Testing

@testable import FarmManager

@Suite("Live events", .timeLimit(.minutes(10)))
struct EventTests {
    /// What one client has received so far, piece by piece.
    private struct Listener {
        var pieces: AsyncStream<String>.Iterator
        var text = ""

        /// Waits until so many events have come; answers their names, in order.
        mutating func names(_ count: Int) async -> [String] {
            while received.count < count, let piece = await pieces.next() { text += piece }
            return received
        }

        /// Waits for a text.
        mutating func waits(for part: String) async -> Bool {
            while !text.contains(part), let piece = await pieces.next() { text += piece }
            return text.contains(part)
        }

        private var received: [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) }
        }

        var lastID: String? {
            text.split(separator: "\n").last { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
        }
    }

    /// Runs a feed, and a stream on it while the body listens.
    private func listen(
        _ bench: FarmBench, from cursor: String? = nil, reach: FarmReach = .all,
        _ body: (inout Listener) async throws -> Void
    ) async throws {
        let feed = EventFeed(database: bench.database)
        let operation = EventOperation(feed: feed, database: bench.database)
        let start = if let cursor { cursor } else { try await feed.newest() }
        let (pieces, sink) = AsyncStream.makeStream(of: String.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await feed.follow() }
            group.addTask {
                let writer = APIStreamWriter { sink.yield(String(decoding: $0, as: UTF8.self)) }
                try await operation.follow(from: start, reach, writer)
            }
            var listener = Listener(pieces: pieces.makeAsyncIterator())
            #expect(await listener.waits(for: ": following"))
            try await body(&listener)
            group.cancelAll()
            while let ended = await group.nextResult() {
                if case .failure(let error) = ended, !(error is CancellationError) { throw error }
            }
        }
    }

    @Test("come once and in order, and a client that was away gets what it missed", arguments: FarmDatabase.allCases)
    func resumes(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            var last: String?
            try await listen(bench) { listener in
                let farm = try await bench.makeFarm()
                _ = try await bench.makeBlock(farm)
                #expect(await listener.names(2) == ["farm.created", "block.created"])
                last = listener.lastID
            }
            let farm = try await bench.makeFarm("FCD3")
            _ = try await bench.makeBlock(farm)
            try await listen(bench, from: last) { listener in
                #expect(await listener.names(2) == ["farm.created", "block.created"])
                #expect(listener.text.contains(farm.id))
                _ = try await bench.makeBlock(farm)
                #expect(await listener.names(3).last == "block.created")
            }
        }
    }

    @Test("concern farms within reach alone, also once somebody is taken off a farm", arguments: FarmDatabase.allCases)
    func reach(_ kind: FarmDatabase) async throws {
        try await kind.use { bench in
            let own = try await bench.makeFarm("OWN1", manager: "u-ana")
            let lent = try await bench.makeFarm("LEN1")
            try await bench.work(on: "2026-01-01") { _ = try await $0.setStaff("u-ana", role: "grower", of: lent.id) }
            try await listen(bench, reach: .person(subject: "u-ana")) { listener in
                _ = try await bench.makeFarm("SEC1")
                _ = try await bench.makeBlock(lent)
                #expect(await listener.names(1) == ["block.created"])
                try await bench.work(on: "2026-01-01") { try await $0.removeStaff("u-ana", of: lent.id) }
                let hidden = try await bench.makeBlock(lent)
                let seen = try await bench.makeBlock(own)
                #expect(await listener.names(2) == ["block.created", "block.created"])
                #expect(listener.text.contains(seen.id))
                #expect(!listener.text.contains(hidden.id))
            }
        }
    }

    @Test(
        "a cursor that is none, or whose events have been forgotten, is told to begin anew",
        arguments: ["nonsense", "log-b.1", "log-a.99", ""])
    func reset(_ cursor: String) async throws {
        try await FarmDatabase.sqlite.use { bench in
            let farm = try await bench.makeFarm()
            try await listen(bench, from: cursor) { listener in
                #expect(await listener.names(1) == ["reset"])
                _ = try await bench.makeBlock(farm)
                #expect(await listener.names(2).last == "block.created")
            }
        }
    }

    @Test("who is far behind reads the database until it has caught up")
    func farBehind() async throws {
        try await FarmDatabase.sqlite.use { bench in
            let start = try await EventFeed(database: bench.database).newest()
            let farm = try await bench.makeFarm()
            for _ in 1...250 { _ = try await bench.makeBlock(farm) }
            try await listen(bench, from: start) { listener in
                #expect(await listener.names(251).count == 251)
                _ = try await bench.makeBlock(farm)
                #expect(await listener.names(252).count == 252)
            }
        }
    }
}
