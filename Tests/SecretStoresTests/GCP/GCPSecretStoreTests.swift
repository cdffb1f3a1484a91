import Foundation
import Logging
import Secrets
import Synchronization
import TestSupport
import Testing

@testable import SecretStores

@Suite("Google's Secret Manager", .enabled(if: PythonFake.isAvailable, "needs python3"))
struct GCPSecretStoreTests {
    private static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    private static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"
    private static let third = "H4jL9sW2xP7vN1cT6bM3qR8dF5gK0zAyEuIoB-tGhJmXrVnC"
    private let bench: GCPBench

    init() throws { bench = try GCPBench() }

    @Test("latest is resolved once in a reading, and the version read by its number, which is the revision")
    func numbers() async throws {
        try await bench.plant(Array(#"{"keys":[]}"#.utf8))
        try await bench.plant(Array(#"{"keys":[1]}"#.utf8))
        let reading = await bench.store().read()
        #expect(reading == .found(SecretBytes(utf8: #"{"keys":[1]}"#), revision: "2"))
        #expect(try await bench.fake.count("latest") == 1)
        #expect(try await bench.fake.count("reads") == 2)
        #expect(await bench.store(version: "latest").read() == reading)
    }

    @Test("a raw secret's companions are read beside it, a ring's and a pinned version's are not")
    func companions() async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.plant(Array(Self.second.utf8), name: "jwt_NEXT")
        try await bench.plant(Array(Self.third.utf8), name: "jwt_PREVIOUS")
        let staged = StoredSecret(
            current: SecretBytes(utf8: Self.first), next: SecretBytes(utf8: Self.second),
            previous: SecretBytes(utf8: Self.third))
        #expect(await bench.store().read() == .staged(staged, revision: "1 next=1 previous=1"))
        #expect(await bench.store(version: "1").read() == .found(staged.current, revision: "1"))
        try await bench.fake.control(#"{"denied":["jwt_NEXT","jwt_PREVIOUS"]}"#)
        #expect(await bench.store().read() == .found(staged.current, revision: "1"))
        try await bench.plant(Array(#"{"keys":[]}"#.utf8))
        #expect(await bench.store().read() == .found(SecretBytes(utf8: #"{"keys":[]}"#), revision: "2"))
    }

    @Test(
        "bytes whose checksum is wrong or missing are never used, and the reason says so",
        arguments: ["wrong", "missing"])
    func checksums(state: String) async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.fake.control(#"{"crc":"\#(state)"}"#)
        guard case .unavailable(let reason) = await bench.store().read() else {
            Issue.record("bytes without a fitting checksum were used")
            return
        }
        #expect(reason.contains("crc32c"))
    }

    @Test(
        "a version that can't be accessed any more is absent, with its state",
        arguments: ["disable", "destroy"])
    func states(verb: String) async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.request("POST", "jwt/versions/1:\(verb)", "{}")
        for version in [nil, "1"] {
            guard case .absent(let reason) = await bench.store(version: version).read() else {
                Issue.record("a version that was \(verb)d was read")
                return
            }
            #expect(reason.contains(verb == "disable" ? "disabled" : "destroyed"))
        }
    }

    @Test("one answer of throttling or of a restart is waited out", arguments: [429, 503])
    func transient(status: Int) async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.fake.control(#"{"fault":{"status":\#(status),"times":1,"path":"access"}}"#)
        #expect(await bench.store().read().foundBytes == Array(Self.first.utf8))
    }

    @Test("what was written is found while latest still names what was there before")
    func late() async throws {
        try await bench.plant(Array(Self.first.utf8))
        let store = bench.store()
        try await bench.fake.control(#"{"late":true}"#)
        let secret = StoredSecret(current: SecretBytes(utf8: Self.second))
        #expect(try await store.write(secret, replacing: "1") == "2")
        #expect(await store.read() == .found(secret.current, revision: "2"))
        // Somebody who has not seen it would write over it, and is told.
        await #expect(throws: StoreWriteError.changed) {
            try await bench.store().write(StoredSecret(current: SecretBytes(utf8: Self.third)), replacing: "1")
        }
    }

    @Test("an answer that names another version than the one asked for is refused", arguments: [nil, "1"])
    func misnamed(version: String?) async throws {
        try await bench.plant(Array(Self.first.utf8))
        let bytes = Array(Self.second.utf8)
        let body = #"""
            {\"name\":\"projects/acme/secrets/jwt/versions/2\",\"payload\":\#
            {\"data\":\"\#(Base64.encode(bytes))\",\"dataCrc32c\":\"\#(CRC32C.checksum(bytes))\"}}
            """#
        try await bench.fake.control(#"{"fault":{"status":200,"path":"versions/1:access","body":"\#(body)"}}"#)
        guard case .unavailable(let reason) = await bench.store(version: version).read() else {
            Issue.record("another version than 1 was taken for it")
            return
        }
        #expect(reason.contains("another version than 1"))
    }

    @Test("a companion that somebody else changes is not disabled past him")
    func companionChanged() async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.plant(Array(Self.second.utf8), name: "jwt_NEXT")
        let alone = StoredSecret(current: SecretBytes(utf8: Self.first))
        try await bench.fake.control(#"{"restless":true}"#)
        await #expect(throws: StoreWriteError.changed) {
            try await bench.store().write(alone, replacing: "1 next=1")
        }
        #expect(await bench.store().read().revision == "1 next=1")
        try await bench.fake.control(#"{"restless":false}"#)
        #expect(try await bench.store().write(alone, replacing: "1 next=1") == "1")
        #expect(await bench.store().read() == .found(alone.current, revision: "1"))
    }

    @Test("an identity that may disable versions and not look at them disables without an etag")
    func disableBlind() async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.plant(Array(Self.second.utf8), name: "jwt_NEXT")
        let store = bench.store()
        #expect(await store.read().revision == "1 next=1")
        try await bench.fake.control(#"{"blind":true}"#)
        let alone = StoredSecret(current: SecretBytes(utf8: Self.first))
        #expect(try await store.write(alone, replacing: "1 next=1") == "1")
    }

    @Test("numbers that begin again after a deletion are followed")
    func recreated() async throws {
        let store = bench.store()
        try await bench.plant(Array(Self.first.utf8))
        try await bench.plant(Array(Self.second.utf8))
        #expect(await store.read().revision == "2")
        try await bench.fake.control(#"{"forget":"jwt"}"#)
        try await bench.plant(Array(Self.third.utf8))
        #expect(await store.read() == .found(SecretBytes(utf8: Self.third), revision: "1"))
    }

    @Test("of writers at once one wins; the others are told, and nothing of theirs lies there")
    func writers() async throws {
        try await bench.plant(Array(Self.first.utf8))
        let won = await withTaskGroup(of: String?.self) { group in
            for index in 0..<6 {
                group.addTask {
                    let value = Self.second + String(index)
                    let secret = StoredSecret(current: SecretBytes(utf8: value))
                    let written = try? await bench.store().write(secret, replacing: "1")
                    return written == nil ? nil : value
                }
            }
            return await group.reduce(into: [String]()) { won, value in if let value { won.append(value) } }
        }
        #expect(won.count == 1)
        #expect(await bench.store().read() == .found(SecretBytes(utf8: won.first ?? ""), revision: "2"))
    }

    @Test("a writer that died holds the others up for two minutes at most")
    func deadWriter() async throws {
        let secret = StoredSecret(current: SecretBytes(utf8: Self.first))
        let clock = Mutex<Int64>(1_000_000)
        let now: @Sendable () -> Int64 = { clock.withLock { $0 } }
        let body = #"{"replication":{"automatic":{}},"annotations":{"lockstep-writer":"dead 1000000","team":"a"}}"#
        let path = "\(bench.fake.origin)/v1/projects/acme/secrets?secretId=jwt"
        _ = try await PythonFake.patientClient.send(
            StoreRequest(
                method: "POST", url: path, headers: [(name: "Authorization", value: "Bearer user-token")],
                body: Array(body.utf8)))
        let error = await #expect(throws: StoreWriteError.self) {
            try await bench.store(now: now).write(secret, replacing: nil)
        }
        guard case .unavailable = error else {
            Issue.record("expected .unavailable")
            return
        }
        clock.withLock { $0 += GCPWriteLease.lifetime + 1 }
        #expect(try await bench.store(now: now).write(secret, replacing: nil) == "1")
        let left = String(decoding: try await bench.request("GET", "jwt").body, as: UTF8.self)
        #expect(left.contains("team") && !left.contains("lockstep-writer"))
    }

    @Test("an identity that may add versions and not change the secret writes without a lease")
    func adderOnly() async throws {
        try await bench.plant(Array(Self.first.utf8))
        try await bench.fake.control(#"{"readonly":true}"#)
        let secret = StoredSecret(current: SecretBytes(utf8: Self.second))
        #expect(try await bench.store().write(secret, replacing: "1") == "2")
        let absent = bench.store(name: "other")
        let error = await #expect(throws: StoreWriteError.self) { try await absent.write(secret, replacing: nil) }
        guard case .denied = error else {
            Issue.record("expected .denied")
            return
        }
    }

    @Test("what does not fit is refused before anything is written: too large, pinned, a ring beside keys")
    func unfit() async throws {
        try await bench.plant(Array(Self.first.utf8))
        let value = SecretBytes(utf8: Self.second)
        let ring = SecretBytes(utf8: #"{"keys":[]}"#)
        for (store, secret) in [
            (bench.store(), StoredSecret(current: SecretBytes([UInt8](repeating: 65, count: 65_537)))),
            (bench.store(version: "1"), StoredSecret(current: value)),
            (bench.store(), StoredSecret(current: ring, next: value)),
            (bench.store(), StoredSecret(current: SecretBytes(utf8: "\n"))),
        ] {
            let error = await #expect(throws: StoreWriteError.self) { try await store.write(secret, replacing: "1") }
            guard case .unfit = error else {
                Issue.record("expected .unfit, not \(String(describing: error))")
                return
            }
        }
        #expect(try await bench.fake.count("writes") == 0)
    }

    @Test(
        "a place that no project or secret can have asks nobody",
        arguments: [("acme/../x", "jwt", nil), ("acme", "a?b", nil), ("acme", "jwt", "1:access#"), ("", "jwt", nil)]
            as [(String, String, String?)])
    func badNames(project: String, name: String, version: String?) async throws {
        let store = GCPSecretStore.open(
            project: project, name: name, version: version, variables: bench.variables(GCPBench.token),
            client: PythonFake.patientClient, logger: GCPBench.silent)
        #expect(await store.read().reason?.isEmpty == false)
        #expect(try await bench.fake.count("reads") == 0)
    }
}
