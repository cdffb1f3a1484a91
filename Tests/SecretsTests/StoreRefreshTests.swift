import Secrets
import TestSupport
import Testing

@Suite("A store while a service runs")
struct StoreRefreshTests {
    private let store = MemoryStore(utf8: Samples.first)
    private let clock = ManualClock(1_000)
    private let log = CapturedLog()

    private func start(_ more: [String: String] = [:], timing: SecretTiming = .still) async throws(SecretError)
        -> SecretManager
    {
        try await Samples.manager(
            ["ENVIRONMENT": "production", "JWT_SECRET_STORE": "aws://eu-central-1/jwt"].merging(more) { $1 }, log: log,
            stores: .of(store), timing: timing, now: { [clock] in clock.now })
    }

    @Test("what was put there is adopted at its first sight")
    func adopted() async throws {
        let manager = try await start()
        store.put(utf8: Samples.second + "\n")
        await manager.poll([.store])
        #expect(manager.ring.current?.id == Samples.kid(Samples.second))
        #expect(manager.ring.version == 2)
        #expect(manager.delivery == "watched")
        #expect(!log.text.contains(Samples.second))
    }

    @Test(
        "a bad value never replaces the good ring, is warned of once, and the age grows until it is mended",
        arguments: ["short", "replace-me-please-replace-me-please-now", "{\"keys\":[]}"])
    func bad(value: String) async throws {
        let manager = try await start()
        let before = log.lines.count
        store.put(utf8: value)
        for _ in 0..<3 {
            clock.advance(30)
            await manager.poll()
        }
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(log.lines.count == before + 1)
        #expect(manager.warnings.map(\.code) == ["reload_rejected"])
        #expect(manager.ringAge(now: clock.now) == 90)
        #expect(manager.reloadFault != nil)
        store.put(utf8: Samples.first)
        await manager.poll()
        #expect(manager.warnings.isEmpty)
        #expect(manager.ringAge(now: clock.now) == 0)
    }

    @Test(
        "while it can't be asked the ring stays; its age, the failures and one line at each end are told",
        arguments: [
            (SourceReading.unavailable(reason: "no answer within 5 s"), "store_unreachable"),
            (.denied(reason: "403"), "store_denied"),
        ])
    func outage(reading: SourceReading, code: String) async throws {
        let manager = try await start()
        let before = log.lines.count
        store.fail(reading)
        for _ in 0..<4 {
            clock.advance(30)
            await manager.poll([.store])
        }
        #expect(manager.ring.version == 1)
        #expect(manager.ringAge(now: clock.now) == 120)
        let health = try #require(manager.sourceHealth.first)
        #expect(health.outage?.code == code)
        #expect(health.outage?.since == 1_030)
        #expect(health.confirmedAt == 1_000)
        #expect(health.failures == 4)
        let told = try #require(manager.diagnostics().sources.first { $0.name == "JWT_SECRET_STORE" })
        #expect(told.age == 120)
        #expect(told.revision == "1")
        #expect(told.lastFailure == reading.reason)
        #expect(log.lines.count == before + 1)
        #expect(log.lines.last?.metadata["code"] == code)

        store.fail(nil)
        store.put(utf8: Samples.second)
        await manager.poll([.store])
        #expect(manager.ring.current?.id == Samples.kid(Samples.second))
        #expect(manager.ringAge(now: clock.now) == 0)
        #expect(manager.sourceHealth.first?.outage == nil)
        #expect(log.messages.filter { $0.hasPrefix("JWT secret store answers again") }.count == 1)
        #expect(manager.diagnostics().sources.first { $0.name == "JWT_SECRET_STORE" }?.revision == "2")
    }

    @Test("a secret that is gone from its store is lost: the ring stays, and it is warned of")
    func gone() async throws {
        let manager = try await start()
        store.put(nil)
        await manager.poll()
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(manager.reloadFault?.code == "secret_lost")
        #expect(throws: SecretError.self) { try manager.validateSynchronization() }
    }

    @Test("beside a variable that serves, a store that returns with another key changes nothing, and is told")
    func conflict() async throws {
        store.fail(.unavailable(reason: "down"))
        let manager = try await start(["JWT_SECRET": Samples.first])
        #expect(manager.warnings.map(\.code) == ["store_unconfirmed"])
        #expect(manager.delivery == "pinned")
        #expect(manager.ringAge(now: clock.now) == 0)
        store.fail(nil)
        store.put(utf8: Samples.second)
        await manager.poll()
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(manager.reloadFault?.code == "secret_conflict")
        store.put(utf8: Samples.first)
        await manager.poll()
        #expect(manager.warnings.isEmpty)
    }

    @Test("a store beside a watched file is not asked when the file is looked at")
    func ownSchedule() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.first, to: "secret")
        let manager = try await start(["JWT_SECRET_FILE": path])
        let asked = store.reads
        for _ in 0..<10 { await manager.poll([.file]) }
        #expect(store.reads == asked)
        await manager.poll([.store])
        #expect(store.reads == asked + 1)
    }

    @Test("it is asked every 30 s, or as told, a tenth more or less by chance")
    func interval() throws {
        let usual = try StoreTiming(variables: [:])
        #expect(usual == StoreTiming(refresh: 30, wait: 30))
        #expect(usual.untilNextLook(chance: 0) == .seconds(27))
        #expect(usual.untilNextLook(chance: 0.5) == .seconds(30))
        let told = try StoreTiming(
            variables: ["JWT_SECRET_REFRESH_SECONDS": "3600", "JWT_SECRET_STORE_WAIT_SECONDS": "0"])
        #expect(told == StoreTiming(refresh: 3600, wait: 0))
    }

    @Test(
        "a time that is none stops the start",
        arguments: [
            ("JWT_SECRET_REFRESH_SECONDS", "0"), ("JWT_SECRET_REFRESH_SECONDS", "3601"),
            ("JWT_SECRET_REFRESH_SECONDS", "x"), ("JWT_SECRET_STORE_WAIT_SECONDS", "601"),
        ])
    func badInterval(name: String, value: String) async {
        let error = await #expect(throws: SecretError.self) { _ = try await start([name: value]) }
        #expect(error?.code == "timing_malformed")
        #expect(error?.message.contains(name) == true)
    }

    @Test("a reload looks at stores at once, and at files until they have settled")
    func reload() async throws {
        let folder = try ScratchFolder()
        let path = try folder.write(Samples.first, to: "secret")
        let manager = try await Samples.manager(["ENVIRONMENT": "production", "JWT_SECRET_FILE": path])
        try folder.write(Samples.second, to: "secret")
        await manager.reload()
        #expect(manager.ring.current?.id == Samples.kid(Samples.second))
        let stored = try await start()
        store.put(utf8: Samples.third)
        await stored.reload()
        #expect(stored.ring.current?.id == Samples.kid(Samples.third))
    }

    @Test(
        "a version number is pinned: another key comes by a redeploy alone",
        arguments: [("@7", "pinned"), ("", "watched"), ("@latest", "watched")])
    func pinned(version: String, delivery: String) async throws {
        let manager = try await start(["JWT_SECRET_STORE": "gcp://acme/jwt\(version)"])
        #expect(manager.delivery == delivery)
    }
}

@Suite("A store that is down when a service starts")
struct StoreWaitTests {
    private let store = MemoryStore(utf8: Samples.first)
    private let log = CapturedLog()
    private let clock = SteppingClock()

    private func start(_ variables: [String: String], timing: SecretTiming? = nil) async throws(SecretError)
        -> SecretManager
    {
        try await Samples.manager(
            ["ENVIRONMENT": "production"].merging(variables) { $1 }, log: log, stores: .of(store),
            timing: timing ?? .stepping(clock))
    }

    @Test("is tried again for a bounded time, and the start ends with what to mend")
    func bounded() async {
        store.fail(.unavailable(reason: "connection refused"))
        let error = await #expect(throws: SecretError.self) {
            _ = try await start(["JWT_SECRET_STORE": "aws://r/jwt", "JWT_SECRET_STORE_WAIT_SECONDS": "20"])
        }
        #expect(error?.code == "store_unreachable")
        #expect(error?.message.contains("connection refused") == true)
        #expect(clock.elapsed <= .seconds(20) && clock.elapsed > .seconds(15))
        #expect(store.reads > 5)
        #expect(log.messages.filter { $0.contains("trying again for up to 20 s") }.count == 1)
    }

    @Test("serves as soon as it answers")
    func answers() async throws {
        store.fail(.unavailable(reason: "starting"))
        let timing = SecretTiming(
            elapsed: { .zero },
            pause: { [store] _ in if store.reads == 3 { store.fail(nil) } }, chance: { 0 })
        let manager = try await start(["JWT_SECRET_STORE": "aws://r/jwt"], timing: timing)
        #expect(manager.ring.current?.id == Samples.kid(Samples.first))
        #expect(store.reads == 4)
    }

    @Test(
        "is not waited for where it refuses this service, where nothing lies there, or where a variable serves",
        arguments: [SourceReading.denied(reason: "403"), .absent(reason: "404"), .unavailable(reason: "down")])
    func notWaitedFor(reading: SourceReading) async throws {
        store.fail(reading)
        var variables = ["JWT_SECRET_STORE": "aws://r/jwt"]
        if case .unavailable = reading { variables["JWT_SECRET"] = Samples.first }
        if variables["JWT_SECRET"] == nil {
            await #expect(throws: SecretError.self) { _ = try await start(variables) }
        } else {
            _ = try await start(variables)
        }
        #expect(clock.pauses.isEmpty)
        #expect(store.reads == 1)
    }

    @Test("a name of GCP_PROJECT_ID that can't be asked is not passed over for the next one")
    func impliedOutage() async throws {
        let broken = MemoryStore()
        broken.fail(.unavailable(reason: "503"))
        let stores = SecretStores { [store] reference in
            guard case .gcp(_, "jwt-secret-production", _) = reference else { return store }
            return broken
        }
        let variables = ["ENVIRONMENT": "production", "GCP_PROJECT_ID": "acme"]
        let error = await #expect(throws: SecretError.self) {
            _ = try await Samples.manager(variables, stores: stores, timing: .stepping(clock))
        }
        #expect(error?.code == "store_unreachable")
        #expect(error?.message.contains("jwt-secret-production") == true)
        // Refused is another matter: a service is often let into one secret alone, and is told 403 for the others.
        broken.fail(.denied(reason: "403"))
        let manager = try await Samples.manager(variables, log: log, stores: stores)
        #expect(manager.ring.source == "GCP Secret Manager secret jwt-secret-key of project acme")
        #expect(
            log.messages.first == "JWT secret is not in GCP Secret Manager secret jwt-secret-production of project acme"
        )
        #expect(log.lines.first?.metadata["reason"] == "403")
    }
}
