package import Contracts
package import HTTPTypes
package import Logging
package import Secrets
package import ServiceKit
import ServiceLifecycle
package import Tokens

// INTERFACE SKELETON: the owner of HTTPKit splits this into files and fills it in. Signatures are what other modules compile against.

/// Keys: JWT_ALGORITHM, JWT_ISSUER, JWT_TRUSTED_ISSUERS, JWT_AUDIENCE, ACCESS_TOKEN_EXPIRE_MINUTES, JWT_EXPIRATION_HOURS,
/// JWT_MAX_LIFETIME_HOURS, JWT_LEEWAY_SECONDS (DESIGN §4).
package struct TokenSettings: Sendable {
    package var algorithm: KeyAlgorithm
    package var policy: VerificationPolicy
    /// Issuers only.
    package var issuer: String?
    /// Seconds; issuers only.
    package var lifetime: Int64
    /// - Parameter defaultIssuer: nil for a service that issues nothing.
    package init(reader: SettingsReader, defaultIssuer: String?) { fatalError("skeleton") }
}

/// Every stable code of the suite; status and title are a total switch.
package enum ProblemCode: String, Sendable, CaseIterable {
    // tokens, 401
    case missingToken = "missing_token", malformedToken = "malformed_token"
    case unsupportedAlgorithm = "unsupported_algorithm", unknownKey = "unknown_key", badSignature = "bad_signature"
    case expired, notYetValid = "not_yet_valid", wrongIssuer = "wrong_issuer", wrongAudience = "wrong_audience"
    case roleNotAllowed = "role_not_allowed", tokenTooLong = "token_too_long", revoked
    case customerUnknown = "customer_unknown"
    // login and sessions
    case invalidCredentials = "invalid_credentials"  // 401
    case invalidRefreshToken = "invalid_refresh_token"  // 401
    case sessionEnded = "session_ended"  // 401
    // 403
    case customerSuspended = "customer_suspended", insufficientScope = "insufficient_scope", forbidden
    // requests
    case malformedRequest = "malformed_request"  // 400
    case invalidInput = "invalid_input"  // 422, with `fields`
    case notFound = "not_found", methodNotAllowed = "method_not_allowed"
    case conflict  // 409
    case preconditionFailed = "precondition_failed", preconditionRequired = "precondition_required"  // 412, 428
    case payloadTooLarge = "payload_too_large", unsupportedMediaType = "unsupported_media_type"
    case uriTooLong = "uri_too_long", headersTooLarge = "headers_too_large"
    case rateLimited = "rate_limited"  // 429
    case csrfRejected = "csrf_rejected"  // 403
    // servers
    case internalError = "internal_error"  // 500
    case badGateway = "bad_gateway"  // 502
    case unavailable, enrichmentUnavailable = "enrichment_unavailable"  // 503
    case upstreamTimeout = "upstream_timeout"  // 504

    package var status: HTTPResponse.Status { fatalError("skeleton") }
    package var title: String { fatalError("skeleton") }
}

/// A refusal on its way to the client: public code and detail, private cause for the log.
package struct Refusal: Error, Sendable {
    package var code: ProblemCode
    package var detail: String
    /// For the log alone.
    package var cause: String?
    /// Seconds.
    package var retryAfter: Int?
    package var fields: [String: String]?
    /// In the body in development alone.
    package var diagnostics: [String: String]?
    package init(
        _ code: ProblemCode, _ detail: String, cause: String? = nil, retryAfter: Int? = nil,
        fields: [String: String]? = nil, diagnostics: [String: String]? = nil
    ) { fatalError("skeleton") }
    /// Held kids and source go to `cause` and `diagnostics`.
    package init(_ error: TokenError, ring: KeyRing) { fatalError("skeleton") }
    package func problem(instance: String, requestID: String, environment: DeploymentEnvironment) -> Problem {
        fatalError("skeleton")
    }
    /// Content-Type, Cache-Control: no-store, WWW-Authenticate (RFC 6750 §3; no `error` when no token was sent), Retry-After.
    package var headers: HTTPFields { fatalError("skeleton") }
    /// The problem as JSON bytes.
    package func body(instance: String, requestID: String, environment: DeploymentEnvironment) -> [UInt8] {
        fatalError("skeleton")
    }
}

/// `Authorization` as RFC 6750 §2.1 reads it.
package enum BearerCredentials {
    /// - Parameter values: every `Authorization` field line received. None: nil. Two: `malformedRequest`.
    ///   A scheme other than Bearer, spaces or anything behind the token: `malformedToken`.
    package static func token(in values: [String]) throws(Refusal) -> String? { fatalError("skeleton") }
}

/// Names that only the gateway may set towards an upstream (DESIGN §6).
package enum ManagedHeader {
    package static let all: [String] = []
    /// In every spelling: case, `_` and `.` for `-`.
    package static func isManaged(_ name: some StringProtocol) -> Bool { fatalError("skeleton") }
}

package enum RequestID {
    /// The client's if it is 8–64 of [A-Za-z0-9._-], else a new one.
    package static func accept(_ candidate: String?) -> String { fatalError("skeleton") }
    package static func new() -> String { fatalError("skeleton") }
}

/// `LOCKSTEP_INTERNAL_TOKEN[_FILE]`: what services show each other on `/internal` (`Authorization: Bearer`). Fallback in development and test alone.
package struct InternalToken: Sendable {
    package let secret: SecretBytes
    package init(reader: SettingsReader, environment: DeploymentEnvironment) { fatalError("skeleton") }
    package init(secret: SecretBytes) { self.secret = secret }
    /// Constant time.
    package func matches(_ presented: String?) -> Bool { fatalError("skeleton") }
    /// For outgoing requests.
    package var authorization: String { fatalError("skeleton") }
}

/// Proves agreement with every issuer of PORTAL_URLS at start and then every KEY_AGREEMENT_INTERVAL_SECONDS (15), and sets the
/// readiness check `keys` as DESIGN §7 says: disagreement at start or after the own ring changed holds this service back; one that was
/// serving alarms and stays ready; unreachable issuers: ready after a 30 s grace with `agreement: unconfirmed`.
package final class KeyAgreementMonitor: Service {
    package struct Settings: Sendable {
        package var portalURLs: [String]
        package var intervalSeconds: Int
        package var graceSeconds: Int
        /// Keys: PORTAL_URLS or PORTAL_URL, KEY_AGREEMENT_INTERVAL_SECONDS, KEY_AGREEMENT_GRACE_SECONDS.
        package init(reader: SettingsReader) { fatalError("skeleton") }
    }
    package init(
        settings: Settings, service: String, manager: SecretManager, internalToken: InternalToken, readiness: Readiness,
        clock: WallClock, logger: Logger
    ) { fatalError("skeleton") }
    package func run() async throws { fatalError("skeleton") }
    /// What is known of each issuer; shown by `/internal/v1/keys` and the portal's page.
    package var states: [IssuerAgreement] { fatalError("skeleton") }
}

package struct IssuerAgreement: Codable, Sendable, Equatable {
    package var url: String
    package var issuer: String?
    /// `agreed`, `disagreed`, `unreachable`, `pending`
    package var status: String
    package var detail: String
    package var theirKid: String?
    package var theirSource: String?
    package var theirEnvironment: String?
    package var ourKids: [String]
    package var ourSource: String
    /// Seconds since the epoch.
    package var checkedAt: Int64?
}

/// Body of `GET /internal/v1/keys`.
package struct KeyReport: Codable, Sendable {
    package var service: String
    package var instance: String
    package var version: String
    package var secrets: SecretDiagnostics
    package var issuers: [IssuerAgreement]
    package init(service: String, instance: String, secrets: SecretDiagnostics, issuers: [IssuerAgreement]) {
        fatalError("skeleton")
    }
}

/// JSON bodies of /health and /ready, for any server framework.
package enum HealthDocument {
    package static func health(service: String) -> [UInt8] { fatalError("skeleton") }
    /// - Parameter details: only for the internal token or in development.
    package static func ready(_ readiness: Readiness, service: String, details: Bool) -> (ready: Bool, body: [UInt8]) {
        fatalError("skeleton")
    }
}
