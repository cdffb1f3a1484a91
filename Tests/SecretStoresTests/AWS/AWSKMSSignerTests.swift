import Crypto
import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

@Suite("AWS KMS")
struct AWSKMSSignerTests {
    private static let message = Array("header.payload".utf8)

    private static func signer(_ url: String) -> AWSKMSSigner {
        AWSKMSSigner.open(
            region: "eu-central-1", key: "alias/jwt",
            variables: [
                "AWS_ENDPOINT_URL_KMS": url, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "key",
            ], client: AWSTestBench.client, logger: AWSTestBench.logger, surroundings: AWSTestBench.surroundings())
    }

    /// KMS with one P-256 key: what it is asked to sign must be a digest.
    private static func kms(_ key: P256.Signing.PrivateKey) -> UpstreamServer.Handler {
        { request in
            let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: String] ?? [:]
            guard body["KeyId"] == "alias/jwt" else { return SecretsManagerFake.error("NotFoundException") }
            switch request.values("x-amz-target").first {
            case "TrentService.GetPublicKey":
                let der = key.publicKey.derRepresentation.base64EncodedString()
                return .json(#"{"KeyUsage":"SIGN_VERIFY","PublicKey":"\#(der)"}"#)
            case "TrentService.Sign":
                guard body["MessageType"] == "DIGEST", body["SigningAlgorithm"] == "ECDSA_SHA_256",
                    let digest = body["Message"].flatMap({ Data(base64Encoded: $0) }), digest == expectedDigest,
                    let signature = try? key.signature(for: SHA256.hash(data: Data(message)))
                else { return SecretsManagerFake.error("InvalidKeyUsageException") }
                return .json(#"{"Signature":"\#(signature.derRepresentation.base64EncodedString())"}"#)
            default: return SecretsManagerFake.error("InvalidAction")
            }
        }
    }

    private static let expectedDigest = Data(SHA256.hash(data: Data(message)))

    @Test("signs a digest, and its signature is a JWS's: R and S, valid for the public key that KMS gives")
    func signs() async throws {
        try await UpstreamServer.with(Self.kms(P256.Signing.PrivateKey())) { server in
            let signer = Self.signer(server.url)
            let publicKey = try await signer.publicKey()
            let signature = try await signer.sign(Self.message, algorithm: .es256)
            #expect(signature.count == 64)
            let isValid = signature.withUnsafeBytes { signature in
                Self.message.withUnsafeBytes { publicKey.isValid(signature, for: $0, algorithm: .es256) }
            }
            #expect(isValid)
        }
    }

    @Test("a key of another spec is unfit, and says so", arguments: [KeyAlgorithm.es384, .rs256, .eddsa, .hs256])
    func anotherSpec(algorithm: KeyAlgorithm) async throws {
        try await UpstreamServer.with(Self.kms(P256.Signing.PrivateKey())) { server in
            let error = await #expect(throws: RemoteSignerError.self) {
                try await Self.signer(server.url).sign(Self.message, algorithm: algorithm)
            }
            guard case .unfit = error else {
                Issue.record("expected .unfit, not \(String(describing: error))")
                return
            }
        }
    }

    @Test(
        "what KMS refuses is denied, unfit or unavailable",
        arguments: [
            ("AccessDeniedException", "denied"), ("NotFoundException", "unfit"), ("DisabledException", "unfit"),
            ("KMSInvalidStateException", "unfit"), ("ThrottlingException", "unavailable"),
            ("KMSInternalException", "unavailable"),
        ])
    func refused(code: String, expected: String) async throws {
        try await UpstreamServer.with({ _ in SecretsManagerFake.error(code) }) { server in
            let error = await #expect(throws: RemoteSignerError.self) {
                try await Self.signer(server.url).publicKey()
            }
            switch error {
            case .denied: #expect(expected == "denied")
            case .unfit: #expect(expected == "unfit")
            case .unavailable: #expect(expected == "unavailable")
            case nil: break
            }
        }
    }

    @Test("a key for encryption is unfit, and garbage is no key")
    func noSigningKey() async throws {
        for body in [#"{"KeyUsage":"ENCRYPT_DECRYPT"}"#, #"{"KeyUsage":"SIGN_VERIFY","PublicKey":"AAAA"}"#] {
            try await UpstreamServer.with({ _ in .json(body) }) { server in
                _ = await #expect(throws: RemoteSignerError.self) { try await Self.signer(server.url).publicKey() }
            }
        }
    }

    @Test(
        "each algorithm is asked for by KMS's name",
        arguments: [
            (KeyAlgorithm.rs256, "RSASSA_PKCS1_V1_5_SHA_256", "DIGEST", 32),
            (.rs512, "RSASSA_PKCS1_V1_5_SHA_512", "DIGEST", 64), (.ps384, "RSASSA_PSS_SHA_384", "DIGEST", 48),
            (.es512, "ECDSA_SHA_512", "DIGEST", 64), (.eddsa, "ED25519_SHA_512", "RAW", 14),
        ])
    func names(algorithm: KeyAlgorithm, name: String, type: String, bytes: Int) {
        let form = KMSSigning(Self.message, algorithm)
        #expect(form?.algorithm == name)
        #expect(form?.type == type)
        #expect(form?.message.count == bytes)
        #expect(KMSSigning([UInt8](repeating: 0, count: 4_097), .eddsa) == nil)
    }
}
