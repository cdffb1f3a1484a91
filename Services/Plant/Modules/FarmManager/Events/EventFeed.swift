import FoundationEssentials
import PlantKit
import Synchronization

/// Follows the log once for all who listen at this replica: the newest entries are kept here, so that a thousand screens
/// are one reader of the database. Who is further behind reads the database until it has caught up.
final class EventFeed: Sendable {
    struct Entry: Sendable, Equatable {
        let cursor: String
        let kind: String
        let farmID: String
        let payload: String
    }

    enum Signal: Sendable { case news, heartbeat }

    /// What comes behind a cursor.
    enum Answer: Sendable, Equatable {
        case entries([Entry])
        /// Nothing now.
        case caughtUp
        /// No cursor of this log, or what comes behind it has been forgotten.
        case unknown
    }

    private struct State {
        var newest: [Entry] = []
        var listeners: [Int: AsyncStream<Signal>.Continuation] = [:]
        /// Makes the follower look; nil while none follows.
        var look: AsyncStream<Void>.Continuation?
        var nextListener = 0
    }

    /// Entries kept here.
    static let kept = 512
    private static let page = 100

    private let database: any Database
    private let state = Mutex(State())

    init(database: any Database) { self.database = database }

    /// Wakes whoever listens, after news and at every heartbeat; a slow one is woken once for many.
    func signals() -> AsyncStream<Signal> {
        let (stream, continuation) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func entries(after cursor: String) async throws -> Answer {
        let kept: Answer? = state.withLock { state in
            guard let index = state.newest.lastIndex(where: { $0.cursor == cursor }) else { return nil }
            let behind = state.newest[(index + 1)...]
            return behind.isEmpty ? .caughtUp : .entries(Array(behind))
        }
        if let kept { return kept }
        let page = try await database.read {
            try await FarmEvents.log.page(after: cursor, limit: Self.page, $0)
        }
        guard let page else { return .unknown }
        return page.entries.isEmpty ? .caughtUp : .entries(try page.entries.map(Self.entry))
    }

    /// The newest entries, without a gap between them.
    var remembered: [Entry] { state.withLock { $0.newest } }

    func newest() async throws -> String { try await database.read { try await FarmEvents.log.newest($0) } }

    /// Until cancelled; what fails is thrown, and begun again by whoever supervises it.
    ///
    /// A database that is away ends nothing: the place is known, and the next news or heartbeat looks again.
    func follow() async throws {
        let (looks, look) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        // What a follower before this one kept may end before its time: what came between would never be told.
        state.withLock { state in
            state.newest = []
            state.look = look
        }
        defer {
            state.withLock { state in
                state.newest = []
                state.look = nil
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let news = FarmEvents.log.news(of: database)
            group.addTask {
                for await _ in news { look.yield() }
                look.finish()
            }
            defer { group.cancelAll() }
            var cursor = try await newest()
            signal(.news)
            for await _ in looks {
                do { try await takeIn(after: &cursor) } catch  where Self.isAway(error) {}
            }
        }
    }

    /// Whether it may be asked again for the same.
    static func isAway(_ error: any Error) -> Bool {
        switch error {
        case StorageError.unavailable, StorageError.busy: true
        default: false
        }
    }

    /// Until cancelled: a line on each connection now and then, so that those between know that it lives; and a look at
    /// the log, since news may have been lost on the way here.
    func beat(every interval: Duration) async throws {
        while true {
            try await Task.sleep(for: interval)
            heartbeat()
        }
    }

    func heartbeat() {
        state.withLock { $0.look }?.yield()
        signal(.heartbeat)
    }

    /// - Parameter cursor: moves on with each page that is kept here; what fails leaves it there.
    private func takeIn(after cursor: inout String) async throws {
        while true {
            let position = cursor
            let page = try await database.read {
                try await FarmEvents.log.page(after: position, limit: Self.page, $0)
            }
            guard let page else {
                // The log was swept past us: those who listen are told when they ask.
                state.withLock { $0.newest = [] }
                signal(.news)
                cursor = try await newest()
                return
            }
            let entries = try page.entries.map(Self.entry)
            if !entries.isEmpty {
                state.withLock { $0.newest = ($0.newest + entries).suffix(Self.kept) }
                signal(.news)
            }
            cursor = page.next
            if !page.hasMore { return }
        }
    }

    private func signal(_ signal: Signal) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(signal) }
    }

    private static func entry(_ entry: EventLog.Entry) throws -> Entry {
        let event = try JSONDecoder().decode(FarmEvent.self, from: Data(entry.payload.utf8))
        return Entry(
            cursor: entry.cursor, kind: event.type.rawValue, farmID: event.farmID, payload: entry.payload)
    }
}
