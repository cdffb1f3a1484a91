/// What the portal that gives a token for DB updates and the plant that takes it agree on (docs/decisions/0005).
package enum DBUpdates {
    /// The one scope that such a token has (RFC 8693 §4.2).
    package static let scope = "db_updates"
    /// One of these is needed beside it.
    package static let roles = [Role.admin, Role.superAdmin]
    /// Where the token is to be had.
    package static let tokenPath = "/api/v1/auth/db-updates-token"
}
