import Foundation
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import SecretStores

@Suite("Azure Key Vault", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct AzureStoreTests {
    private static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    private static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
    private let bench: AzureBench

    init() throws { bench = try AzureBench() }

    @Test("each kind of identity leads to the secret, and each asks for the vaults' resource alone")
    func identities() async throws {
        try await bench.put(Array(Self.first.utf8))
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try Data("federated-token\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let origin = bench.fake.origin
        for variables in [
            bench.application,
            [
                "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_ID": "app", "AZURE_FEDERATED_TOKEN_FILE": file.path,
                "AZURE_AUTHORITY_HOST": origin,
            ],
            ["IDENTITY_ENDPOINT": origin + "/msi/token", "IDENTITY_HEADER": "identity-header"],
            ["AZURE_POD_IDENTITY_AUTHORITY_HOST": origin, "AZURE_CLIENT_ID": "user-assigned"],
        ] {
            #expect(await bench.store(variables).read().foundBytes == Array(Self.first.utf8), "\(variables.keys)")
        }
        let asked = try #require(try await bench.fake.control()["asked"] as? [String])
        #expect(asked.allSatisfy { ["https://vault.azure.net", "https://vault.azure.net/.default"].contains($0) })
    }

    @Test("a wrong credential, and settings that are not whole, are refused with a reason that shows none")
    func wrongIdentities() async throws {
        let origin = bench.fake.origin
        for (variables, word) in [
            (bench.application.merging(["AZURE_CLIENT_SECRET": "wrong-secret"]) { $1 }, "client secret"),
            (["AZURE_CLIENT_SECRET": "wrong-secret"], "AZURE_TENANT_ID"),
            (["AZURE_POD_IDENTITY_AUTHORITY_HOST": origin, "AZURE_CLIENT_ID": "unknown"], "managed identity"),
            (["IDENTITY_ENDPOINT": origin + "/msi/token", "IDENTITY_HEADER": "wrong-secret"], "managed identity"),
            (bench.application.merging(["AZURE_AUTHORITY_HOST": "http://login.example.com"]) { $1 }, "AUTHORITY_HOST"),
            (bench.application.merging(["AZURE_KEYVAULT_URL": "https://vault.example.com"]) { $1 }, "not below"),
            (bench.application.merging(["AZURE_KEYVAULT_URL": "http://a.vault.azure.net"]) { $1 }, "https"),
            (bench.application.merging(["AZURE_KEYVAULT_DNS_SUFFIX": "a/b"]) { $1 }, "DNS_SUFFIX"),
        ] {
            let reading = await bench.store(variables).read()
            #expect(reading.current == nil)
            #expect(reading.reason?.contains(word) == true, "\(reading)")
            #expect(reading.reason?.contains("wrong-secret") == false)
        }
    }

    @Test(
        "a vault that asks for a token of another resource gets none at all",
        arguments: [
            "https://management.azure.com", "https://vault.azure.net.evil.example",
            "https://evil.example/vault.azure.net",
            "http://vault.azure.net", "https://azure.net", "", "https://vault.azure.cn",
        ])
    func foreignChallenge(resource: String) async throws {
        try await bench.fake.control(#"{"resource":"\#(resource)"}"#)
        guard case .denied(let reason) = await bench.store().read() else {
            Issue.record("expected .denied")
            return
        }
        #expect(reason.contains("none is sent"))
        #expect(try await bench.fake.count("tokens") == 0)
    }

    @Test(
        "a challenge is read as HTTP writes it, and not where it says a thing twice",
        arguments: [
            (#"Bearer authorization="https://l/t", resource="https://vault.azure.net""#, true),
            (#"bearer resource=https://vault.azure.net, authorization="x""#, true),
            (#"Bearer scope="https://vault.azure.net/.default""#, true),
            (#"Bearer resource="https://vault.azure.net", resource="https://vault.azure.net""#, false),
            (#"Basic resource="https://vault.azure.net""#, false),
            (#"Bearer resource="https://vault.azure.net"#, false),
            ("", false), ("Bearer ", false), (#"Bearer x="resource=https://vault.azure.net""#, false),
        ])
    func challenge(header: String, isOurs: Bool) {
        #expect(AzureChallenge.isFor("vault.azure.net", header) == isOurs)
    }

    @Test("a token is kept for most of its life, replaced ahead of its end, and at once when it was revoked")
    func tokens() async throws {
        try await bench.put(Array(Self.first.utf8))
        let before = try await bench.fake.count("tokens")
        let clock = Mutex<Int64>(0)
        let store = bench.store(now: { clock.withLock { $0 } })
        var counts: [Int] = []
        for time: Int64 in [0, 3_299, 3_300, 3_400] {
            clock.withLock { $0 = time }
            #expect(await store.read().foundBytes == Array(Self.first.utf8))
            counts.append(try await bench.fake.count("tokens") - before)
        }
        #expect(counts == [1, 1, 2, 2])
        try await bench.fake.control(#"{"revoke":true}"#)
        #expect(await store.read().foundBytes == Array(Self.first.utf8))
        #expect(try await bench.fake.count("tokens") - before == 3)
    }

    @Test("a token that can't be replaced now is used while it lasts")
    func tokenOutage() async throws {
        try await bench.put(Array(Self.first.utf8))
        let clock = Mutex<Int64>(0)
        let store = bench.store(now: { clock.withLock { $0 } })
        #expect(await store.read().foundBytes != nil)
        try await bench.fake.control(#"{"fault":{"status":500,"path":"/oauth2/"}}"#)
        clock.withLock { $0 = 3_500 }
        #expect(await store.read().foundBytes == Array(Self.first.utf8))
        clock.withLock { $0 = 3_600 }
        guard case .unavailable = await store.read() else {
            Issue.record("expected .unavailable")
            return
        }
    }

    @Test("a disabled version is absent with the reason, and is written over")
    func disabled() async throws {
        let put = try await bench.request("PUT", "secrets/jwt", #"{"value":"\#(Self.first)"}"#)
        let json = try #require(try JSONSerialization.jsonObject(with: Data(put.body)) as? [String: Any])
        let id = try #require((json["id"] as? String)?.split(separator: "/").last)
        let revision = await bench.store().read().revision
        #expect(revision == String(id))
        try await bench.request("PATCH", "secrets/jwt/\(id)", #"{"attributes":{"enabled":false}}"#)
        #expect(await bench.store().read() == .absent(reason: "its newest version is disabled"))
        let secret = StoredSecret(current: SecretBytes(utf8: Self.second))
        _ = try await bench.store().write(secret, replacing: nil)
        #expect(await bench.store().read().foundBytes == Array(Self.second.utf8))
    }

    @Test("a name that was deleted and may come back is not written to")
    func deleted() async throws {
        try await bench.put(Array(Self.first.utf8))
        try await bench.request("DELETE", "secrets/jwt")
        let error = await #expect(throws: StoreWriteError.self) {
            try await bench.store().write(StoredSecret(current: SecretBytes(utf8: Self.second)), replacing: nil)
        }
        guard case .unfit(let reason)? = error else {
            Issue.record("expected .unfit")
            return
        }
        #expect(reason.contains("purge"))
    }

    @Test("an identity that may read the secret alone is served it, and is told once what it may not read")
    func companionsDenied() async throws {
        try await bench.put(Array(Self.first.utf8))
        try await bench.put(Array(Self.second.utf8), name: "jwt-NEXT")
        try await bench.fake.control(#"{"denied":["jwt-NEXT"]}"#)
        let log = CapturedLog()
        let store = bench.store(logger: log.logger)
        for _ in 0..<3 { #expect(await store.read().foundBytes == Array(Self.first.utf8)) }
        #expect(log.lines.count == 1)
        #expect(log.lines.first?.metadata["companion"] == "jwt-NEXT")
        // A writer must see all of it.
        await #expect(throws: StoreWriteError.self) {
            try await store.write(
                StoredSecret(current: SecretBytes(utf8: Self.second)), replacing: await store.read().revision)
        }
    }

    @Test(
        "names that Key Vault does not take are refused before anybody is asked",
        arguments: ["a_b", "a.b", "a%2Fb", "a?b", "ü", String(repeating: "a", count: 119)])
    func names(name: String) async throws {
        #expect(await bench.store(name: name).read().reason?.contains("name") == true)
        #expect(try await bench.fake.count("tokens") == 0)
    }

    @Test("nothing that is logged or printed shows a token or a secret")
    func silence() async throws {
        let log = CapturedLog()
        try await bench.put(Array(Self.first.utf8))
        let store = bench.store(logger: log.logger)
        let text = "\(log.text)\(await store.read())\(store)\(String(reflecting: store))"
        for secret in [Self.first, "app-secret", "fake.access"] { #expect(!text.contains(secret) as Bool) }
    }

    @Test(
        "addresses are understood as far as a credential depends on it",
        arguments: [
            ("https://a.vault.azure.net", true), ("https://A.VAULT.AZURE.NET:443/", true),
            ("https://vault.azure.net", false), ("https://evilvault.azure.net", false),
            ("https://a.vault.azure.net.evil.example", false),
        ])
    func addresses(text: String, isBelow: Bool) throws {
        #expect(try #require(ServiceAddress(text)).isBelow("vault.azure.net") == isBelow)
    }

    @Test(
        "what is no plain address is none",
        arguments: [
            "ftp://a", "https://", "https://user@host", "https://host?x", "https://host#x", "https://a\\b",
            "https://h:x",
            "https://[::1", "host",
        ])
    func malformedAddresses(text: String) { #expect(ServiceAddress(text) == nil) }

    @Test(
        "which addresses are this machine's", arguments: ["http://127.0.0.1:1", "http://localhost", "http://[::1]:2"])
    func loopback(text: String) throws {
        #expect(try #require(ServiceAddress(text)).isLoopback)
        #expect(try #require(ServiceAddress("http://127.0.0.1.evil.example")).isLoopback == false)
    }
}
