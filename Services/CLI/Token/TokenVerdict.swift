import Foundation
import Secrets
import Tokens

/// What `lockstep token verify` answers.
struct TokenVerdict: Encodable, Equatable {
    var valid: Bool
    /// The stable code, where it is not valid.
    var code: String?
    var detail: String?
    var kid: String?
    var algorithm: String?
    var payloadBytes: Int?
    var subject: String?
    var email: String?
    var roles: [String]?
    var issuer: String?
    var customerID: String?
    var sessionID: String?
    /// Seconds since the epoch.
    var expiresAt: Int64?

    init(valid: Bool, kid: String?, algorithm: String?, payloadBytes: Int?) {
        self.valid = valid
        self.kid = kid
        self.algorithm = algorithm
        self.payloadBytes = payloadBytes
    }

    init(_ identity: Identity) {
        valid = true
        kid = identity.keyID.rawValue
        subject = identity.subject
        email = identity.email
        roles = identity.roles
        issuer = identity.issuer
        customerID = identity.customerID
        sessionID = identity.sessionID
        expiresAt = identity.expiresAt
    }

    init(_ error: TokenError) {
        valid = false
        code = error.code
        detail = error.words
    }

    var lines: [String] {
        guard valid else { return ["not valid: \(code ?? "unknown")\(detail.map { ", \($0)" } ?? "")"] }
        var lines = ["valid"]
        func add(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            lines.append("  \(name)\(String(repeating: " ", count: 11 - name.count))\(value)")
        }
        add("signed by", kid)
        add("algorithm", algorithm)
        add("payload", payloadBytes.map { "\($0) bytes" })
        add("subject", subject)
        add("email", email)
        add("roles", roles?.joined(separator: ", "))
        add("issuer", issuer)
        add("customer", customerID)
        add("session", sessionID)
        add("expires", expiresAt.map { Timestamp.text($0) })
        return lines
    }
}

enum Timestamp {
    /// - Parameter seconds: since the epoch.
    static func text(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601)
    }
}

extension TokenError {
    /// For people; nothing of a signature or a secret.
    var words: String {
        switch self {
        case .missing: "no token was given"
        case .malformed(let reason): reason
        case .unsupportedAlgorithm(let algorithm): "the algorithm \(algorithm) is not allowed for this key"
        case .unknownKey(let kid): "no held key has the kid \(kid)"
        case .badSignature(.some(let kid)): "the signature is not that of the key \(kid)"
        case .badSignature(nil): "no held key made this signature"
        case .expired(let at): "it expired at \(Timestamp.text(at))"
        case .notYetValid(let at): "it is valid from \(Timestamp.text(at)) on; is the issuer's clock ahead?"
        case .wrongIssuer(let issuer): "the issuer \(issuer) is not trusted (JWT_TRUSTED_ISSUERS)"
        case .wrongAudience: "it is meant for somebody else (JWT_AUDIENCE)"
        case .roleNotAllowed(let role): "its issuer may not grant the role \(role) (JWT_TRUSTED_ISSUERS)"
        case .tokenTooLong(let bytes): "it has \(bytes) bytes, more than a token may have"
        case .revoked(let kid): "the key \(kid) is revoked"
        }
    }
}
