import Foundation
import Secrets
import TestSupport
import Testing

@testable import SecretStores

@Suite("Vault behind a certificate of its own", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct VaultTrustTests {
    private static let secret = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    private let bench: VaultBench

    init() throws { bench = try VaultBench(isEncrypted: true) }

    private func store(
        authority: String?, now: @escaping @Sendable () -> Int64 = SteadySeconds.now
    ) throws -> VaultStore {
        var variables = ["VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "secret-id", "VAULT_NAMESPACE": "team"]
        let origin = try #require(bench.fake.encryptedOrigin)
        variables["VAULT_ADDR"] = origin
        variables["VAULT_CACERT"] = authority
        return bench.store(variables, now: now)
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = bench.fake.folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private var authority: URL { bench.fake.folder.appendingPathComponent("certificate.pem") }

    @Test("with the authority's file it is read")
    func trusted() async throws {
        try await bench.put(Array(Self.secret.utf8))
        #expect(try await store(authority: authority.path).read().foundBytes == Array(Self.secret.utf8))
    }

    @Test("without it, and with another authority's, the fault names VAULT_CACERT, and no credential was sent")
    func untrusted() async throws {
        let other = try VaultBench(isEncrypted: true)
        let foreign = other.fake.folder.appendingPathComponent("certificate.pem").path
        for path in [nil, foreign] {
            guard case .unavailable(let reason) = try await store(authority: path).read() else {
                Issue.record("expected .unavailable with \(path ?? "no file")")
                continue
            }
            #expect(reason.contains("certificate not trusted"))
            #expect(reason.contains("set VAULT_CACERT"))
            #expect(path.map(reason.contains) ?? true)
        }
        #expect(try await bench.fake.count("logins") == 0)
    }

    @Test("a file that is not there, is none, or holds no certificate is named with the variable")
    func unusable() async throws {
        let folder = bench.fake.folder.path
        for (path, word) in [
            (folder + "/nowhere.pem", "no such file"), (folder, "no regular file"),
            (try file("text.pem", "no certificate"), "no certificate in PEM"), (try file("empty.pem", ""), "PEM"),
            (folder + "/key.pem", "no certificate in PEM"),
        ] {
            let reason = try await store(authority: path).read().reason ?? ""
            #expect(reason.contains("VAULT_CACERT"))
            #expect(reason.contains(path))
            #expect(reason.contains(word))
        }
    }

    @Test("an authority that takes the place of another counts without a restart")
    func replaced() async throws {
        try await bench.put(Array(Self.secret.utf8))
        let path = try file("authority.pem", "not yet")
        let clock = ManualClock(0)
        let store = try store(authority: path, now: { clock.now })
        #expect(await store.read().reason?.contains("VAULT_CACERT") == true)
        try Data(contentsOf: authority).write(to: URL(fileURLWithPath: path))
        clock.advance(1)
        #expect(await store.read().foundBytes == Array(Self.secret.utf8))
    }
}
