/// What every key must satisfy before it may sign or verify anything (DESIGN §4).
package enum KeyRules {
    /// - Parameter label: the source, and for a ring the key's place in it, as messages name it.
    /// - Throws: `development_secret`, `secret_too_short`, `secret_placeholder`, `secret_weak`. None names a kid: the
    ///   first three kinds of key are known or short, and the kid of a weak one would let a guess be confirmed.
    package static func check(
        _ secret: SecretBytes, algorithm: KeyAlgorithm, environment: DeploymentEnvironment, label: String
    ) throws(SecretError) {
        let isLenient = environment.allowsDevelopmentFallback
        if !isLenient, secret == DevelopmentFallback.secret {
            throw developmentSecret(in: environment, label: label)
        }
        guard secret.count >= algorithm.minimumKeyBytes else {
            throw SecretError(
                code: "secret_too_short",
                message: """
                    \(label) holds \(secret.count) bytes; \(algorithm.rawValue) needs at least \
                    \(algorithm.minimumKeyBytes) (RFC 7518 §3.2). \(mend(algorithm))
                    """)
        }
        guard !isLenient else { return }
        if let finding = PlaceholderRule.finding(in: secret) {
            throw SecretError(
                code: "secret_placeholder",
                message: """
                    \(label) is no secret: \(finding). \(environment.rawValue) refuses it. \(mend(algorithm))
                    """)
        }
        let bits = StrengthEstimate.bits(of: secret)
        guard bits >= StrengthEstimate.minimumBits else {
            throw SecretError(
                code: "secret_weak",
                message: """
                    \(label) is worth about \(bits) bits by estimate; \(environment.rawValue) needs \
                    \(StrengthEstimate.minimumBits). \(mend(algorithm))
                    """)
        }
    }

    static func developmentSecret(in environment: DeploymentEnvironment, label: String) -> SecretError {
        SecretError(
            code: "development_secret",
            message: """
                Development secret used in \(environment.rawValue): \(label) holds the development fallback, which \
                everybody knows. \(mend(.hs256))
                """)
    }

    /// Whether a kid may be shown. The development fallback is public anyway, and its kid says what it is.
    static func isStrong(_ secret: SecretBytes) -> Bool {
        secret == DevelopmentFallback.secret
            || PlaceholderRule.finding(in: secret) == nil
                && StrengthEstimate.bits(of: secret) >= StrengthEstimate.minimumBits
    }

    private static func mend(_ algorithm: KeyAlgorithm) -> String {
        let bytes = max(48, algorithm.minimumKeyBytes)
        return """
            Make a new one with `lockstep secret generate --bytes \(bytes)` and give it to every service that issues or \
            verifies tokens.
            """
    }
}

extension RingKey {
    /// The kid as logs and diagnostics may show it. Of a key that fails the strength check (only development and test
    /// hold such a key) none is shown: a kid confirms a guess, and a weak key can be guessed.
    package var publishedID: String {
        secret.map(KeyRules.isStrong) ?? true ? id.rawValue : "withheld: weak key"
    }
}
