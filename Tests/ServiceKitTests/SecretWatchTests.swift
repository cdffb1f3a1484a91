import Glibc
import Secrets
import TestSupport
import Testing

@testable import ServiceKit

@Suite("The watch over the secret's sources")
struct SecretWatchTests {
    private static let first = "Vn3kQ8xZr1LtYw6BsHd0uJfPmGcA5oEi9TqX7NbKvRy2WzDh"
    private static let second = "p0OiU8yT6rE4wQ2aSdF5gH7jK9lZ1xC3vB0nM-Yt_RkWqLsE"

    private let store = MemoryStore(label: "a store", utf8: first)
    private let clock = ManualClock(1_000)
    private let readiness = Readiness(checks: [])

    private func manager(_ variables: [String: String] = ["JWT_SECRET_STORE": "aws://r/jwt"]) async throws
        -> SecretManager
    {
        // Nothing is looked at by itself.
        let timing = SecretTiming(
            files: .seconds(86_400), settle: .zero, elapsed: { .zero }, pause: { try await Task.sleep(for: $0) },
            chance: { 0 })
        let all = ["ENVIRONMENT": "production", "JWT_SECRET_REFRESH_SECONDS": "3600"].merging(variables) { $1 }
        return try await SecretManager.load(
            variables: all, logger: CapturedLog().logger, now: { [clock] in clock.now }, stores: .of(store),
            timing: timing)
    }

    private func check() -> Readiness.Status? { readiness.checks.first { $0.name == SecretWatch.check }?.status }

    @Test("SIGHUP looks at once, and ends nothing", .timeLimit(.minutes(10)))
    func hangup() async throws {
        let manager = try await manager()
        let log = CapturedLog()
        let watch = SecretWatch(
            manager: manager, readiness: readiness, clock: WallClock { [clock] in clock.now }, logger: log.logger)
        store.put(utf8: Self.second)
        let (rings, continuation) = AsyncStream.makeStream(of: UInt64.self)
        manager.observe { continuation.yield($0.version) }
        await withTaskGroup { group in
            group.addTask { await watch.run() }
            group.addTask { try? await Hangup.send { manager.ring.version > 1 } }
            for await version in rings where version == 2 { break }
            group.cancelAll()
        }
        #expect(manager.ring.version == 2)
        #expect(log.contains("SIGHUP: looking at the sources of the JWT secret"))
    }

    @Test("a store that can't be asked is a warning with the age of what is held, and never not ready")
    func outage() async throws {
        let manager = try await manager()
        let report = SourceReport(
            manager: manager, readiness: readiness, clock: WallClock { [clock] in clock.now })
        report.show()
        #expect(check() == .ready)
        store.fail(.unavailable(reason: "no answer"))
        clock.advance(90)
        await manager.poll()
        report.show()
        guard case .warning("store_unreachable", let detail) = check() else {
            Issue.record("\(String(describing: check()))")
            return
        }
        #expect(detail.contains("no answer") && detail.contains("last confirmed 90 s ago"))
        #expect(readiness.isReady)
        store.fail(nil)
        store.put(utf8: "short")
        await manager.poll()
        report.show()
        guard case .warning("reload_rejected", _) = check() else {
            Issue.record("\(String(describing: check()))")
            return
        }
        store.put(utf8: Self.first)
        await manager.poll()
        report.show()
        #expect(check() == .ready)
    }

    @Test("a secret in a variable has no such check")
    func variable() async throws {
        let manager = try await manager(["JWT_SECRET": Self.first])
        SourceReport(manager: manager, readiness: readiness, clock: WallClock { 0 }).show()
        #expect(check() == nil)
    }
}
