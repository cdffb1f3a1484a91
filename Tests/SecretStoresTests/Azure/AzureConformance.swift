import Foundation
import Logging
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// A fake vault with its authority and identity endpoints, the store that speaks to it, and what puts content past it.
struct AzureBench: Sendable {
    let fake: PythonFake

    init() throws { fake = try PythonFake("azure_key_vault.py") }

    /// The credential of an application.
    var application: [String: String] {
        [
            "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "app", "AZURE_CLIENT_SECRET": "app-secret",
            "AZURE_AUTHORITY_HOST": fake.origin,
        ]
    }

    func store(
        _ variables: [String: String]? = nil, name: String = "jwt",
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        now: @escaping @Sendable () -> Int64 = SteadySeconds.now, client: StoreClient = PythonFake.patientClient
    ) -> AzureStore {
        AzureStore.open(
            vault: "acme", name: name,
            variables: ["AZURE_KEYVAULT_URL": fake.origin].merging(variables ?? application) { $1 },
            client: client, logger: logger, now: now)
    }

    /// Speaks to the fake as an application does, without our code.
    @discardableResult
    func request(_ method: String, _ path: String, _ body: String = "") async throws -> StoreResponse {
        let login = try await PythonFake.patientClient.send(
            StoreRequest(
                method: "GET",
                url:
                    "\(fake.origin)/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net",
                headers: [(name: "Metadata", value: "true")]))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(login.body)) as? [String: Any])
        let token = try #require(json["access_token"] as? String)
        let response = try await PythonFake.patientClient.send(
            StoreRequest(
                method: method, url: "\(fake.origin)/\(path)?api-version=7.4",
                headers: [(name: "Authorization", value: "Bearer \(token)")], body: Array(body.utf8)))
        try #require(response.status < 300)
        return response
    }

    func put(_ bytes: [UInt8], name: String = "jwt") async throws {
        let body = JSONText.object([("value", JSONText.string(bytes))])
        try await request("PUT", "secrets/\(name)", String(decoding: body, as: UTF8.self))
    }
}

extension SourceUnderTest {
    static var azure: SourceUnderTest {
        var subject = SourceUnderTest(name: "azure") { bytes in
            let bench = try AzureBench()
            if let bytes { try await bench.put(bytes) }
            return HeldAzureStore(bench: bench)
        }
        subject.takesBinaryValues = false
        subject.denied = { try await faulty(#"{"denied":["jwt"]}"#) }
        subject.slow = { try await faulty(#"{"slow":30}"#, client: PythonFake.hastyClient) }
        subject.malformed = {
            try await faulty(#"{"fault":{"status":200,"body":"<html>","path":"/oauth2/"}}"#)
        }
        subject.unreachable = {
            let bench = try AzureBench()
            return HeldAzureStore(bench: bench, more: ["AZURE_KEYVAULT_URL": nobody])
        }
        subject.changing = { bytes in
            let bench = try AzureBench()
            try await bench.put(bytes)
            return (
                HeldAzureStore(bench: bench),
                { bytes in
                    if let bytes {
                        try await bench.put(bytes)
                    } else {
                        try await bench.request("DELETE", "secrets/jwt")
                    }
                }
            )
        }
        subject.writable = { HeldAzureStore(bench: try AzureBench()) }
        return subject
    }

    private static func faulty(
        _ control: String, client: StoreClient = PythonFake.patientClient
    ) async throws -> any SecretSource {
        let bench = try AzureBench()
        try await bench.fake.control(control)
        return HeldAzureStore(bench: bench, client: client)
    }
}

/// Keeps the fake for as long as its store.
private struct HeldAzureStore: WritableSecretStore {
    let bench: AzureBench
    let store: AzureStore

    init(
        bench: AzureBench, more: [String: String] = [:], client: StoreClient = PythonFake.patientClient
    ) {
        self.bench = bench
        store = bench.store(bench.application.merging(more) { $1 }, client: client)
    }

    var label: String { store.label }
    func read() async -> SourceReading { await store.read() }
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        try await store.write(secret, replacing: revision)
    }
}

@Suite("Azure Key Vault as a source", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct AzureConformance {
    @Test("keeps what the chain relies on", arguments: SourceCheck.all(of: [.azure]))
    func conforms(_ one: SourceCheck.Pair) async throws {
        #expect(try await one.findings() == [])
    }
}
