import AsyncHTTPClient
import Crypto
import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// What `Tests/Stores/aws_moto.py` has started: a simulated AWS that checks signatures and policies.
private struct Moto {
    let url: String
    /// May do everything here.
    let allowed: (id: String, key: String)
    /// May describe secrets, and not read them.
    let describing: (id: String, key: String)
    let kmsKey: String

    static let current: Moto? = {
        let variables = ProcessInfo.processInfo.environment
        guard let url = variables["LOCKSTEP_MOTO_URL"], let id = variables["LOCKSTEP_MOTO_ALLOWED_ID"],
            let key = variables["LOCKSTEP_MOTO_ALLOWED_KEY"], let otherID = variables["LOCKSTEP_MOTO_DESCRIBING_ID"],
            let otherKey = variables["LOCKSTEP_MOTO_DESCRIBING_KEY"], let kmsKey = variables["LOCKSTEP_MOTO_KMS_KEY"]
        else { return nil }
        return Moto(url: url, allowed: (id, key), describing: (otherID, otherKey), kmsKey: kmsKey)
    }()

    func variables(_ credentials: (id: String, key: String)) -> [String: String] {
        [
            "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": credentials.id, "AWS_SECRET_ACCESS_KEY": credentials.key,
        ]
    }

    func store(_ name: String, as credentials: (id: String, key: String)? = nil) -> AWSSecretStore {
        AWSSecretStore.open(
            region: "eu-central-1", name: name, variables: variables(credentials ?? allowed),
            client: StoreClient(http: .shared), logger: AWSTestBench.logger)
    }
}

@Suite(
    "AWS as moto simulates it",
    .enabled(if: Moto.current != nil, "scripts/test-stores starts moto, and runs these tests against it"))
struct MotoTests {
    private typealias Bench = AWSTestBench
    private static let first = Bench.bytes(Bench.first)
    private static let second = Bench.bytes(Bench.second)

    @Test("a rotation moves the labels as on AWS")
    func rotation() async throws {
        let store = try #require(Moto.current).store("rotation/\(UUID().uuidString)")
        guard case .absent = await store.read() else {
            Issue.record("expected .absent")
            return
        }
        var revision: String?
        for step in [
            StoredSecret(current: Self.first), StoredSecret(current: Self.first, next: Self.second),
            StoredSecret(current: Self.second, previous: Self.first),
            StoredSecret(current: Self.first, next: Self.second),
            StoredSecret(current: Self.second, previous: Self.first), StoredSecret(current: Self.second),
        ] {
            let before = revision
            revision = try await store.write(step, replacing: before)
            let reading = await store.read()
            #expect(reading.stored == step)
            #expect(reading.revision == revision)
            if let before {
                await #expect(throws: StoreWriteError.changed) {
                    try await store.write(StoredSecret(current: Self.first), replacing: before)
                }
            }
            await #expect(throws: StoreWriteError.changed) { try await store.write(step, replacing: nil) }
        }
    }

    @Test("what boto3 wrote is read, stages and bytes; what is written here, boto3 reads afterwards")
    func exchanged() async throws {
        let moto = try #require(Moto.current)
        let staged = StoredSecret(
            current: Self.second, next: Bench.bytes(Bench.third), previous: Self.first)
        #expect(await moto.store("from-boto3/staged").read().stored == staged)
        #expect(
            await moto.store("from-boto3/binary").read().stored
                == StoredSecret(current: SecretBytes([0xFF, 0, 1, 0x80])))
        let revision = try await moto.store("from-lockstep/staged").write(
            StoredSecret(current: Self.first, next: Self.second), replacing: nil)
        #expect(revision.contains("next="))
        _ = try await moto.store("from-lockstep/ring").write(
            StoredSecret(current: Bench.bytes("{\"keys\":[\"é\\\\\"]}\n")), replacing: nil)
        _ = try await moto.store("from-lockstep/binary").write(
            StoredSecret(current: SecretBytes([0xFF, 0, 1, 0x80])), replacing: nil)
    }

    @Test("a wrong key, an unknown one and a policy without the action are denied")
    func denied() async throws {
        let moto = try #require(Moto.current)
        for credentials in [
            (moto.allowed.id, "wrong/key/of/the/same/length/as/a/real/one"), ("AKIAUNKNOWNUNKNOWN00", "x"),
            moto.describing,
        ] {
            let reading = await moto.store("from-boto3/staged", as: credentials).read()
            guard case .denied = reading else {
                Issue.record("expected .denied, not \(reading)")
                return
            }
        }
    }

    @Test("KMS gives its public key and signs; a key it has not, and an algorithm of another spec, are unfit")
    func kms() async throws {
        let moto = try #require(Moto.current)
        func signer(_ key: String) -> AWSKMSSigner {
            AWSKMSSigner.open(
                region: "eu-central-1", key: key, variables: moto.variables(moto.allowed),
                client: StoreClient(http: .shared), logger: Bench.logger)
        }
        let publicKey = try await signer(moto.kmsKey).publicKey()
        #expect(publicKey.fits(.es256))
        let message = Array("header.payload".utf8)
        let signature = try await signer(moto.kmsKey).sign(message, algorithm: .es256)
        // moto takes a digest for a message, and hashes it again; AWS does not.
        let isValid = signature.withUnsafeBytes { signature in
            Array(SHA256.hash(data: message)).withUnsafeBytes {
                publicKey.isValid(signature, for: $0, algorithm: .es256)
            }
        }
        #expect(isValid)
        await #expect(throws: RemoteSignerError.self) { try await signer(moto.kmsKey).sign(message, algorithm: .es384) }
        await #expect(throws: RemoteSignerError.unfit(reason: "KMS has no such key there")) {
            try await signer("alias/none").publicKey()
        }
    }
}
