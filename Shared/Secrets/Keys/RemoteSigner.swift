/// A private key in a key management service.
package protocol RemoteSigner: Sendable {
    /// As log lines name it.
    var label: String { get }

    /// For making a ring's key of it.
    func publicKey() async throws(RemoteSignerError) -> PublicKey

    /// - Returns: the signature as a JWS has it: ECDSA's as R and S, each as long as a coordinate.
    func sign(_ message: [UInt8], algorithm: KeyAlgorithm) async throws(RemoteSignerError) -> [UInt8]
}

/// Why a key management service did not sign. Reasons hold nothing of what was to be signed.
package enum RemoteSignerError: Error, Sendable, Hashable, CustomStringConvertible {
    case denied(reason: String)
    case unavailable(reason: String)
    /// The key there is not what the ring says.
    case unfit(reason: String)

    package var description: String {
        switch self {
        case .denied(let reason), .unavailable(let reason), .unfit(let reason): reason
        }
    }
}

/// How this process signs with the keys of its ring: itself, or by asking a key management service.
package struct KeySigners: Sendable {
    /// Answers nil for a service that this build has not.
    package let open: @Sendable (KMSReference) -> (any RemoteSigner)?

    package init(open: @escaping @Sendable (KMSReference) -> (any RemoteSigner)?) { self.open = open }

    /// Keys that are here alone.
    package static let local = KeySigners { _ in nil }

    /// - Returns: the signature as a JWS has it, of an asymmetric key.
    /// - Throws: `signer_unavailable`, `signer_denied`, `signer_unfit`; `no_signing_key` for a key that can't sign.
    package func sign(_ message: [UInt8], with key: RingKey) async throws(SecretError) -> [UInt8] {
        switch key.material {
        case .privateKey(let privateKey):
            do throws(KeyMaterialFault) {
                return try privateKey.sign(message, algorithm: key.algorithm)
            } catch {
                throw SecretError(code: "signer_unfit", message: "key \(key.id) can't sign: \(error.reason)")
            }
        case .remote(let publicKey, let reference):
            guard let signer = open(reference) else {
                throw SecretError(
                    code: "signer_unfit", message: "key \(key.id) lies in \(reference), which this build can't ask")
            }
            do throws(RemoteSignerError) {
                let signature = try await signer.sign(message, algorithm: key.algorithm)
                // A service that signs with another key than the ring names would log everybody out; better nobody in.
                let isOurs = signature.withUnsafeBytes { signature in
                    message.withUnsafeBytes { publicKey.isValid(signature, for: $0, algorithm: key.algorithm) }
                }
                guard isOurs else {
                    throw .unfit(reason: "its signature is not that of the public key in the ring")
                }
                return signature
            } catch {
                let code =
                    switch error {
                    case .denied: "signer_denied"
                    case .unavailable: "signer_unavailable"
                    case .unfit: "signer_unfit"
                    }
                throw SecretError(code: code, message: "key \(key.id): \(signer.label) did not sign: \(error)")
            }
        case .secret, .publicKey:
            throw SecretError(
                code: "no_signing_key", message: "key \(key.id) is no private key: it verifies, and can't sign this")
        }
    }
}
