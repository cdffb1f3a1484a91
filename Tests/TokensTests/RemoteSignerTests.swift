import Secrets
import Testing
import Tokens

@Suite("Keys in a key management service")
struct RemoteSignerTests {
    /// Signs with any key at all, or answers with an error.
    struct Service: RemoteSigner {
        let label = "the test's KMS"
        var key: PrivateKey?
        var error = RemoteSignerError.unavailable(reason: "timed out")

        func publicKey() async throws(RemoteSignerError) -> PublicKey {
            guard let key else { throw error }
            return key.publicKey
        }

        func sign(_ message: [UInt8], algorithm: KeyAlgorithm) async throws(RemoteSignerError) -> [UInt8] {
            guard let key else { throw error }
            do throws(KeyMaterialFault) {
                return try key.sign(message, algorithm: algorithm)
            } catch {
                throw .unfit(reason: error.reason)
            }
        }
    }

    static let reference = KMSReference("aws-kms://eu-central-1/alias/jwt")

    static func remote(_ key: PrivateKey, _ algorithm: KeyAlgorithm) throws -> RingKey {
        RingKey(
            id: .derived(from: key.publicKey), algorithm: algorithm,
            material: .remote(key.publicKey, try #require(reference)), state: .current)
    }

    static func issue(_ key: RingKey, _ signers: KeySigners) async throws(SecretError) -> IssuedToken {
        try await TokenIssuer(issuer: "lockstep-platform", audience: "lockstep", lifetime: 900).issue(
            AccessClaims(subject: "u-1", email: "ada@example.org", roles: ["viewer"], sessionID: "s-1"),
            ring: Keys.ring(key), signers: signers, now: now)
    }

    @Test(
        "what it signs verifies with the public key that the ring holds",
        arguments: [KeyAlgorithm.es256, .ps256, .eddsa])
    func signs(_ algorithm: KeyAlgorithm) async throws {
        let key = try PrivateKey.generate(for: algorithm)
        let held = try Self.remote(key, algorithm)
        let signers = KeySigners { $0 == Self.reference ? Service(key: key) : nil }
        #expect(try await outcome(Self.issue(held, signers).text, ring: Keys.ring(held)) == "valid")
        let probe = try await KeyProbeToken.issue(
            kid: nil, ring: Keys.ring(held), issuer: "lockstep-platform", signers: signers, now: now)
        #expect(try KeyProbeToken.verify(probe.text, ring: Keys.ring(held), now: now).keyID == held.id)
    }

    @Test("a service that signs with another key than the ring names gives no token")
    func otherKey() async throws {
        let held = try Self.remote(try .generate(for: .es256), .es256)
        let stranger = try PrivateKey.generate(for: .es256)
        let error = await #expect(throws: SecretError.self) {
            try await Self.issue(held, KeySigners { _ in Service(key: stranger) })
        }
        #expect(error?.code == "signer_unfit")
    }

    @Test(
        "why it did not sign is told by a code of its own",
        arguments: [
            (RemoteSignerError.denied(reason: "r"), "signer_denied"),
            (.unavailable(reason: "r"), "signer_unavailable"), (.unfit(reason: "r"), "signer_unfit"),
        ])
    func faults(_ error: RemoteSignerError, _ code: String) async throws {
        let held = try Self.remote(try .generate(for: .es256), .es256)
        let found = await #expect(throws: SecretError.self) {
            try await Self.issue(held, KeySigners { _ in Service(error: error) })
        }
        #expect(found?.code == code)
        #expect(found?.message.contains("the test's KMS") == true)
        let none = await #expect(throws: SecretError.self) { try await Self.issue(held, .local) }
        #expect(none?.code == "signer_unfit")
    }
}
