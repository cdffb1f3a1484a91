import Secrets

extension RingKey {
    /// A key shorter than its hash signs nothing (RFC 7518 §3.2), whatever a loader did.
    func checkLength() throws(SecretError) {
        guard isUsable else {
            throw SecretError(
                code: "secret_too_short",
                message: """
                    the key to sign with has \(secret?.count ?? 0) bytes and is none for \(algorithm.rawValue), which needs \
                    at least \(algorithm.minimumKeyBytes)
                    """)
        }
    }
}
