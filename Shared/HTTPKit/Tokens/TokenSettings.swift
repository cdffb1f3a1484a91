package import Secrets
package import ServiceKit
package import Tokens

/// How tokens are issued and verified here (DESIGN §4).
///
/// | variable | type | default |
/// |---|---|---|
/// | `JWT_ALGORITHM` | HS256, HS384, HS512 | HS256 |
/// | `JWT_ISSUER` | an issuer's name; a verifier given only this trusts that one for all roles | the issuer's own |
/// | `JWT_TRUSTED_ISSUERS` | NAME=platform\|customer\|all, separated by commas | the suite's two |
/// | `JWT_AUDIENCE` | always checked | lockstep |
/// | `ACCESS_TOKEN_EXPIRE_MINUTES` | issuers | 15 |
/// | `JWT_EXPIRATION_HOURS`, `ACCESS_TOKEN_EXPIRE_SECONDS` | issuers; the same in other units | |
/// | `JWT_MAX_LIFETIME_HOURS` | the longest life that a verifier accepts | 24 |
/// | `JWT_LEEWAY_SECONDS` | 0 to 300, for clocks that differ | 60 |
package struct TokenSettings: Sendable {
    package var algorithm: KeyAlgorithm
    package var policy: VerificationPolicy
    /// Issuers only.
    package var issuer: String?
    /// Seconds; issuers only.
    package var lifetime: Int64

    /// - Parameter defaultIssuer: nil for a service that issues nothing.
    package init(reader: SettingsReader, defaultIssuer: String?) {
        algorithm = reader.choice("JWT_ALGORITHM", default: KeyAlgorithm.hs256)
        issuer = defaultIssuer.map { reader.string("JWT_ISSUER", default: $0) }
        let maximumHours = reader.int("JWT_MAX_LIFETIME_HOURS", default: 24, in: 1...8784)
        policy = VerificationPolicy(
            trustedIssuers: Self.trustedIssuers(reader, defaultIssuer: defaultIssuer),
            audience: reader.string("JWT_AUDIENCE", default: "lockstep"),
            leeway: Int64(reader.int("JWT_LEEWAY_SECONDS", default: 60, in: 0...300)),
            maximumLifetime: Int64(maximumHours) * 3600)
        lifetime = 15 * 60
        if defaultIssuer != nil {
            lifetime = Self.lifetime(reader, maximumHours: maximumHours)
        }
    }

    /// The three names mean one thing, so that two values are a mistake and not a precedence.
    private static func lifetime(_ reader: SettingsReader, maximumHours: Int) -> Int64 {
        let units: [(name: String, seconds: Int, range: ClosedRange<Int>)] = [
            ("ACCESS_TOKEN_EXPIRE_MINUTES", 60, 1...527_040), ("JWT_EXPIRATION_HOURS", 3600, 1...8784),
            ("ACCESS_TOKEN_EXPIRE_SECONDS", 1, 5...31_622_400),
        ]
        let given = units.compactMap { unit -> (name: String, value: Int, seconds: Int)? in
            let value = reader.int(unit.name, default: unit.range.lowerBound, in: unit.range)
            return reader.string(unit.name).map { _ in (unit.name, value, value * unit.seconds) }
        }
        guard let first = given.first else { return 15 * 60 }
        for other in given.dropFirst() where other.seconds != first.seconds {
            reader.fault(
                first.name,
                "is \(first.value), which is \(first.seconds) s, and \(other.name) is \(other.value), which is \(other.seconds) s.",
                mend: "Keep one of the two.")
        }
        if first.seconds > maximumHours * 3600 {
            reader.fault(
                first.name,
                "is \(first.value) and JWT_MAX_LIFETIME_HOURS is \(maximumHours): verifiers would refuse every token issued.",
                mend: "Lower \(first.name), or raise JWT_MAX_LIFETIME_HOURS here and at every verifier.")
        }
        return Int64(first.seconds)
    }

    private static func trustedIssuers(_ reader: SettingsReader, defaultIssuer: String?) -> TrustedIssuers {
        let name = "JWT_TRUSTED_ISSUERS"
        let named = reader.string("JWT_ISSUER")
        let own = defaultIssuer.map { named ?? $0 } ?? named
        guard let text = reader.string(name) else {
            guard let own else { return .suite }
            // A verifier given one issuer trusts that one for all roles; an issuer under another name keeps the roles
            // that it would have under its usual one.
            guard let defaultIssuer else { return TrustedIssuers([own: .all]) }
            var grants = TrustedIssuers.suite.grants
            let usual = grants.removeValue(forKey: defaultIssuer) ?? .all
            grants[own] = usual
            return TrustedIssuers(grants)
        }
        switch TrustedIssuers.parse(text) {
        case .success(let trusted):
            if let own, trusted.grants[own] == nil {
                reader.fault(
                    name, "does not list the issuer that JWT_ISSUER or this service's default names.",
                    mend: "Add it as NAME=platform, NAME=customer or NAME=all, or correct JWT_ISSUER.")
            }
            return trusted
        case .failure(let fault):
            reader.fault(
                name, "can't be read: \(fault.reason).",
                mend: "Set for instance lockstep-platform=platform,lockstep-customer=customer.")
            return .suite
        }
    }
}
