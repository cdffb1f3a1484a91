/// A program with an account of its own: it shows a secret and gets a short access token, no session and nothing that
/// renews it (RFC 6749 §4.4).
struct ServiceAccount: Sendable, Equatable {
    /// How many there may be.
    static let maximum = 500
    /// Secrets that are good at once: the one in use, and the one that takes its place.
    static let maximumSecrets = 2
    static let maximumNameCharacters = 100

    struct Secret: Sendable, Equatable {
        var id: String
        /// Seconds since the epoch, as all times here.
        var createdAt: Int64
        /// Nil: never. Written down no more often than `ServiceAccountStore.useInterval`.
        var lastUsedAt: Int64?
        var expiresAt: Int64
    }

    /// `client_id`, and `sub` of its tokens.
    var id: String
    var name: String
    var roles: [String]
    /// What its tokens may be narrowed to; empty: they carry no scope.
    var scopes: [String]
    var tokenVersion: Int64
    var createdAt: Int64
    /// The administrator who made it.
    var createdBy: String
    /// For good: what replaces it is another account.
    var disabledAt: Int64?
    var secrets: [Secret] = []
}
