import Synchronization
import Tokens

/// How many refusals of a minute the audit log is told, per user and altogether: somebody with a token, or with many, must
/// not fill a log that is kept for years.
final class RefusalQuota: Sendable {
    private struct Minute {
        var start = Int64.min
        var total = 0
        var users: [User: Int] = [:]
    }

    private struct User: Hashable {
        let issuer: String
        let subject: String
    }

    static let perUser = 10
    static let altogether = 100

    private let minute = Mutex(Minute())

    /// - Parameter now: seconds since the epoch.
    /// - Returns: whether there was one left.
    func take(_ identity: Identity, now: Int64) -> Bool {
        let user = User(issuer: identity.issuer, subject: identity.subject)
        return minute.withLock { minute in
            // A clock that was set back begins anew too.
            if minute.start == .min || now < minute.start || now - minute.start >= 60 { minute = Minute(start: now) }
            guard minute.total < Self.altogether, minute.users[user, default: 0] < Self.perUser else { return false }
            minute.total += 1
            minute.users[user, default: 0] += 1
            return true
        }
    }
}
