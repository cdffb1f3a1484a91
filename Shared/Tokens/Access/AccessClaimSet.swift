import Secrets

/// The claims of an access token as they stand in its payload, each of the right type and fit to become a header.
/// Claims that nobody here knows are left alone, but for being JSON.
struct AccessClaimSet {
    let json: StrictJSON
    private(set) var issuer: StrictJSON.Node?
    private(set) var subject: String?
    /// Nil when there is no `aud`.
    private(set) var namesAudience: Bool?
    private(set) var times = TokenTimes()
    private(set) var email: String?
    private(set) var roles: [String] = []
    private(set) var customerID: String?
    private(set) var scope: String?
    private(set) var sessionID: String?
    private(set) var tokenID: String?
    private(set) var userID: String?
    private(set) var tokenVersion: Int64?

    init(_ payload: [UInt8], audience: [UInt8]) throws(TokenError) {
        json = try TokenClaims.object(payload)
        for (name, value) in json.members(json.root) {
            if json.equals(name, "iss") {
                issuer = value
            } else if json.equals(name, "sub") {
                subject = try text(value, "sub")
            } else if json.equals(name, "aud") {
                namesAudience = try TokenAudience.contains(audience, json, value)
            } else if json.equals(name, "iat") {
                times.issuedAt = try TokenTimes.read(json, value, "iat")
            } else if json.equals(name, "exp") {
                times.expiresAt = try TokenTimes.read(json, value, "exp")
            } else if json.equals(name, "nbf") {
                times.notBefore = try TokenTimes.read(json, value, "nbf")
            } else if json.equals(name, "jti") {
                tokenID = try text(value, "jti")
            } else if json.equals(name, "sid") {
                sessionID = try text(value, "sid")
            } else if json.equals(name, "email") {
                email = try text(value, "email")
            } else if json.equals(name, "roles") {
                roles = try roles(value)
            } else if json.equals(name, "scope") {
                scope = try text(value, "scope", limit: TokenLimits.scope)
            } else if json.equals(name, "customer_id") {
                customerID = try text(value, "customer_id")
            } else if json.equals(name, "user_id") {
                userID = try text(value, "user_id")
            } else if json.equals(name, "token_version") {
                tokenVersion = try version(value)
            }
        }
    }

    /// Null stands for absence: several languages write it for what they do not know.
    private func text(_ value: StrictJSON.Node, _ claim: StaticString, limit: Int = TokenLimits.claim)
        throws(TokenError) -> String?
    {
        if json.kind(value) == .null { return nil }
        guard let text = json.string(value), ClaimText.isPlain(text, limit: limit) else {
            throw .malformed("\(claim) is not a plain text")
        }
        return text
    }

    private func roles(_ value: StrictJSON.Node) throws(TokenError) -> [String] {
        guard json.kind(value) == .array else { throw .malformed("roles are not a list") }
        var roles: [String] = []
        for element in json.elements(value) {
            guard let role = json.string(element), ClaimText.isRole(role), roles.count < TokenLimits.roles else {
                throw .malformed("roles are not a short list of names")
            }
            roles.append(role)
        }
        return roles
    }

    private func version(_ value: StrictJSON.Node) throws(TokenError) -> Int64? {
        if json.kind(value) == .null { return nil }
        guard let version = json.integer(value), version >= 0 else {
            throw .malformed("token_version is not a whole number")
        }
        return version
    }
}
