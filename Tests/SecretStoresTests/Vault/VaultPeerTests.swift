import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// Where the check has started the fake.
private let fakeURL = ProcessInfo.processInfo.environment["LOCKSTEP_VAULT_FAKE_URL"]

/// The half in Swift of Tests/Stores/hvac_client.py, which has put content there and looks at what is written here.
@Suite("Vault beside hvac", .enabled(if: fakeURL != nil, "run by scripts/test-stores"))
struct VaultPeerTests {
    private let first = SecretBytes(utf8: "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh")
    private let second = SecretBytes(utf8: "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE")

    private func store(_ path: String) throws -> VaultStore {
        VaultStore.open(
            mount: "secret", path: path, field: "value",
            variables: [
                "VAULT_ADDR": try #require(fakeURL), "VAULT_NAMESPACE": "team", "VAULT_ROLE_ID": "role",
                "VAULT_SECRET_ID": "secret-id",
            ], client: PythonFake.patientClient, logger: CapturedLog().logger)
    }

    @Test("what hvac wrote is read, and what it deleted is absent")
    func reads() async throws {
        let staged = StoredSecret(current: first, next: second)
        let store = try store("from-hvac/staged")
        #expect(await store.read() == .staged(staged, revision: "2"))
        #expect(await (try self.store("from-hvac/deleted")).read().reason?.contains("deleted") == true)
        // A promotion, over what hvac wrote.
        #expect(try await store.write(StoredSecret(current: second, previous: first), replacing: "2") == "3")
    }

    @Test("what is written here is hvac's to read")
    func writes() async throws {
        let store = try store("from-lockstep/staged")
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        #expect(try await store.write(StoredSecret(current: first, next: second), replacing: revision) == "2")
        let ring = SecretBytes(utf8: "{\"keys\":[\"é\\\\\"]}\n")
        _ = try await (try self.store("from-lockstep/ring")).write(StoredSecret(current: ring), replacing: nil)
    }
}
