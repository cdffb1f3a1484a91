package import Logging
package import Secrets

/// `aws-kms://REGION/KEY`: a private key in AWS KMS, named by its id, its ARN or `alias/NAME`.
///
/// KMS is sent the digest of what is signed, except for Ed25519, whose signature needs the message itself. What it
/// signs is compared with the ring's public key by `KeySigners`.
package struct AWSKMSSigner: RemoteSigner {
    let region: String
    let key: String
    let access: Access

    enum Access: Sendable {
        case service(AWSService)
        /// A setting makes any call impossible.
        case refused(reason: String)
    }

    /// Bytes that KMS takes where it must see the message itself.
    static let maximumMessage = 4_096

    package var label: String { "AWS KMS key \(key) in \(region)" }

    /// Asks nobody yet.
    /// - Parameter variables: credentials as `AWSCredentialSource` lists them; `AWS_ENDPOINT_URL_KMS`,
    ///   `AWS_ENDPOINT_URL`.
    package static func open(
        region: String, key: String, variables: [String: String], client: StoreClient, logger: Logger,
        surroundings: AWSSurroundings = .system
    ) -> AWSKMSSigner {
        do throws(AWSFault) {
            let service = try AWSService.open(
                "kms", target: "TrentService", setting: "KMS", region: region, variables: variables, client: client,
                surroundings: surroundings)
            return AWSKMSSigner(region: region, key: key, access: .service(service))
        } catch {
            return AWSKMSSigner(region: region, key: key, access: .refused(reason: error.reason))
        }
    }

    package func publicKey() async throws(RemoteSignerError) -> PublicKey {
        let json = try await call("GetPublicKey", [])
        guard json.member(json.root, "KeyUsage").map({ json.equals($0, "SIGN_VERIFY") }) == true else {
            throw .unfit(reason: "it is no key for signing (SIGN_VERIFY)")
        }
        guard let der = json.member(json.root, "PublicKey").flatMap(json.utf8).flatMap(Base64.decode) else {
            throw .unavailable(reason: "KMS answered without a public key")
        }
        do throws(KeyMaterialFault) {
            return try PublicKey(subjectPublicKeyInfo: der)
        } catch {
            throw .unfit(reason: "its public key can't be used: \(error.reason)")
        }
    }

    package func sign(
        _ message: [UInt8], algorithm: KeyAlgorithm
    ) async throws(RemoteSignerError) -> [UInt8] {
        guard let form = KMSSigning(message, algorithm) else {
            throw .unfit(
                reason: algorithm == .eddsa
                    ? "KMS signs at most \(Self.maximumMessage) bytes with Ed25519"
                    : "KMS does not sign \(algorithm.rawValue)")
        }
        let json = try await call(
            "Sign",
            [
                ("Message", .text(Base64.encode(form.message))), ("MessageType", .text(form.type)),
                ("SigningAlgorithm", .text(form.algorithm)),
            ])
        guard let bytes = json.member(json.root, "Signature").flatMap(json.utf8).flatMap(Base64.decode) else {
            throw .unavailable(reason: "KMS answered without a signature")
        }
        guard let signature = KMSSigning.jws(bytes, algorithm) else {
            throw .unfit(reason: "KMS answered with a signature that is none of \(algorithm.rawValue)")
        }
        return signature
    }

    private func call(
        _ operation: String, _ members: [(name: String, value: AWSRequestBody.Value)]
    ) async throws(RemoteSignerError) -> StrictJSON {
        switch access {
        case .refused(let reason): throw .denied(reason: reason)
        case .service(let service):
            do throws(AWSFault) {
                return try await service.call(operation, AWSRequestBody([("KeyId", .text(key))] + members))
            } catch {
                throw Self.signerError(error)
            }
        }
    }

    static func signerError(_ fault: AWSFault) -> RemoteSignerError {
        switch fault.kind {
        case .absent: return .unfit(reason: "KMS has no such key there")
        case .denied, .expiredCredentials: return .denied(reason: fault.reason)
        case .invalidRequest: return .unfit(reason: "KMS does not sign so with this key (another usage or key spec)")
        case .throttled, .exists: return .unavailable(reason: fault.reason)
        case .other:
            switch fault {
            case .refused("InvalidKeyUsageException", _):
                return .unfit(reason: "KMS does not sign so with this key (another usage or key spec)")
            case .refused("DisabledException", _), .refused("KMSInvalidStateException", _):
                return .unfit(reason: "the key is disabled, or scheduled for deletion")
            case .noCredentials(let reason): return .denied(reason: reason)
            case .refused, .unavailable: return .unavailable(reason: fault.reason)
            }
        }
    }
}
