import Foundation
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import SecretStores

@Suite("Vault", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct VaultStoreTests {
    private static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    private static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
    private let bench: VaultBench

    init() throws { bench = try VaultBench() }

    private static let appRole = ["VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "secret-id"]

    @Test("each way to log in leads to the secret")
    func logins() async throws {
        try await bench.put(Array(Self.first.utf8))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ text: String) throws -> String {
            let path = folder.appendingPathComponent(name).path
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return path
        }
        let token = try file(".vault-token", "root-token\n")
        for variables in [
            ["VAULT_TOKEN": "root-token"], ["VAULT_TOKEN_FILE": token], ["HOME": folder.path], Self.appRole,
            ["VAULT_ROLE_ID": "role", "VAULT_SECRET_ID_FILE": try file("secret-id", "secret-id\n")],
            ["VAULT_K8S_ROLE": "app", "VAULT_K8S_TOKEN_FILE": try file("pod", "pod-token")],
            ["VAULT_TOKEN": "root-token", "VAULT_NAMESPACE": "team"],
        ] {
            #expect(await bench.store(variables).read().foundBytes == Array(Self.first.utf8), "\(variables.keys)")
        }
    }

    @Test(
        "a login that is wrong, or not clear, is refused with a reason that shows no credential",
        arguments: [
            (["VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "wrong-secret-id"], "refused the login"),
            (["VAULT_ROLE_ID": "role"], "VAULT_SECRET_ID[_FILE] is not"),
            (["VAULT_TOKEN": "wrong-token"], "403"), (["VAULT_TOKEN_FILE": "/nowhere/token"], "no such file"),
            (["VAULT_TOKEN": "wrong-token", "VAULT_TOKEN_FILE": "/x"], "both set"),
            (["VAULT_TOKEN": "wrong-token", "VAULT_ROLE_ID": "role", "VAULT_SECRET_ID": "s"], "both set"),
            (["VAULT_K8S_ROLE": "app", "VAULT_K8S_TOKEN_FILE": "/nowhere"], "no such file"),
            (["VAULT_TOKEN": "root-token", "VAULT_NAMESPACE": "other"], "403"),
            (["VAULT_TOKEN": "root-token", "VAULT_NAMESPACE": "a\r\nX-Evil: 1"], "VAULT_NAMESPACE"),
            (["VAULT_TOKEN": "root\r\nX-Evil: 1"], "characters"), ([:], "no way to log in"),
            (["VAULT_TOKEN": "root-token", "VAULT_ADDR": "ftp://x"], "VAULT_ADDR"),
            (["VAULT_TOKEN": "root-token", "VAULT_ADDR": ""], "VAULT_ADDR is not set"),
        ])
    func wrongLogin(variables: [String: String], word: String) async {
        let reading = await bench.store(variables).read()
        #expect(reading.reason?.contains(word) == true, "\(reading)")
        for (name, value) in variables where name.hasPrefix("VAULT_TOKEN") && name != "VAULT_TOKEN_FILE" {
            #expect(reading.reason?.contains(value) == false)
        }
        #expect(reading.reason?.contains("wrong-secret-id") == false)
    }

    @Test("a login is renewed ahead of its end, and replaced near its longest life: never asked for more than that")
    func renewal() async throws {
        try await bench.put(Array(Self.first.utf8))
        try await bench.fake.control(#"{"lease":{"seconds":90,"renewable":true,"max":200}}"#)
        let clock = Mutex<Int64>(0)
        let store = bench.store(Self.appRole, now: { clock.withLock { $0 } })
        var counts: [[Int]] = []
        for time in [0, 30, 60, 90, 120, 150, 180, 195] {
            clock.withLock { $0 = Int64(time) }
            try await bench.fake.control(#"{"clock":\#(time)}"#)
            #expect(await store.read().foundBytes == Array(Self.first.utf8), "at \(time)")
            counts.append([try await bench.fake.count("logins"), try await bench.fake.count("renewals")])
        }
        #expect(counts == [[1, 0], [1, 0], [1, 1], [1, 1], [1, 2], [1, 2], [1, 3], [2, 3]])
    }

    @Test("a token that was revoked is replaced by a new login, once")
    func revoked() async throws {
        try await bench.put(Array(Self.first.utf8))
        let clock = Mutex<Int64>(0)
        let store = bench.store(Self.appRole, now: { clock.withLock { $0 } })
        #expect(await store.read().foundBytes != nil)
        try await bench.fake.control(#"{"revoke":true}"#)
        clock.withLock { $0 = 61 }
        #expect(await store.read().foundBytes == Array(Self.first.utf8))
        #expect(try await bench.fake.count("logins") == 2)
    }

    @Test("a refusal right after the login is about the login's rights: it is not asked for again")
    func noRights() async throws {
        try await bench.put(Array(Self.first.utf8))
        let clock = Mutex<Int64>(0)
        let store = bench.store(Self.appRole, now: { clock.withLock { $0 } })
        try await bench.fake.control(#"{"fault":{"status":403,"path":"data"}}"#)
        clock.withLock { $0 = VaultToken.trust - 1 }
        #expect(await store.read().reason?.contains("403") == true)
        #expect(try await bench.fake.count("logins") == 1)
    }

    @Test("a renewal that Vault refuses becomes a login")
    func renewalRefused() async throws {
        try await bench.put(Array(Self.first.utf8))
        try await bench.fake.control(#"{"lease":{"seconds":90,"renewable":true}}"#)
        let clock = Mutex<Int64>(0)
        let store = bench.store(Self.appRole, now: { clock.withLock { $0 } })
        #expect(await store.read().foundBytes != nil)
        clock.withLock { $0 = 60 }
        try await bench.fake.control(#"{"fault":{"status":400,"path":"renew-self"}}"#)
        #expect(await store.read().foundBytes == Array(Self.first.utf8))
        #expect(try await bench.fake.count("logins") == 2)
    }

    @Test("while nobody answers a renewal the token at hand is used, and the renewal tried again")
    func renewalUnanswered() async throws {
        try await bench.put(Array(Self.first.utf8))
        try await bench.fake.control(#"{"lease":{"seconds":90,"renewable":true}}"#)
        let log = CapturedLog()
        let clock = Mutex<Int64>(0)
        let store = bench.store(Self.appRole, logger: log.logger, now: { clock.withLock { $0 } })
        #expect(await store.read().foundBytes != nil)
        clock.withLock { $0 = 60 }
        // The fault of these answers is one that the client does not wait out.
        try await bench.fake.control(#"{"fault":{"status":501,"path":"renew-self"}}"#)
        #expect(await store.read().foundBytes == Array(Self.first.utf8))
        #expect(log.text.contains("still works"))
        try await bench.fake.control(#"{"fault":null}"#)
        clock.withLock { $0 = 61 }
        #expect(await store.read().foundBytes == Array(Self.first.utf8))
        #expect(try await bench.fake.count("renewals") == 1)
        #expect(try await bench.fake.count("logins") == 1)
    }

    @Test("many readers at once make one login")
    func singleFlight() async throws {
        try await bench.put(Array(Self.first.utf8))
        let store = bench.store(Self.appRole)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { await store.read().foundBytes != nil } }
            for await isFound in group { #expect(isFound) }
        }
        #expect(try await bench.fake.count("logins") == 1)
    }

    @Test(
        "statuses mean what they mean at Vault",
        arguments: [
            (#"{"status":403}"#, "denied"), (#"{"status":429}"#, "429"), (#"{"status":503}"#, "sealed"),
            (#"{"status":473}"#, "standby"), (#"{"status":500}"#, "500"),
            (#"{"status":307,"location":"http://127.0.0.1:1/"}"#, "standby"),
            (#"{"status":200,"body":"{\"data\":{}}"}"#, "version 2"),
        ])
    func statuses(fault: String, word: String) async throws {
        try await bench.fake.control(#"{"fault":\#(fault.dropLast()),"path":"data"}}"#)
        let reading = await bench.store().read()
        #expect("\(reading)".contains(word), "\(reading)")
        #expect(reading.current == nil)
    }

    @Test("one answer of throttling or of a restart is waited out")
    func transient() async throws {
        try await bench.put(Array(Self.first.utf8))
        for status in [429, 503] {
            try await bench.fake.control(#"{"fault":{"status":\#(status),"times":1,"path":"data"}}"#)
            #expect(await bench.store().read().foundBytes == Array(Self.first.utf8))
        }
    }

    @Test("a deleted and a destroyed version are absent with the reason, and can be written over")
    func deleted() async throws {
        try await bench.put(Array(Self.first.utf8))
        try await bench.request("DELETE", "secret/data/team/jwt")
        #expect(await bench.store().read().reason?.contains("version 1 is deleted") == true)
        try await bench.request("POST", "secret/destroy/team/jwt", #"{"versions":[1]}"#)
        #expect(await bench.store().read().reason?.contains("version 1 is destroyed") == true)
        let secret = StoredSecret(current: SecretBytes(utf8: Self.second))
        #expect(try await bench.store().write(secret, replacing: nil) == "2")
    }

    @Test("a mount of version 1 is recognised, and one that is not there is not taken for an empty place")
    func engines() async throws {
        let reading = await bench.store(mount: "kv1").read()
        guard case .unavailable(let reason) = reading else {
            Issue.record("expected .unavailable, not \(reading)")
            return
        }
        #expect(reason.contains("version 1"))
        #expect(await bench.store(field: "none").read().reason?.isEmpty == false)
    }

    @Test("a write keeps the secret's other fields, and is one version")
    func otherFields() async throws {
        try await bench.put(Array(Self.first.utf8))
        let store = bench.store()
        let staged = StoredSecret(current: SecretBytes(utf8: Self.first), next: SecretBytes(utf8: Self.second))
        #expect(try await store.write(staged, replacing: "1") == "2")
        #expect(await store.read() == .staged(staged, revision: "2"))
        guard case .unavailable(let reason) = await bench.store(field: "other").read() else {
            Issue.record("the other field is gone")
            return
        }
        #expect(reason.contains("no text"))
    }

    @Test("names with characters of their own mean themselves, and no path leaves its place")
    func names() async throws {
        let store = bench.store(path: "a b/ü?x#y", field: "fi\"eld")
        _ = try await store.write(StoredSecret(current: SecretBytes(utf8: "q\"\\\n\u{1}ü")), replacing: nil)
        #expect(await store.read().foundBytes == Array("q\"\\\n\u{1}ü".utf8))
        for path in ["../sys/seal", "a//b", "./a", "a/.."] {
            #expect(await bench.store(path: path).read().reason?.contains("path") == true)
        }
        let error = await #expect(throws: StoreWriteError.self) {
            try await store.write(StoredSecret(current: SecretBytes([0xFF, 0xFE])), replacing: "1")
        }
        guard case .unfit? = error else {
            Issue.record("bytes that are no text can't be kept")
            return
        }
    }

    @Test("nothing that is logged or printed shows a token or a secret")
    func silence() async throws {
        let log = CapturedLog()
        try await bench.put(Array(Self.first.utf8))
        let store = bench.store(Self.appRole, logger: log.logger)
        let reading = await store.read()
        let text = "\(log.text)\(reading)\(store)\(String(reflecting: store))"
        for secret in [Self.first, "secret-id", "hvs.fake"] { #expect(!text.contains(secret) as Bool) }
    }
}
