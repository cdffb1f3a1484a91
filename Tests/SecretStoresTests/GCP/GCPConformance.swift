import Foundation
import Logging
import Secrets
import TestSupport
import Testing

@testable import SecretStores

/// A fake Google, stores and signers that speak to it, and what puts content past them.
struct GCPBench: Sendable {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let token = ["CLOUDSDK_AUTH_ACCESS_TOKEN": "user-token"]
    let fake: PythonFake

    init() throws { fake = try PythonFake("gcp_secret_manager.py") }

    func variables(_ credentials: [String: String]) -> [String: String] {
        [
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": fake.origin + "/",
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS": fake.origin + "/",
        ].merging(credentials) { $1 }
    }

    func store(
        _ credentials: [String: String] = token, name: String = "jwt", version: String? = nil, logger: Logger = silent,
        now: @escaping @Sendable () -> Int64 = EpochSeconds.now, client: StoreClient = PythonFake.patientClient
    ) -> GCPSecretStore {
        GCPSecretStore.open(
            project: "acme", name: name, version: version, variables: variables(credentials),
            client: client, logger: logger, now: now)
    }

    func signer(_ key: String, credentials: [String: String] = token) -> GCPKMSSigner {
        GCPKMSSigner.open(
            project: "acme", location: "global", ring: "suite", key: key, version: "1",
            variables: variables(credentials), client: PythonFake.patientClient, logger: Self.silent)
    }

    func plant(_ bytes: [UInt8], name: String = "jwt") async throws {
        try await fake.control(#"{"plant":{"name":"\#(name)","data":"\#(Base64.encode(bytes))"}}"#)
    }

    @discardableResult
    func request(_ method: String, _ path: String, _ body: String = "") async throws -> StoreResponse {
        try await PythonFake.patientClient.send(
            StoreRequest(
                method: method, url: "\(fake.origin)/v1/projects/acme/secrets/\(path)",
                headers: [(name: "Authorization", value: "Bearer user-token")], body: Array(body.utf8)))
    }
}

extension SourceUnderTest {
    static var gcp: SourceUnderTest {
        var subject = SourceUnderTest(name: "gcp") { bytes in
            let bench = try GCPBench()
            if let bytes { try await bench.plant(bytes) }
            return HeldGCPStore(bench: bench)
        }
        subject.denied = { try await faulty(#"{"fault":{"status":403}}"#) }
        subject.slow = {
            let bench = try GCPBench()
            try await bench.fake.control(#"{"slow":30}"#)
            var held = HeldGCPStore(bench: bench)
            held.store = bench.store(client: PythonFake.hastyClient)
            return held
        }
        subject.malformed = { try await faulty(#"{"crc":"wrong"}"#) }
        subject.unreachable = {
            let bench = try GCPBench()
            var held = HeldGCPStore(bench: bench)
            held.store = bench.store(
                GCPBench.token.merging(["CLOUDSDK_API_ENDPOINT_OVERRIDES_SECRETMANAGER": nobody]) { $1 },
                client: PythonFake.hastyClient)
            return held
        }
        subject.pinned = { first, second in
            let bench = try GCPBench()
            try await bench.plant(first)
            try await bench.plant(second)
            var held = HeldGCPStore(bench: bench)
            held.store = bench.store(version: "1")
            return held
        }
        subject.changing = { bytes in
            let bench = try GCPBench()
            try await bench.plant(bytes)
            return (
                HeldGCPStore(bench: bench),
                { bytes in
                    if let bytes {
                        try await bench.plant(bytes)
                    } else {
                        try await bench.fake.control(#"{"forget":"jwt"}"#)
                    }
                }
            )
        }
        subject.writable = { HeldGCPStore(bench: try GCPBench()) }
        return subject
    }

    private static func faulty(_ control: String) async throws -> any SecretSource {
        let bench = try GCPBench()
        try await bench.plant(Array("Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh".utf8))
        try await bench.fake.control(control)
        return HeldGCPStore(bench: bench)
    }
}

/// Keeps the fake for as long as its store.
private struct HeldGCPStore: WritableSecretStore {
    let bench: GCPBench
    var store: GCPSecretStore

    init(bench: GCPBench) {
        self.bench = bench
        store = bench.store()
    }

    var label: String { store.label }
    func read() async -> SourceReading { await store.read() }
    func write(_ secret: StoredSecret, replacing revision: String?) async throws(StoreWriteError) -> String {
        try await store.write(secret, replacing: revision)
    }
}

@Suite("Google's Secret Manager as a source", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct GCPConformance {
    @Test("keeps what the chain relies on", arguments: SourceCheck.all(of: [.gcp]))
    func conforms(_ one: SourceCheck.Pair) async throws {
        #expect(try await one.findings() == [])
    }
}
