import Logging
import Secrets
import Synchronization
import TestSupport
import Testing

@Suite("Files that change while a service runs")
struct WatchedFileTests {
    private let folder: ScratchFolder
    private let log = CapturedLog()

    init() throws { folder = try ScratchFolder() }

    private func start(_ text: String, name: String = "JWT_SECRET_FILE", more: [String: String] = [:]) async throws
        -> SecretManager
    {
        let path = try folder.write(text, to: "secret")
        return try await Samples.manager(
            ["ENVIRONMENT": "production", name: path].merging(more) { $1 }, log: log)
    }

    private func pollTwice(_ manager: SecretManager) async {
        await manager.poll()
        await manager.poll()
    }

    @Test("a rewritten file is adopted at its second sight, without a restart")
    func rewritten() async throws {
        let manager = try await start(Samples.first)
        try folder.write(Samples.second + "\n", to: "secret")
        await manager.poll()
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        await manager.poll()
        #expect(manager.ring.current?.id == Samples.kid(Samples.second))
        #expect(manager.ring.version == 2)
        #expect(log.lines.last?.metadata["ring_version"] == "2")
        #expect(log.messages.last?.hasPrefix("JWT secret successfully loaded from file") == true)
        #expect(manager.diagnostics().ringVersion == 2)
        #expect(!log.text.contains(Samples.second))
    }

    @Test("a file moved over it, and a swapped link, are adopted too")
    func replaced() async throws {
        let manager = try await start(Samples.first)
        try folder.replace("secret", with: Samples.second)
        await pollTwice(manager)
        #expect(manager.ring.current?.id == Samples.kid(Samples.second))

        try folder.makeFolder("v1")
        try folder.makeFolder("v2")
        try folder.write(Samples.first, to: "v1/jwt")
        try folder.write(Samples.third, to: "v2/jwt")
        try folder.link("..data", to: "v1")
        let linked = try await Samples.manager([
            "ENVIRONMENT": "production", "JWT_SECRET_FILE": folder.path("..data/jwt"),
        ])
        try folder.link("..data", to: "v2")
        await pollTwice(linked)
        #expect(linked.ring.current?.id == Samples.kid(Samples.third))
    }

    @Test("a ring that is written in pieces is adopted whole or not at all")
    func halfWritten() async throws {
        let old = RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text
        let new = RingText([
            .init(kid: "b", state: "current", secret: Samples.second),
            .init(kid: "a", state: "previous", secret: Samples.first),
        ]).text
        let manager = try await start(old)
        for length in stride(from: 0, to: new.utf8.count, by: 7) {
            try folder.write(String(new.prefix(length)), to: "secret")
            // Stable for two looks, and still no ring.
            await pollTwice(manager)
            #expect(manager.ring.version == 1)
            #expect(manager.ring.current?.id == KeyID("a"))
        }
        try folder.write(new, to: "secret")
        await pollTwice(manager)
        #expect(manager.ring.keys.map(\.id.rawValue) == ["b", "a"])
        #expect(manager.ring.version == 2)
        #expect(!log.text.contains(Base64URL.encode(Samples.second.utf8)))
    }

    @Test(
        "bad content leaves the last good ring, is warned of once, and fails validation until it is mended",
        arguments: ["short", "replace-me-please-replace-me-please-now", "{\"keys\":[]}", ""])
    func bad(content: String) async throws {
        let manager = try await start(Samples.first)
        let before = log.lines.count
        try folder.write(content, to: "secret")
        for _ in 0..<5 { await manager.poll() }
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(manager.ring.version == 1)
        #expect(log.lines.count == before + 1)
        #expect(log.lines.last?.level == .warning)
        #expect(manager.warnings.map(\.code) == ["reload_rejected"])
        #expect(throws: SecretError.self) { try manager.validateSynchronization() }
        try folder.write(Samples.first, to: "secret")
        await manager.poll()
        #expect(manager.warnings.isEmpty)
        #expect(throws: Never.self) { try manager.validateSynchronization() }
    }

    @Test("a file that goes away does not let the next name of the chain take over")
    func gone() async throws {
        let manager = try await start(
            Samples.first, name: "JWT_SECRET_PRODUCTION_FILE", more: ["JWT_SECRET": Samples.second])
        try folder.remove("secret")
        await pollTwice(manager)
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(manager.warnings.map(\.code) == ["reload_rejected"])
    }

    @Test("a change that contradicts another source is refused by the same rule as at start")
    func conflict() async throws {
        let manager = try await start(Samples.first, more: ["SECRET_KEY": Samples.first])
        try folder.write(Samples.second, to: "secret")
        await pollTwice(manager)
        #expect(manager.ring.version == 1)
        let error = #expect(throws: SecretError.self) { try manager.validateSynchronization() }
        #expect(error?.code == "secret_conflict")
    }

    @Test(
        "a companion's file and a store's file are watched as well",
        arguments: ["JWT_SECRET_NEXT_FILE", "JWT_SECRET_STORE"])
    func others(name: String) async throws {
        let path = try folder.write(Samples.second, to: "secret")
        let isStore = name == "JWT_SECRET_STORE"
        var variables = ["ENVIRONMENT": "production", name: isStore ? "file://\(path)" : path]
        if !isStore { variables["JWT_SECRET"] = Samples.first }
        let manager = try await Samples.manager(variables)
        try folder.write(Samples.third, to: "secret")
        await pollTwice(manager)
        #expect(manager.ring.version == 2)
        #expect(manager.ring.keys.last?.id == Samples.kid(Samples.third))
    }

    @Test("a previous key's file that is emptied ends that key")
    func emptiedCompanion() async throws {
        let manager = try await start(
            Samples.second, name: "JWT_SECRET_PREVIOUS_FILE", more: ["JWT_SECRET": Samples.first])
        #expect(manager.ring.keys.count == 2)
        try folder.write("", to: "secret")
        await pollTwice(manager)
        #expect(manager.ring.keys.map(\.state) == [.current])
        #expect(manager.ring.version == 2)
    }

    @Test("a file that is being written while the service starts is waited for, and not for ever")
    func settling() async throws {
        let variables = ["ENVIRONMENT": "production", "JWT_SECRET_STORE": "file:///changing"]
        let growing = GrowingSource(until: 5)
        let manager = try await Samples.manager(variables, stores: SecretStores { _ in growing })
        #expect(manager.ring.current?.secret?.count == Samples.first.utf8.count + 5)
        let endless = GrowingSource(until: .max)
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(variables, stores: SecretStores { _ in endless })
        }
        #expect(error?.code == "file_unreadable")
    }

    @Test("the same keys written in another way are no new ring")
    func rewrittenAlike() async throws {
        let text = RingText([.init(kid: "a", state: "current", secret: Samples.first)]).text
        let manager = try await start(text)
        try folder.write("  " + text + "\n\n", to: "secret")
        await pollTwice(manager)
        #expect(manager.ring.version == 1)
        #expect(manager.warnings.map(\.code) == ["trailing_newline"])
    }

    @Test("observers get the present ring at once, then each replacement, in the order of their registration")
    func observers() async throws {
        let seen = Mutex<[String]>([])
        let manager = try await start(Samples.first)
        manager.observe { ring in seen.withLock { $0.append("one \(ring.version)") } }
        try folder.write(Samples.second, to: "secret")
        await pollTwice(manager)
        manager.observe { ring in seen.withLock { $0.append("two \(ring.version) \(manager.ring.version)") } }
        try folder.write(Samples.third, to: "secret")
        await pollTwice(manager)
        try folder.write("short", to: "secret")
        await pollTwice(manager)
        #expect(seen.withLock { $0 } == ["one 1", "one 2", "two 2 2", "one 3", "two 3 3"])
    }

    @Test("a key's retirement is logged once, when its time has come")
    func retirement() async throws {
        let clock = ManualClock(1_000)
        let ring = RingText([
            .init(kid: "a", state: "current", secret: Samples.first),
            .init(kid: "old", state: "previous", secret: Samples.second, extra: "\"retire_at\":1100,"),
        ])
        let manager = try await Samples.manager(
            ["ENVIRONMENT": "production", "JWT_SECRET": ring.text], log: log, now: { clock.now })
        await manager.poll()
        #expect(log.lines.count == 1)
        clock.advance(100)
        await pollTwice(manager)
        #expect(log.lines.count == 2)
        #expect(log.lines.last?.metadata["kid"] == "old")
        #expect(manager.ring.version == 1)
    }

    @Test("watching ends when it is cancelled")
    func cancelled() async throws {
        let manager = try await start(Samples.first)
        await withTaskGroup { group in
            group.addTask { await manager.run() }
            group.cancelAll()
        }
        #expect(manager.ring.version == 1)
    }
}

/// One byte longer at each look.
private final class GrowingSource: SecretSource {
    private let looks = Mutex(0)
    private let last: Int
    let label = "a file that grows"

    init(until last: Int) { self.last = last }

    func read() async -> SourceReading {
        let length = looks.withLock { looks in
            looks = min(looks + 1, last)
            return looks
        }
        return .found(SecretBytes(utf8: Samples.first + String(repeating: "x", count: length)), revision: "\(length)")
    }
}
