package import Secrets

// INTERFACE SKELETON: the owner of Tokens splits this into files and fills it in. Signatures are what other modules compile against.
// All times are seconds since the epoch (RFC 7519 NumericDate, whole seconds).

/// Who a verified access token speaks of. Made by `TokenVerifier` alone.
package struct Identity: Sendable, Hashable {
    package let subject: String
    package let userID: String
    package let email: String
    package let roles: [String]
    package let customerID: String?
    package let scope: String?
    package let sessionID: String?
    package let tokenID: String?
    package let tokenVersion: Int64?
    package let issuer: String
    /// The key that verified it.
    package let keyID: KeyID
    package let issuedAt: Int64
    package let expiresAt: Int64
}

/// Why a token was refused; `code` is the stable word of DESIGN §5. Knows no HTTP.
package enum TokenError: Error, Sendable, Equatable {
    case missing
    case malformed(String)
    case unsupportedAlgorithm(String)
    case unknownKey(KeyID)
    case badSignature(KeyID?)
    case expired(at: Int64)
    case notYetValid(at: Int64)
    case wrongIssuer(String)
    case wrongAudience
    case roleNotAllowed(String)
    case tokenTooLong(bytes: Int)

    package var code: String { fatalError("skeleton") }
}

package struct AccessClaims: Sendable, Hashable {
    package var subject: String
    package var email: String
    package var roles: [String]
    package var sessionID: String
    package var customerID: String?
    package var scope: String?
    package var tokenVersion: Int64?
    package init(
        subject: String, email: String, roles: [String], sessionID: String, customerID: String? = nil,
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

package struct IssuedToken: Sendable {
    package let text: String
    package let tokenID: String
    package let keyID: KeyID
    package let issuedAt: Int64
    package let expiresAt: Int64
}

package struct TokenIssuer: Sendable {
    /// - Parameter lifetime: seconds.
    package init(issuer: String, audience: String, lifetime: Int64) { fatalError("skeleton") }
    /// Signs `typ: at+jwt` with the ring's current key. Throws `SecretError` when the ring has none.
    package func issue(_ claims: AccessClaims, ring: KeyRing, now: Int64) throws(SecretError) -> IssuedToken {
        fatalError("skeleton")
    }
}

/// Which issuers a verifier trusts, and for which roles (`JWT_TRUSTED_ISSUERS`).
package struct TrustedIssuers: Sendable, Hashable {
    package enum Grants: String, Sendable { case platform, customer, all }
    package let grants: [String: Grants]
    package init(_ grants: [String: Grants]) { self.grants = grants }
    /// `lockstep-platform=platform,lockstep-customer=customer`; nil with a reason when malformed.
    package static func parse(_ text: String) -> Result<TrustedIssuers, TrustedIssuersFault> { fatalError("skeleton") }
    package static let suite = TrustedIssuers(["lockstep-platform": .platform, "lockstep-customer": .customer])
}
package struct TrustedIssuersFault: Error, Sendable { package let reason: String }

package struct VerificationPolicy: Sendable, Hashable {
    package var trustedIssuers: TrustedIssuers
    package var audience: String
    /// Seconds.
    package var leeway: Int64
    /// Seconds from `iat` to `exp`.
    package var maximumLifetime: Int64
    package init(
        trustedIssuers: TrustedIssuers = .suite, audience: String = "lockstep", leeway: Int64 = 60,
        maximumLifetime: Int64 = 86_400
    ) {
        self.trustedIssuers = trustedIssuers
        self.audience = audience
        self.leeway = leeway
        self.maximumLifetime = maximumLifetime
    }
}

/// Verifies access tokens against one ring snapshot. Cheap to make anew when the ring changes; safe to share.
package struct TokenVerifier: Sendable {
    package init(ring: KeyRing, policy: VerificationPolicy) { fatalError("skeleton") }
    /// The whole compact serialisation, no `Bearer `.
    package func verify(_ token: String, now: Int64) throws(TokenError) -> Identity { fatalError("skeleton") }
    /// The gateway's path: UTF-8 bytes, nothing copied that need not be.
    package func verify(utf8 token: UnsafeRawBufferPointer, now: Int64) throws(TokenError) -> Identity {
        fatalError("skeleton")
    }
}

/// Key agreement: `probe+jwt` (DESIGN §7), audience `lockstep-probe`, no subject, no roles, 60 s.
package struct KeyProbeClaims: Sendable, Hashable {
    package let issuer: String
    package let environment: String
    package let keyID: KeyID
    package let issuedAt: Int64
    package let expiresAt: Int64
}
package enum KeyProbeToken {
    /// Signs with `kid` (current, or a `next` key by name); throws when the ring has no such key.
    package static func issue(kid: KeyID?, ring: KeyRing, issuer: String, now: Int64) throws(SecretError) -> IssuedToken
    { fatalError("skeleton") }
    package static func verify(_ token: String, ring: KeyRing, now: Int64) throws(TokenError) -> KeyProbeClaims {
        fatalError("skeleton")
    }
}

/// The gateway's word to an upstream (`X-Gateway-Assertion`, DESIGN §6): 30 s, leeway 5 s, key by HKDF from the internal token.
package struct GatewayAssertion: Sendable {
    package init(internalToken: SecretBytes) { fatalError("skeleton") }
    package struct Claims: Sendable, Hashable {
        package let audience: String
        /// base64url(SHA-256(client token)), or nil when the request carried none.
        package let tokenHash: String?
        package let method: String?
        package let path: String?
        package let issuedAt: Int64
        package let expiresAt: Int64
    }
    package func issue(audience: String, clientToken: String?, method: String?, path: String?, now: Int64) -> String {
        fatalError("skeleton")
    }
    package func verify(_ assertion: String, audience: String, clientToken: String?, now: Int64) throws(TokenError)
        -> Claims
    { fatalError("skeleton") }
}
