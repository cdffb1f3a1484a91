package import Logging
package import Secrets
import Synchronization

/// `gcp-kms://PROJECT/LOCATION/RING/KEY/VERSION`: a version of a private key in Cloud KMS.
///
/// Cloud KMS is sent the digest of what is signed, except for Ed25519, whose signature needs the message itself. All
/// that goes and comes has its checksum. What it signs is compared with the ring's public key by `KeySigners`.
package final class GCPKMSSigner: RemoteSigner {
    private let reference: KMSReference
    private let access: Access
    /// Of the key version, which never changes.
    private let algorithm = Mutex<String?>(nil)

    private enum Access: Sendable {
        case service(GCPService, path: String)
        /// A setting makes any call impossible.
        case refused(GCPFault)
    }

    package var label: String { "Cloud KMS key \(reference)" }

    private init(reference: KMSReference, access: Access) {
        self.reference = reference
        self.access = access
    }

    /// Asks nobody yet.
    /// - Parameters:
    ///   - variables: `CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS`; credentials as `GCPCredential` lists them.
    ///   - now: seconds since the epoch.
    package static func open(
        project: String, location: String, ring: String, key: String, version: String, variables: [String: String],
        client: StoreClient, logger: Logger, now: @escaping @Sendable () -> Int64 = EpochSeconds.now
    ) -> GCPKMSSigner {
        let reference = KMSReference.gcp(
            project: project, location: location, ring: ring, key: key, version: version)
        do throws(GCPFault) {
            guard GCPSettings.isProject(project),
                [location, ring, key, version].allSatisfy({ GCPSettings.isName($0, with: "-_", upTo: 63) })
            else { throw .denied(reason: "the reference has characters that no key's name has") }
            let service = try GCPService("cloudkms", variables: variables, client: client, now: now)
            let path = """
                projects/\(PercentEncoding.encode(project))/locations/\(location)/keyRings/\(ring)/cryptoKeys/\(key)\
                /cryptoKeyVersions/\(version)
                """
            return GCPKMSSigner(reference: reference, access: .service(service, path: path))
        } catch {
            return GCPKMSSigner(reference: reference, access: .refused(error))
        }
    }

    package func publicKey() async throws(RemoteSignerError) -> PublicKey {
        let json = try await call("GET", "/publicKey")
        guard let pem = json.member(json.root, "pem").flatMap(json.utf8),
            let name = json.member(json.root, "algorithm").flatMap(json.string)
        else { throw .unavailable(reason: "Cloud KMS answered without a public key and its algorithm") }
        try Self.checked { () throws(GCPFault) in try GCPService.check(pem, json, json.root, "pemCrc32c") }
        do throws(KeyMaterialFault) {
            let key = try PublicKey(subjectPublicKeyInfo: Self.der(pem))
            algorithm.withLock { $0 = name }
            return key
        } catch {
            throw .unfit(reason: "its public key can't be used: \(error.reason)")
        }
    }

    package func sign(
        _ message: [UInt8], algorithm: KeyAlgorithm
    ) async throws(RemoteSignerError) -> [UInt8] {
        guard let form = GCPKMSSigning(message, algorithm) else {
            throw .unfit(reason: "Cloud KMS does not sign \(algorithm.rawValue)")
        }
        if self.algorithm.withLock({ $0 == nil }) { _ = try await publicKey() }
        let name = self.algorithm.withLock { $0 } ?? ""
        guard form.fits(name) else {
            throw .unfit(reason: "the key version signs \(Self.shown(name)), and the ring says \(algorithm.rawValue)")
        }
        let json = try await call("POST", ":asymmetricSign", form.body)
        guard form.isVerified(json) else {
            throw .unavailable(reason: "Cloud KMS does not say that the checksum (crc32c) was that of what it signed")
        }
        let bytes = try Self.checked { () throws(GCPFault) in
            try GCPService.bytes(json, json.root, "signature", checksum: "signatureCrc32c")
        }
        guard let signature = KMSSigning.jws(bytes, algorithm) else {
            throw .unfit(reason: "Cloud KMS answered with a signature that is none of \(algorithm.rawValue)")
        }
        return signature
    }

    private func call(
        _ method: String, _ suffix: String, _ body: [UInt8] = []
    ) async throws(RemoteSignerError) -> StrictJSON {
        let response: StoreResponse
        do throws(GCPFault) {
            switch access {
            case .refused(let fault): throw fault
            case .service(let service, let path): response = try await service.call(method, path + suffix, body)
            }
        } catch {
            throw Self.signerError(error)
        }
        switch response.status {
        case 200: return try Self.checked { () throws(GCPFault) in try GCPService.json(response) }
        case 404: throw .unfit(reason: "Cloud KMS has no such key version (404)")
        case 400 where GCPService.error(response).status == "FAILED_PRECONDITION":
            throw .unfit(reason: "the key version is not enabled (400)")
        case 400: throw .unfit(reason: "Cloud KMS does not sign so with this key version (400)")
        default: throw Self.signerError(GCPService.fault(response))
        }
    }

    private static func checked<T>(_ call: () throws(GCPFault) -> T) throws(RemoteSignerError) -> T {
        do throws(GCPFault) {
            return try call()
        } catch {
            throw signerError(error)
        }
    }

    private static func signerError(_ fault: GCPFault) -> RemoteSignerError {
        switch fault {
        case .denied(let reason): .denied(reason: reason)
        case .unavailable(let reason): .unavailable(reason: reason)
        }
    }

    /// A name of Google's, and nothing else that might stand in its place.
    private static func shown(_ name: String) -> String {
        GCPSettings.isName(name, with: "_", upTo: 64) ? name : "another algorithm"
    }

    private static func der(_ pem: [UInt8]) -> [UInt8] {
        let lines = pem.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        let text = lines.filter { $0.first != UInt8(ascii: "-") }.joined()
        return Base64.decode(Array(text)) ?? []
    }
}
