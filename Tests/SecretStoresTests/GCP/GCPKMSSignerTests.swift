import Secrets
import Testing

@testable import SecretStores

@Suite("Cloud KMS", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct GCPKMSSignerTests {
    private static let message = Array("header.payload".utf8)
    private let bench: GCPBench

    init() throws { bench = try GCPBench() }

    @Test(
        "signs as a JWS is signed: openssl's key, our verification",
        arguments: [
            ("EC_SIGN_P256_SHA256", KeyAlgorithm.es256), ("EC_SIGN_P384_SHA384", .es384), ("EC_SIGN_ED25519", .eddsa),
            ("RSA_SIGN_PKCS1_2048_SHA256", .rs256), ("RSA_SIGN_PSS_2048_SHA256", .ps256),
        ])
    func signs(key: String, algorithm: KeyAlgorithm) async throws {
        let signer = bench.signer(key)
        let publicKey = try await signer.publicKey()
        let signature = try await signer.sign(Self.message, algorithm: algorithm)
        let isValid = signature.withUnsafeBytes { signature in
            Self.message.withUnsafeBytes { publicKey.isValid(signature, for: $0, algorithm: algorithm) }
        }
        #expect(isValid)
    }

    @Test(
        "a key version of another algorithm is unfit, and nothing is sent to be signed",
        arguments: [
            ("EC_SIGN_P256_SHA256", KeyAlgorithm.es384), ("EC_SIGN_P256_SHA256", .rs256),
            ("EC_SIGN_P256_SHA256", .eddsa), ("EC_SIGN_P256_SHA256", .hs256), ("EC_SIGN_P256_SHA256", .es512),
            ("RSA_SIGN_PKCS1_2048_SHA256", .ps256), ("RSA_SIGN_PKCS1_2048_SHA256", .rs512),
        ])
    func otherAlgorithm(key: String, algorithm: KeyAlgorithm) async throws {
        try await bench.fake.control(#"{"fault":{"status":500,"path":"asymmetricSign"}}"#)
        let error = await #expect(throws: RemoteSignerError.self) {
            try await bench.signer(key).sign(Self.message, algorithm: algorithm)
        }
        guard case .unfit = error else {
            Issue.record("expected .unfit, not \(String(describing: error))")
            return
        }
    }

    @Test(
        "a public key and a signature with a wrong or missing checksum are not used", arguments: ["wrong", "missing"])
    func checksums(state: String) async throws {
        let signer = bench.signer("EC_SIGN_P256_SHA256")
        try await bench.fake.control(#"{"crc":"\#(state)"}"#)
        let unread = await #expect(throws: RemoteSignerError.self) { try await signer.publicKey() }
        #expect(unread?.description.contains("crc32c") == true)
        try await bench.fake.control(#"{"crc":null}"#)
        _ = try await signer.publicKey()
        try await bench.fake.control(#"{"crc":"\#(state)"}"#)
        let unsigned = await #expect(throws: RemoteSignerError.self) {
            try await signer.sign(Self.message, algorithm: .es256)
        }
        #expect(unsigned?.description.contains("crc32c") == true)
    }

    @Test(
        "what Cloud KMS refuses is denied, unfit or unavailable",
        arguments: [
            (#"{"status":403}"#, "denied"), (#"{"status":401}"#, "denied"), (#"{"status":404}"#, "unfit"),
            (#"{"status":400}"#, "unfit"), (#"{"status":429}"#, "unavailable"), (#"{"status":503}"#, "unavailable"),
            (#"{"status":200,"body":"<html>"}"#, "unavailable"),
        ])
    func refused(fault: String, expected: String) async throws {
        try await bench.fake.control(#"{"fault":\#(fault)}"#)
        let error = await #expect(throws: RemoteSignerError.self) {
            try await bench.signer("EC_SIGN_P256_SHA256").sign(Self.message, algorithm: .es256)
        }
        switch error {
        case .denied: #expect(expected == "denied")
        case .unfit: #expect(expected == "unfit")
        case .unavailable: #expect(expected == "unavailable")
        case nil: break
        }
    }
}
