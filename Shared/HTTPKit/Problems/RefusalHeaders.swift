package import HTTPTypes

extension Refusal {
    package static let contentType = "application/problem+json"

    /// Content-Type, Cache-Control: no-store, WWW-Authenticate (RFC 6750 §3; no `error` when no token was sent),
    /// Retry-After, Allow.
    package var headers: HTTPFields {
        var headers = HTTPFields()
        headers[.contentType] = Self.contentType
        headers[.cacheControl] = "no-store"
        if let challenge { headers[.wwwAuthenticate] = challenge }
        if let retryAfter { headers[.retryAfter] = String(retryAfter) }
        if let allowedMethods { headers[.allow] = allowedMethods.joined(separator: ", ") }
        return headers
    }

    /// Every 401 has one (RFC 9110 §15.5.2), and where the token or its scope is to blame it says so.
    var challenge: String? {
        let realm = "Bearer realm=\"lockstep\""
        if let error = challengeError {
            return "\(realm), error=\"\(error)\", error_description=\"\(Self.quotable("\(code.rawValue): \(detail)"))\""
        }
        return code.status == .unauthorized ? realm : nil
    }

    private var challengeError: String? {
        if code == .insufficientScope { return "insufficient_scope" }
        if code == .malformedRequest { return concernsCredentials ? "invalid_request" : nil }
        return code.isTokenRefusal && code != .missingToken ? "invalid_token" : nil
    }

    /// What RFC 6750 §3 lets stand in `error_description`: printable ASCII without quote and backslash.
    static func quotable(_ text: String) -> String {
        let bytes = text.utf8.map { byte in
            switch byte {
            case 0x20, 0x21, 0x23...0x5B, 0x5D...0x7E: byte
            case 0x22: UInt8(ascii: "'")
            default: UInt8(ascii: "?")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
