/// A platform portal's answer to `POST /internal/v1/diagnostic-token`: an access token of a few seconds for an identity
/// without rights, to send on the way that everybody's tokens go.
package struct DiagnosticToken: Codable, Sendable, Equatable {
    package static let subject = "lockstep-diagnostic"
    /// Seconds.
    package static let lifetime: Int64 = 30

    package var token: String
    package var kid: String
    package var issuer: String
    /// Seconds since the epoch.
    package var expiresAt: Int64

    package init(token: String, kid: String, issuer: String, expiresAt: Int64) {
        self.token = token
        self.kid = kid
        self.issuer = issuer
        self.expiresAt = expiresAt
    }

    package enum CodingKeys: String, CodingKey {
        case token, kid, issuer
        case expiresAt = "expires_at"
    }
}

/// The plant's answer to `GET /api/v1/diagnostics/token`: what it made of such a token.
package struct DiagnosedToken: Codable, Sendable, Equatable {
    package var kid: String
    package var instance: String
    package var ringVersion: UInt64
    /// The request carried the gateway's assertion.
    package var cameThroughGateway: Bool

    package init(kid: String, instance: String, ringVersion: UInt64, cameThroughGateway: Bool) {
        self.kid = kid
        self.instance = instance
        self.ringVersion = ringVersion
        self.cameThroughGateway = cameThroughGateway
    }

    package enum CodingKeys: String, CodingKey {
        case kid, instance
        case ringVersion = "ring_version"
        case cameThroughGateway = "came_through_gateway"
    }
}
