package import Secrets

/// Why a token was refused; `code` is the stable word that clients and operators match. Knows no HTTP.
///
/// Text in it is bounded and free of control characters, and is never a part of a signature or a secret.
package enum TokenError: Error, Sendable, Equatable {
    /// No token at all.
    case missing
    /// Not a token by its structure, or claims that no issuer of ours makes; says what is wrong.
    case malformed(String)
    /// An `alg` that is not allowed, or not the one of the key that `kid` names (RFC 8725 §3.1).
    case unsupportedAlgorithm(String)
    /// A `kid` that is not held, or held by a key past its retirement. Never a reason to try another key.
    case unknownKey(KeyID)
    /// The signature does not fit the key; nil where the token named none and none of the held keys fits.
    case badSignature(KeyID?)
    /// Seconds since the epoch.
    case expired(at: Int64)
    /// `iat` or `nbf` lies ahead; seconds since the epoch.
    case notYetValid(at: Int64)
    case wrongIssuer(String)
    case wrongAudience
    /// The issuer is not trusted for this role.
    case roleNotAllowed(String)
    case tokenTooLong(bytes: Int)
    /// Signed with a key that the ring holds as revoked.
    case revoked(KeyID)

    /// The stable code.
    package var code: String {
        switch self {
        case .missing: "missing_token"
        case .malformed: "malformed_token"
        case .unsupportedAlgorithm: "unsupported_algorithm"
        case .unknownKey: "unknown_key"
        case .badSignature: "bad_signature"
        case .expired: "expired"
        case .notYetValid: "not_yet_valid"
        case .wrongIssuer: "wrong_issuer"
        case .wrongAudience: "wrong_audience"
        case .roleNotAllowed: "role_not_allowed"
        case .tokenTooLong: "token_too_long"
        case .revoked: "revoked"
        }
    }
}
