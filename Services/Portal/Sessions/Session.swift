/// One sign-in of one user on one device. Everything that a client holds (access tokens, refresh tokens, a cookie)
/// belongs to one session and dies with it, except access tokens, which live to their `exp`.
struct Session: Sendable, Equatable {
    enum Kind: String, Sendable {
        /// Holds refresh tokens.
        case api
        /// A browser with a cookie; the portal keeps the token.
        case web
    }

    enum EndReason: String, Sendable {
        case logout
        case logoutEverywhere = "logout_all"
        case endedByUser = "ended_by_user"
        /// A spent refresh token came back.
        case refreshReused = "refresh_reused"
        /// The user signed in once more than `SessionLimits.perUser` allows.
        case displaced
        /// The password was changed, or set anew by a link.
        case passwordChanged = "password_changed"
        /// An administrator ended it, or disabled the account.
        case endedByAdministrator = "ended_by_administrator"
        /// The same browser signed in again.
        case replaced
        /// Somebody else proved that the account's address is theirs.
        case reclaimed
    }

    var id: String
    var userID: String
    var kind: Kind
    /// Seconds since the epoch, as all times here.
    var createdAt: Int64
    var lastUsedAt: Int64
    /// The session is over from then on, unless it is used before.
    var expiresAt: Int64
    /// The session is over from then on, however often it is used.
    var endsAt: Int64
    var endedAt: Int64?
    /// Where it was opened from.
    var address: String
    var userAgent: String
    /// Where it was used from last.
    var lastAddress: String

    /// What `expiresAt` becomes by a use now.
    /// - Parameter idle: seconds without a use that end the session.
    func extended(by idle: Int64, at now: Int64) -> Int64 { min(now + idle, endsAt) }

    func isLive(at now: Int64) -> Bool { endedAt == nil && now < expiresAt }
}

/// How long sessions last and how many there may be.
struct SessionLimits: Sendable, Equatable {
    /// Live sessions of one user; one more ends the one unused for longest.
    static let perUser = 100
    /// Spent refresh tokens of one session that are remembered, so that one that comes back is recognised; ten days of
    /// refreshing every quarter of an hour. A client that refreshes in a loop fills nobody's disk.
    static let spentTokens = 1000

    /// Seconds that a refresh token lives, and with it a session that isn't refreshed.
    var refreshLifetime: Int64
    /// Seconds that a session lives at most.
    var sessionLifetime: Int64
    /// Seconds without a request after which a browser's session is over.
    var webIdle: Int64
}
