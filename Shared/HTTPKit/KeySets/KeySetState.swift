/// When to fetch a remote JWK Set: a pure state machine. The shell performs its actions and feeds it what happened.
///
/// Fetched ahead of its expiry; one fetch in flight; a kid that nobody knows triggers at most one fetch per
/// `unknownKeyWindow`, however many tokens name one, and where the window is closed one fetch at its end, so that a key
/// that is really new is found without anybody asking again. What failed to be fetched replaces nothing.
package struct KeySetState: Sendable {
    package enum Event: Equatable, Sendable {
        case started
        /// Time has passed.
        case tick
        /// A token named a key that is not held.
        case unknownKey
        /// The set was fetched, or confirmed to be as it is.
        case fetched(maximumAge: Int64?)
        case failed
    }

    package enum Action: Equatable, Sendable {
        case fetch
        /// An unknown key: a fetch is under way, and its end is worth waiting for.
        case await
        /// An unknown key: nothing will be known before the window opens.
        case refuse
        case none
    }

    /// Seconds.
    package struct Pace: Sendable {
        package var unknownKeyWindow: Int64 = 10
        /// Where the issuer says nothing of how long its set may be kept.
        package var usualAge: Int64 = 300
        package var shortestAge: Int64 = 30
        package var longestAge: Int64 = 3600
        package var firstRetry: Int64 = 1
        package var longestRetry: Int64 = 60

        package init() {}
    }

    private let pace: Pace
    /// 0 to 1: spreads the fetches of a fleet that started together.
    private let spread: Double
    package private(set) var isFetching = false
    /// Seconds since the epoch of the last time that the set was found to be what is held.
    package private(set) var confirmedAt: Int64?
    private(set) var failures = 0
    private var nextFetch: Int64?
    private var windowEnds: Int64 = .min
    /// An unknown key was met while the window was closed.
    private var isSought = false

    package init(pace: Pace = Pace(), spread: Double) {
        self.pace = pace
        self.spread = spread
    }

    /// - Parameter now: seconds since the epoch.
    package mutating func on(_ event: Event, now: Int64) -> Action {
        switch event {
        case .started:
            return fetch()
        case .tick:
            guard !isFetching else { return .none }
            if isSought, now >= windowEnds { return seek(now: now) }
            guard let nextFetch, now >= nextFetch else { return .none }
            return fetch()
        case .unknownKey:
            if isFetching { return .await }
            guard now >= windowEnds else {
                isSought = true
                return .refuse
            }
            return seek(now: now)
        case .fetched(let maximumAge):
            isFetching = false
            failures = 0
            confirmedAt = now
            let age = min(max(maximumAge ?? pace.usualAge, pace.shortestAge), pace.longestAge)
            // Ahead of expiry: between six and eight tenths of the way.
            nextFetch = now + Int64(Double(age) * (0.6 + 0.2 * spread))
            return .none
        case .failed:
            isFetching = false
            failures += 1
            let doubled = pace.firstRetry << min(failures - 1, 16)
            let wait = min(doubled, pace.longestRetry)
            nextFetch = now + wait + Int64(Double(wait) * 0.5 * spread)
            return .none
        }
    }

    private mutating func seek(now: Int64) -> Action {
        isSought = false
        windowEnds = now + pace.unknownKeyWindow
        return fetch()
    }

    private mutating func fetch() -> Action {
        isFetching = true
        nextFetch = nil
        return .fetch
    }
}
