/// What `validateSynchronization()` asks of a ring.
enum SynchronizationCheck {
    static func check(_ ring: KeyRing, warnings: [SecretWarning]) throws(SecretError) {
        guard let current = ring.current else {
            throw SecretError(code: "ring_malformed", message: "\(ring.source) holds no current key.")
        }
        let environment = ring.environment
        if !environment.allowsDevelopmentFallback,
            ring.keys.contains(where: { $0.names.contains(where: \.isDevelopmentFallback) })
        {
            throw KeyRules.developmentSecret(in: environment, label: ring.source)
        }
        guard current.isUsable else {
            throw SecretError(
                code: "secret_too_short",
                message: """
                    \(ring.source) holds a current key that is too short for \(current.algorithm.rawValue), or none of it.
                    """)
        }
        let codes = ["sources_differ": "secret_conflict", "store_unconfirmed": "store_unreachable"]
        for warning in warnings {
            if let code = codes[warning.code] { throw SecretError(code: code, message: warning.message) }
        }
    }
}
