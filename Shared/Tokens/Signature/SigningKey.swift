import Secrets

extension RingKey {
    /// A key shorter than its hash signs nothing (RFC 7518 §3.2), whatever a loader did.
    func checkLength() throws(SecretError) {
        guard secret.count >= algorithm.minimumKeyBytes else {
            throw SecretError(
                code: "secret_too_short",
                message: "the key to sign with has \(secret.count) bytes; \(algorithm.rawValue) needs at least "
                    + "\(algorithm.minimumKeyBytes)")
        }
    }
}
