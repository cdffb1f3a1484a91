import AsyncHTTPClient
import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// The fake that `Tests/Stores/google_client.py` has started, and filled with Google's own client.
private let googleAddress = ProcessInfo.processInfo.environment["LOCKSTEP_GOOGLE_URL"]

@Suite(
    "What Google's own client wrote",
    .enabled(if: googleAddress != nil, "scripts/test-stores starts the fake, and runs these tests against it"))
struct GoogleClientTests {
    private static let first = SecretBytes(utf8: "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh")
    private static let second = SecretBytes(utf8: "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE")

    private func store(_ name: String, version: String? = nil) throws -> GCPSecretStore {
        GCPSecretStore.open(
            project: "acme", name: name, version: version,
            variables: [
                "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": try #require(googleAddress),
                "CLOUDSDK_AUTH_ACCESS_TOKEN": "user-token",
            ],
            client: StoreClient(http: .shared), logger: GCPBench.silent)
    }

    @Test("is read: values, bytes, companions, a version by its number, one that was disabled")
    func read() async throws {
        let staged = StoredSecret(current: Self.second, next: Self.first)
        #expect(try await store("from-google").read() == .staged(staged, revision: "2 next=1"))
        #expect(try await store("from-google", version: "1").read() == .found(Self.first, revision: "1"))
        #expect(try await store("from-google-bytes").read() == .found(SecretBytes([0xFF, 0, 1, 0x80]), revision: "1"))
        let disabled = try await store("from-google-disabled").read()
        #expect(disabled.reason?.contains("disabled") == true, "\(disabled)")
    }

    @Test("and what is written here it reads afterwards")
    func written() async throws {
        let raw = try store("from-lockstep")
        var revision = try await raw.write(StoredSecret(current: Self.first), replacing: nil)
        revision = try await raw.write(StoredSecret(current: Self.first, next: Self.second), replacing: revision)
        revision = try await raw.write(StoredSecret(current: Self.second, previous: Self.first), replacing: revision)
        #expect(revision == "2 previous=1")
        _ = try await store("from-lockstep-ring").write(
            StoredSecret(current: SecretBytes(utf8: "{\"keys\":[\"é\"]}\n")), replacing: nil)
    }
}
