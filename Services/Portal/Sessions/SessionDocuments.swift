import Tokens

// The JSON that clients see. Times are seconds since the epoch.

/// A user, as `login`, `register` and `me` show one.
struct UserDocument: Codable, Sendable, Equatable {
    var id: String
    var email: String
    var name: String
    var roles: [String]
    /// Null at a platform portal.
    var customerID: String?

    init(_ user: User) {
        id = user.id
        email = user.email
        name = user.name
        roles = user.roles
        customerID = user.customerID
    }

    enum CodingKeys: String, CodingKey {
        case id, email, name, roles
        case customerID = "customer_id"
    }

    /// A null member is written, not left out.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(email, forKey: .email)
        try container.encode(name, forKey: .name)
        try container.encode(roles, forKey: .roles)
        try container.encode(customerID, forKey: .customerID)
    }
}

/// What `login` and `refresh` answer (RFC 6749 §5.1, with the session and the user).
struct TokensDocument: Codable, Sendable {
    var accessToken: String
    var tokenType = "Bearer"
    /// Seconds from now.
    var expiresIn: Int64
    var refreshToken: String
    var sessionID: String
    var user: UserDocument
    /// Of a second factor that was enrolled on the way; shown once.
    var recoveryCodes: [String]?

    enum CodingKeys: String, CodingKey {
        case user
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case refreshToken = "refresh_token"
        case sessionID = "session_id"
        case recoveryCodes = "recovery_codes"
    }
}

extension TokensDocument {
    init(_ signedIn: SignedIn, now: Int64) {
        self.init(
            accessToken: signedIn.access.text, expiresIn: signedIn.access.expiresAt - now,
            refreshToken: signedIn.secret.text, sessionID: signedIn.session.id, user: UserDocument(signedIn.user))
    }
}

/// One session, as its owner sees it.
struct SessionDocument: Codable, Sendable {
    var id: String
    var kind: String
    var createdAt: Int64
    var lastUsedAt: Int64
    var expiresAt: Int64
    /// Where it was opened from, and used from last.
    var address: String
    var lastAddress: String
    var userAgent: String
    /// What the user agent says, in a few words.
    var device: String
    /// Whether it is the one that asks.
    var current: Bool

    init(_ session: Session, current: Bool) {
        id = session.id
        kind = session.kind.rawValue
        createdAt = session.createdAt
        lastUsedAt = session.lastUsedAt
        expiresAt = session.expiresAt
        address = session.address
        lastAddress = session.lastAddress
        device = DeviceSummary(userAgent: session.userAgent).text
        userAgent = session.userAgent
        self.current = current
    }

    enum CodingKeys: String, CodingKey {
        case id, kind, address, device, current
        case lastAddress = "last_address"
        case createdAt = "created_at"
        case lastUsedAt = "last_used_at"
        case expiresAt = "expires_at"
        case userAgent = "user_agent"
    }
}

/// What `me` answers.
struct MeDocument: Codable, Sendable {
    struct Token: Codable, Sendable {
        var issuer: String
        var kid: String
        var issuedAt: Int64
        var expiresAt: Int64

        enum CodingKeys: String, CodingKey {
            case issuer, kid
            case issuedAt = "issued_at"
            case expiresAt = "expires_at"
        }
    }

    var user: UserDocument
    var session: SessionDocument
    var token: Token
}
