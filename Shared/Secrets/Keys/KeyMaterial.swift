/// What a key consists of.
package enum KeyMaterial: Sendable, Hashable {
    /// Signs and verifies: HMAC.
    case secret(SecretBytes)
    /// Signs and verifies with its public half.
    case privateKey(PrivateKey)
    /// Verifies.
    case publicKey(PublicKey)
    /// Verifies here, and signs where the private key lies, which never enters the process.
    case remote(PublicKey, KMSReference)

    /// Of an asymmetric key.
    package var publicKey: PublicKey? {
        switch self {
        case .secret: nil
        case .privateKey(let key): key.publicKey
        case .publicKey(let key), .remote(let key, _): key
        }
    }

    package var secret: SecretBytes? {
        if case .secret(let bytes) = self { bytes } else { nil }
    }

    /// Whether a holder of it can sign.
    package var signs: Bool {
        if case .publicKey = self { false } else { true }
    }

    package func fits(_ algorithm: KeyAlgorithm) -> Bool {
        publicKey?.fits(algorithm) ?? algorithm.isSymmetric
    }

    /// A new key from the system's random source; a secret has at least 48 bytes.
    package static func generate(for algorithm: KeyAlgorithm) throws(KeyMaterialFault) -> KeyMaterial {
        guard algorithm.isSymmetric else { return .privateKey(try .generate(for: algorithm)) }
        var generator = SystemRandomNumberGenerator()
        let count = max(48, algorithm.minimumKeyBytes)
        return .secret(SecretBytes((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }))
    }
}
