/// What an issuer states about the person, or the program, an access token is for.
package struct AccessClaims: Sendable, Hashable {
    package var subject: String
    /// Left out of the token when empty.
    package var email: String
    /// At least one.
    package var roles: [String]
    /// Nil for a program that holds its own credentials: it opens no session.
    package var sessionID: String?
    package var customerID: String?
    /// Space-separated (RFC 8693 §4.2).
    package var scope: String?
    package var tokenVersion: Int64?

    package init(
        subject: String, email: String, roles: [String], sessionID: String?, customerID: String? = nil,
        scope: String? = nil, tokenVersion: Int64? = nil
    ) {
        self.subject = subject
        self.email = email
        self.roles = roles
        self.sessionID = sessionID
        self.customerID = customerID
        self.scope = scope
        self.tokenVersion = tokenVersion
    }
}
