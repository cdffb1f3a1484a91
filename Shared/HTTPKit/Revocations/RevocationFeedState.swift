/// When a feed is asked, and what may be said of it, as a state machine.
///
/// A feed is live once it was read to its end. It is lost when nothing was heard of it for longer than `grace`; until
/// then a portal that restarts alarms nobody.
struct RevocationFeedState: Sendable {
    enum Event: Sendable, Equatable {
        case started
        /// - Parameters:
        ///   - next: where to go on.
        ///   - more: whether there is more already.
        case page(next: String, more: Bool)
        /// The cursor is not known there.
        case gone
        case failed
    }

    enum Action: Sendable, Equatable {
        /// - Parameters:
        ///   - after: nil: from the oldest event that is kept.
        ///   - wait: whether the question may stay open.
        ///   - pause: milliseconds before.
        case ask(after: String?, wait: Bool, pause: Int64)
    }

    enum Standing: Sendable, Equatable {
        /// Not read to its end yet.
        case pending
        case live
        case lost
    }

    /// Milliseconds.
    struct Pace: Sendable {
        var firstRetry: Int64 = 200
        var longestRetry: Int64 = 10_000
    }

    /// Seconds.
    static let grace: Int64 = 3

    private let pace: Pace
    /// Of the last event that was read; nil at the beginning.
    private(set) var cursor: String?
    private var failures = 0
    private var failingSince: Int64?
    private(set) var standing = Standing.pending
    /// Seconds since the epoch, of the last answer.
    private(set) var heardAt: Int64?
    /// Seconds since the epoch.
    private(set) var liveSince: Int64?
    private(set) var lostSince: Int64?

    init(pace: Pace = Pace()) { self.pace = pace }

    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - spread: 0 to 1, of the pause; so that gateways that lost a portal together do not come back together.
    mutating func on(_ event: Event, now: Int64, spread: Double) -> Action {
        switch event {
        case .started:
            failingSince = now
            return .ask(after: nil, wait: false, pause: 0)
        case .page(let next, let more):
            cursor = next
            failures = 0
            failingSince = nil
            heardAt = now
            if !more, standing != .live {
                standing = .live
                liveSince = now
                lostSince = nil
            }
            return .ask(after: cursor, wait: !more, pause: 0)
        case .gone:
            // Events may have been missed: until the rest is read again, nothing is known for sure.
            cursor = nil
            heardAt = now
            lose(now: now, at: now)
            failures += 1
            return .ask(after: nil, wait: false, pause: pause(spread))
        case .failed:
            failures += 1
            let since = failingSince ?? now
            failingSince = since
            if now - since >= Self.grace { lose(now: now, at: since) }
            return .ask(after: cursor, wait: standing == .live, pause: pause(spread))
        }
    }

    private mutating func lose(now: Int64, at since: Int64) {
        guard standing != .lost else { return }
        standing = .lost
        lostSince = since
        liveSince = nil
    }

    /// Doubled with each failure; between a half and the whole of it.
    private func pause(_ spread: Double) -> Int64 {
        let longest = min(pace.firstRetry << min(max(failures - 1, 0), 16), pace.longestRetry)
        return longest / 2 + Int64(Double(longest / 2) * spread)
    }
}
