import Foundation
import Logging
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// A fake Vault, the store that speaks to it, and what puts content past the store.
struct VaultBench: Sendable {
    static let rootToken = "root-token"
    let fake: PythonFake

    init(isEncrypted: Bool = false) throws { fake = try PythonFake("vault_kv.py", isEncrypted: isEncrypted) }

    func store(
        _ variables: [String: String] = ["VAULT_TOKEN": rootToken], path: String = "team/jwt", mount: String = "secret",
        field: String = "value", logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        now: @escaping @Sendable () -> Int64 = SteadySeconds.now, client: StoreClient = PythonFake.patientClient
    ) -> VaultStore {
        VaultStore.open(
            mount: mount, path: path, field: field, variables: ["VAULT_ADDR": fake.origin].merging(variables) { $1 },
            client: client, logger: logger, now: now)
    }

    func request(_ method: String, _ path: String, _ body: String = "") async throws {
        let response = try await PythonFake.patientClient.send(
            StoreRequest(
                method: method, url: "\(fake.origin)/v1/\(path)",
                headers: [(name: "X-Vault-Token", value: Self.rootToken)], body: Array(body.utf8)))
        try #require(response.status < 300)
    }

    func put(_ bytes: [UInt8], field: String = "value", path: String = "team/jwt") async throws {
        let data = JSONText.object([(field, JSONText.string(bytes)), ("other", Array("[1, 2]".utf8))])
        try await request(
            "POST", "secret/data/\(path)", String(decoding: JSONText.object([("data", data)]), as: UTF8.self))
    }
}

extension SourceUnderTest {
    static var vault: SourceUnderTest {
        var subject = SourceUnderTest(name: "vault") { bytes in
            let bench = try VaultBench()
            if let bytes { try await bench.put(bytes) }
            return HeldVaultStore(bench: bench)
        }
        subject.takesBinaryValues = false
        subject.denied = { try await faulty(#"{"fault":{"status":403}}"#) }
        subject.slow = { try await faulty(#"{"slow":30}"#, client: PythonFake.hastyClient) }
        subject.malformed = { try await faulty(#"{"fault":{"status":200,"body":"<html>","path":"data"}}"#) }
        subject.unreachable = {
            let bench = try VaultBench()
            return HeldVaultStore(bench: bench, variables: ["VAULT_TOKEN": VaultBench.rootToken, "VAULT_ADDR": nobody])
        }
        subject.changing = { bytes in
            let bench = try VaultBench()
            try await bench.put(bytes)
            return (
                HeldVaultStore(bench: bench),
                { bytes in
                    if let bytes {
                        try await bench.put(bytes)
                    } else {
                        try await bench.request("DELETE", "secret/data/team/jwt")
                    }
                }
            )
        }
        subject.writable = { HeldVaultStore(bench: try VaultBench()) }
        return subject
    }

    private static func faulty(
        _ control: String, client: StoreClient = PythonFake.patientClient
    ) async throws -> any SecretSource {
        let bench = try VaultBench()
        try await bench.fake.control(control)
        return HeldVaultStore(bench: bench, client: client)
    }
}

/// Keeps the fake for as long as its store.
private struct HeldVaultStore: WritableSecretStore {
    let bench: VaultBench
    let store: VaultStore

    init(
        bench: VaultBench, variables: [String: String] = ["VAULT_TOKEN": VaultBench.rootToken],
        client: StoreClient = PythonFake.patientClient
    ) {
        self.bench = bench
        store = bench.store(variables, client: client)
    }

    var label: String { store.label }
    func read() async -> SourceReading { await store.read() }
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        try await store.write(secret, replacing: revision)
    }
}

@Suite("Vault as a source", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct VaultConformance {
    @Test("keeps what the chain relies on", arguments: SourceCheck.all(of: [.vault]))
    func conforms(_ one: SourceCheck.Pair) async throws {
        #expect(try await one.findings() == [])
    }
}
