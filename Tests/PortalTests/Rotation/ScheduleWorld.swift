import Contracts
import Fleet
import Logging
import Secrets
import ServiceKit
import Storage
import Synchronization
import TestSupport

@testable import Portal

/// Portals that rotate by schedule over one store and one database. The fleet follows the store when it is looked at, and
/// the clock moves only with a pause or by hand.
final class ScheduleWorld: Sendable {
    static let raw = "m8Zq3xW1vT6yB0nK5rJ2hG9fD4sA7pLcUeIoQwXzKd"
    static let day: Int64 = 86_400
    /// 90 days.
    static let every: Int64 = 90 * day

    private struct State {
        var ring: KeyRing
        var lagging: Set<String> = []
        var pauses = 0
        var atPause: @Sendable (Int) throws -> Void = { _ in }
    }

    let clock = ManualClock()
    let log = CapturedLog()
    let store = MemoryStore(label: "aws eu-central-1 jwt", utf8: ScheduleWorld.raw)
    let database: FailingDatabase
    let rotations: RotationStore
    private let state: Mutex<State>
    private let longestToken: Int64

    /// - Parameter longestToken: seconds that the issuer's tokens live.
    init(longestToken: Int64 = 60) async throws {
        self.longestToken = longestToken
        database = FailingDatabase(try Databases.open(url: "sqlite::memory:", logger: log.logger))
        rotations = RotationStore(database: database)
        let document = try RingDocument(
            StoredSecret(current: SecretBytes(utf8: Self.raw)), algorithm: .hs256, environment: .production,
            label: "store")
        state = Mutex(State(ring: Self.ring(document)))
        try await database.migrate(PortalMigrations.all, namespace: PortalMigrations.namespace)
    }

    private static func ring(_ document: RingDocument) -> KeyRing {
        KeyRing(keys: document.keys, source: "store", environment: .production, version: 1)
    }

    var ring: KeyRing { state.withLock { $0.ring } }

    /// These instances do not see what comes next.
    func lag(_ instances: Set<String>) { state.withLock { $0.lagging = instances } }

    /// Called with the number of each pause of a rotation, from 1; what it throws ends the rotation there.
    func atPause(_ body: @escaping @Sendable (Int) throws -> Void) {
        state.withLock { state in
            state.pauses = 0
            state.atPause = body
        }
    }

    /// The store's revision: 1, and one more with each write.
    var revision: String? {
        get async {
            switch await store.read() {
            case .found(_, let revision), .staged(_, let revision): revision
            default: nil
            }
        }
    }

    private func follow() async -> [FleetTable.Replica] {
        let stored: StoredSecret? =
            switch await store.read() {
            case .found(let bytes, _): StoredSecret(current: bytes)
            case .staged(let found, _): found
            default: nil
            }
        let document = stored.flatMap {
            try? RingDocument($0, algorithm: .hs256, environment: .production, label: "store")
        }
        return state.withLock { state in
            if let document { state.ring = Self.ring(document) }
            return ["gateway-1", "portal-1"].map { instance in
                let keys = state.ring.keys.filter { !state.lagging.contains(instance) || $0.state != .next }
                let isIssuer = instance == "portal-1"
                let report = FleetReport(
                    service: isIssuer ? "platform-portal" : "gateway", instance: instance, environment: "production",
                    source: "store", delivery: "watched", ringVersion: 1, ringAge: 0,
                    keys: keys.map {
                        FleetKey(
                            kid: $0.id.rawValue, algorithm: $0.algorithm.rawValue, state: $0.state.rawValue,
                            verified: true)
                    },
                    issuer: isIssuer ? "lockstep-platform" : nil, longestToken: isIssuer ? longestToken : nil,
                    leeway: 60,
                    agreement: "agreed", build: "t", startedAt: 0)
                return FleetTable.Replica(report: report, status: "live", receivedAt: clock.now)
            }
        }
    }

    /// - Parameters:
    ///   - jitter: 0 to 1.
    ///   - lookPause: what `run` does between two looks.
    func portal(
        _ instance: String = "portal-1", jitter: Double = 0,
        lookPause: @escaping @Sendable (Duration) throws -> Void = { _ in }
    ) -> ScheduledRotation {
        let wall = WallClock { self.clock.now }
        return ScheduledRotation(
            schedule: RotationSchedule(every: Self.every), store: store, rotations: rotations,
            ledger: RotationLedger(
                store: rotations, clock: wall, entropy: .system, replicas: { await self.follow() }),
            ring: { self.ring }, algorithm: .hs256, instance: instance, jitter: jitter,
            surroundings: .init(
                pause: { duration in
                    // The driver looks each second, the schedule once a minute.
                    guard duration < .seconds(60) else { return try lookPause(duration) }
                    let (number, body) = self.state.withLock { state in
                        state.pauses += 1
                        return (state.pauses, state.atPause)
                    }
                    try body(number)
                    self.clock.advance(10)
                    await Task.yield()
                }, uptime: { self.clock.now }, identifier: { Entropy.system.identifier() }),
            clock: wall, logger: log.logger)
    }

    /// The page's way to rotate, over the same store and fleet.
    var desk: RotationDesk {
        let wall = WallClock { self.clock.now }
        return RotationDesk(
            store: store,
            ledger: RotationLedger(
                store: rotations, clock: wall, entropy: .system, replicas: { await self.follow() }),
            ring: { self.ring }, algorithm: .hs256,
            surroundings: .init(
                pause: { _ in
                    self.clock.advance(1)
                    await Task.yield()
                }, uptime: { self.clock.now },
                identifier: { Entropy.system.identifier() }))
    }

    /// Looks as often as a rotation takes: the last tokens live longer than one look's patience.
    func complete(_ portal: ScheduledRotation) async throws {
        for _ in 0..<3 {
            await portal.look()
            if try await rotations.record()?.endedAt != nil { return }
        }
    }

    /// Looks once, so that the key's age begins, and comes back when it is due.
    func ageUntilDue(_ portal: ScheduledRotation) async {
        await portal.look()
        clock.advance(Self.every)
    }
}
