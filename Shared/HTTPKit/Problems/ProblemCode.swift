package import HTTPTypes

/// Every stable code of the suite; status and title are a total switch.
package enum ProblemCode: String, Sendable, CaseIterable {
    // Tokens, 401
    case missingToken = "missing_token"
    case malformedToken = "malformed_token"
    case unsupportedAlgorithm = "unsupported_algorithm"
    case unknownKey = "unknown_key"
    case badSignature = "bad_signature"
    case expired
    case notYetValid = "not_yet_valid"
    case wrongIssuer = "wrong_issuer"
    case wrongAudience = "wrong_audience"
    case roleNotAllowed = "role_not_allowed"
    case tokenTooLong = "token_too_long"
    case revoked
    case customerUnknown = "customer_unknown"
    // Login and sessions, 401
    case invalidCredentials = "invalid_credentials"
    case invalidRefreshToken = "invalid_refresh_token"
    case sessionEnded = "session_ended"
    /// The password was right, and the account asks for more. With `ticket`.
    case secondFactorRequired = "second_factor_required"
    /// Wrong code, wrong ticket, or one of them was used before.
    case secondFactorRejected = "second_factor_rejected"
    // 403
    case customerSuspended = "customer_suspended"
    case insufficientScope = "insufficient_scope"
    case forbidden
    case csrfRejected = "csrf_rejected"
    /// It did not come through the gateway, or not as this request.
    case gatewayRequired = "gateway_required"
    /// A statement of an administrator that is allowed to nobody.
    case statementRefused = "statement_refused"
    // Requests
    case malformedRequest = "malformed_request"
    /// With `fields`.
    case invalidInput = "invalid_input"
    case notFound = "not_found"
    case methodNotAllowed = "method_not_allowed"
    case conflict
    /// An idempotency key that came with another request before.
    case idempotencyKeyReused = "idempotency_key_reused"
    /// A statement of an administrator that the database does not understand, or whose values it does not take.
    case statementInvalid = "statement_invalid"
    /// A statement of an administrator that would have taken more time, rows or room than it may.
    case statementLimit = "statement_limit"
    /// A place in a feed from which it can't be followed any more.
    case cursorUnknown = "cursor_unknown"
    case preconditionFailed = "precondition_failed"
    case preconditionRequired = "precondition_required"
    case payloadTooLarge = "payload_too_large"
    case unsupportedMediaType = "unsupported_media_type"
    case uriTooLong = "uri_too_long"
    case headersTooLarge = "headers_too_large"
    /// The client took too long over it.
    case requestTimeout = "request_timeout"
    case rateLimited = "rate_limited"
    // Servers
    case internalError = "internal_error"
    case badGateway = "bad_gateway"
    case unavailable
    /// DB updates are on, and their login is missing or may do too much.
    case dbUpdatesNotReady = "db_updates_not_ready"
    /// Whether it was done is not known: the connection to the database was lost in the commit.
    case outcomeUnknown = "outcome_unknown"
    /// A module of the plant that does not serve now; its neighbours do.
    case moduleUnavailable = "module_unavailable"
    case enrichmentUnavailable = "enrichment_unavailable"
    case upstreamTimeout = "upstream_timeout"

    package var status: HTTPResponse.Status {
        switch self {
        case .missingToken, .malformedToken, .unsupportedAlgorithm, .unknownKey, .badSignature, .expired, .notYetValid,
            .wrongIssuer, .wrongAudience, .roleNotAllowed, .tokenTooLong, .revoked, .customerUnknown,
            .invalidCredentials, .invalidRefreshToken, .sessionEnded, .secondFactorRequired, .secondFactorRejected:
            .unauthorized
        case .customerSuspended, .insufficientScope, .forbidden, .csrfRejected, .gatewayRequired, .statementRefused:
            .forbidden
        case .malformedRequest: .badRequest
        case .invalidInput, .idempotencyKeyReused, .statementInvalid, .statementLimit: .unprocessableContent
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .cursorUnknown: .gone
        case .preconditionFailed: .preconditionFailed
        case .preconditionRequired: .preconditionRequired
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .uriTooLong: .uriTooLong
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .requestTimeout: .requestTimeout
        case .rateLimited: .tooManyRequests
        case .internalError, .outcomeUnknown: .internalServerError
        case .badGateway: .badGateway
        case .unavailable, .moduleUnavailable, .enrichmentUnavailable, .dbUpdatesNotReady: .serviceUnavailable
        case .upstreamTimeout: .gatewayTimeout
        }
    }

    /// The same for every occurrence of the code (RFC 9457 §3.1.3).
    package var title: String {
        switch self {
        case .missingToken: "A token is needed"
        case .malformedToken: "The token is malformed"
        case .unsupportedAlgorithm: "The token's algorithm is not supported"
        case .unknownKey: "The token's key is unknown"
        case .badSignature: "The token's signature is wrong"
        case .expired: "The token has expired"
        case .notYetValid: "The token is not valid yet"
        case .wrongIssuer: "The token's issuer is not trusted"
        case .wrongAudience: "The token is for another audience"
        case .roleNotAllowed: "The token's issuer may not grant its role"
        case .tokenTooLong: "The token is too long"
        case .revoked: "The token is revoked"
        case .customerUnknown: "The customer is unknown"
        case .invalidCredentials: "The credentials are wrong"
        case .invalidRefreshToken: "The refresh token is wrong"
        case .sessionEnded: "The session has ended"
        case .secondFactorRequired: "A second factor is needed"
        case .secondFactorRejected: "The second factor is wrong"
        case .customerSuspended: "The customer is suspended"
        case .insufficientScope: "The token's scope is not enough"
        case .forbidden: "Not allowed"
        case .csrfRejected: "The request does not come from our page"
        case .gatewayRequired: "Only through the gateway"
        case .statementRefused: "The statement is not allowed"
        case .malformedRequest: "The request is malformed"
        case .invalidInput: "The input is not valid"
        case .notFound: "Not found"
        case .methodNotAllowed: "The method is not allowed"
        case .conflict: "Conflict"
        case .idempotencyKeyReused: "The idempotency key was used before"
        case .statementInvalid: "The statement is not valid"
        case .statementLimit: "The statement takes more than it may"
        case .cursorUnknown: "The cursor is unknown"
        case .preconditionFailed: "The precondition failed"
        case .preconditionRequired: "A precondition is required"
        case .payloadTooLarge: "The body is too large"
        case .unsupportedMediaType: "The media type is not supported"
        case .uriTooLong: "The address is too long"
        case .headersTooLarge: "The headers are too large"
        case .requestTimeout: "The request took too long"
        case .rateLimited: "Too many requests"
        case .internalError: "Internal error"
        case .badGateway: "The upstream answered badly"
        case .unavailable: "Not available now"
        case .dbUpdatesNotReady: "DB updates are not set up"
        case .outcomeUnknown: "The outcome is not known"
        case .moduleUnavailable: "The module is not available now"
        case .enrichmentUnavailable: "The customer can't be looked up now"
        case .upstreamTimeout: "The upstream took too long"
        }
    }

    /// Whether the code says why an access token was refused: what a client mends with another token.
    package var isTokenRefusal: Bool {
        switch self {
        case .missingToken, .malformedToken, .unsupportedAlgorithm, .unknownKey, .badSignature, .expired, .notYetValid,
            .wrongIssuer, .wrongAudience, .roleNotAllowed, .tokenTooLong, .revoked, .customerUnknown:
            true
        case .invalidCredentials, .invalidRefreshToken, .sessionEnded, .secondFactorRequired, .secondFactorRejected,
            .customerSuspended, .insufficientScope, .forbidden, .csrfRejected, .gatewayRequired, .statementRefused,
            .malformedRequest, .invalidInput,
            .notFound, .methodNotAllowed, .conflict, .idempotencyKeyReused, .statementInvalid, .statementLimit,
            .cursorUnknown, .preconditionFailed, .preconditionRequired, .payloadTooLarge,
            .unsupportedMediaType, .uriTooLong,
            .headersTooLarge, .requestTimeout, .rateLimited, .internalError, .badGateway, .unavailable,
            .dbUpdatesNotReady, .outcomeUnknown, .moduleUnavailable, .enrichmentUnavailable, .upstreamTimeout:
            false
        }
    }
}
