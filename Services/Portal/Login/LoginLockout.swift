/// How many guesses an account takes, and how long it then rests: pure; the store keeps one row per account *name*,
/// whether an account of that name exists or not, so that the two can't be told apart.
///
/// An attempt is counted before its password is checked and forgiven when the password was right. Counting only
/// afterwards would let a thousand parallel guesses through before the first has failed.
struct LoginLockout: Equatable, Sendable {
    struct Limits: Sendable, Equatable {
        /// Failures before the first rest.
        var failures: Int64
        /// Seconds of the first rest; each further failure doubles it.
        var firstRest: Int64
        /// Seconds; also how long without an attempt until failures are forgotten.
        var longestRest: Int64
    }

    enum Event: Equatable, Sendable { case attempt, success }

    enum Action: Equatable, Sendable {
        /// Check the password. `beginsRest`: this was the last guess before a rest, unless it is right.
        case proceed(beginsRest: Bool)
        /// Seconds until the next guess.
        case refuse(retryAfter: Int64)
    }

    private(set) var failures: Int64
    /// Seconds since the epoch.
    private(set) var restsUntil: Int64
    private(set) var updatedAt: Int64

    init(failures: Int64 = 0, restsUntil: Int64 = 0, updatedAt: Int64 = 0) {
        self.failures = failures
        self.restsUntil = restsUntil
        self.updatedAt = updatedAt
    }

    mutating func on(_ event: Event, limits: Limits, now: Int64) -> Action {
        switch event {
        case .success:
            self = LoginLockout(updatedAt: now)
            return .proceed(beginsRest: false)
        case .attempt:
            // A clock that was set back must not lock an account for longer than the longest rest.
            let remaining = min(restsUntil - now, limits.longestRest)
            guard remaining <= 0 else { return .refuse(retryAfter: remaining) }
            if now - max(updatedAt, restsUntil) >= limits.longestRest { failures = 0 }
            failures += 1
            updatedAt = now
            guard failures >= limits.failures else { return .proceed(beginsRest: false) }
            // The shift is bounded: beyond 32 doublings any first rest is past the longest.
            let doublings = min(failures - limits.failures, 32)
            restsUntil = now + min(limits.firstRest << doublings, limits.longestRest)
            return .proceed(beginsRest: true)
        }
    }
}
