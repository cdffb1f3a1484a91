// The JSON of service accounts. Times are seconds since the epoch.

struct ServiceAccountDocument: Codable, Sendable {
    struct Secret: Codable, Sendable {
        var id: String
        var createdAt: Int64
        var lastUsedAt: Int64?
        var expiresAt: Int64

        init(_ secret: ServiceAccount.Secret) {
            id = secret.id
            createdAt = secret.createdAt
            lastUsedAt = secret.lastUsedAt
            expiresAt = secret.expiresAt
        }

        enum CodingKeys: String, CodingKey {
            case id
            case createdAt = "created_at"
            case lastUsedAt = "last_used_at"
            case expiresAt = "expires_at"
        }
    }

    /// `client_id` at the token endpoint.
    var id: String
    var name: String
    var roles: [String]
    var scopes: [String]
    var createdAt: Int64
    var createdBy: String
    var disabledAt: Int64?
    var secrets: [Secret]

    init(_ account: ServiceAccount) {
        id = account.id
        name = account.name
        roles = account.roles
        scopes = account.scopes
        createdAt = account.createdAt
        createdBy = account.createdBy
        disabledAt = account.disabledAt
        secrets = account.secrets.map(Secret.init)
    }

    enum CodingKeys: String, CodingKey {
        case id, name, roles, scopes, secrets
        case createdAt = "created_at"
        case createdBy = "created_by"
        case disabledAt = "disabled_at"
    }
}

/// Shown once.
struct NewServiceSecretDocument: Codable, Sendable {
    var id: String
    /// `lss_…`
    var clientSecret: String
    var expiresAt: Int64

    init(_ new: ServiceAccountService.NewSecret) {
        id = new.secret.id
        clientSecret = new.token.text
        expiresAt = new.secret.expiresAt
    }

    enum CodingKeys: String, CodingKey {
        case id
        case clientSecret = "client_secret"
        case expiresAt = "expires_at"
    }
}

struct NewServiceAccountDocument: Codable, Sendable {
    var account: ServiceAccountDocument
    var clientID: String
    var secret: NewServiceSecretDocument

    enum CodingKeys: String, CodingKey {
        case account, secret
        case clientID = "client_id"
    }
}
