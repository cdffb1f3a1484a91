/// What a verifier asks of an access token beside its signature.
package struct VerificationPolicy: Sendable, Hashable {
    package var trustedIssuers: TrustedIssuers
    package var audience: String
    /// Seconds that the clocks of issuer and verifier may differ.
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
