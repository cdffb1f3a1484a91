import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// Where the check has started the fake.
private let fakeURL = ProcessInfo.processInfo.environment["LOCKSTEP_AZURE_FAKE_URL"]

/// The half in Swift of Tests/Stores/azure_client.py, which has put content there and looks at what is written here.
@Suite("Azure beside Microsoft's clients", .enabled(if: fakeURL != nil, "run by scripts/test-stores"))
struct AzurePeerTests {
    private let first = SecretBytes(utf8: "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh")
    private let second = SecretBytes(utf8: "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE")

    private func store(_ name: String) throws -> AzureStore {
        let url = try #require(fakeURL)
        return AzureStore.open(
            vault: "acme", name: name,
            variables: [
                "AZURE_KEYVAULT_URL": url, "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "app",
                "AZURE_CLIENT_SECRET": "app-secret", "AZURE_AUTHORITY_HOST": url,
            ], client: PythonFake.patientClient, logger: CapturedLog().logger)
    }

    @Test("what Microsoft's client wrote is read, and what it disabled is absent")
    func reads() async throws {
        let store = try store("from-microsoft")
        let reading = await store.read()
        #expect(reading.stored == StoredSecret(current: first, next: second))
        #expect(await (try self.store("from-microsoft-disabled")).read().reason?.contains("disabled") == true)
        // A promotion, over what Microsoft's client wrote.
        let promoted = StoredSecret(current: second, previous: first)
        _ = try await store.write(promoted, replacing: reading.revision)
        #expect(await store.read().stored == promoted)
    }

    @Test("what is written here is Microsoft's client's to read")
    func writes() async throws {
        let store = try store("from-lockstep")
        let revision = try await store.write(StoredSecret(current: first), replacing: nil)
        _ = try await store.write(StoredSecret(current: first, next: second), replacing: revision)
        let ring = SecretBytes(utf8: "{\"keys\":[\"é\\\\\"]}\n")
        _ = try await (try self.store("from-lockstep-ring")).write(StoredSecret(current: ring), replacing: nil)
    }
}
