import Contracts
import CoreMetrics
import Fleet
import HTTPKit
import Logging
import Secrets
import ServiceKit
import ServiceLifecycle
import Storage

/// `JWT_ROTATE_EVERY`: seconds from a whole number and a unit: `90d`, `12h`, `30m`.
///
/// | variable | type | default |
/// |---|---|---|
/// | `JWT_ROTATE_EVERY` | how old the signing key may become before this portal rotates it; platform portals | never |
struct RotationSchedule: Sendable, Equatable {
    /// Seconds; shorter ones are for development and test.
    static let shortest: Int64 = 3600

    var every: Int64

    /// Nil where nothing is scheduled.
    init?(reader: SettingsReader, environment: DeploymentEnvironment) {
        let name = "JWT_ROTATE_EVERY"
        guard let text = reader.string(name) else { return nil }
        let mend = "Set a whole number and a unit, for instance 90d, 12h or 30m."
        let units: [Character: Int64] = ["d": 86_400, "h": 3600, "m": 60]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            (1...100_000).contains(count)
        else {
            reader.fault(name, "is no length of time.", mend: mend)
            return nil
        }
        every = count * unit
        if every < Self.shortest, !environment.allowsDevelopmentFallback {
            reader.fault(name, "is shorter than an hour.", mend: mend)
        }
    }

    init(every: Int64) { self.every = every }
}

/// Rotates the signing key when it is old enough: the same machine and driver as `lockstep rotate`, in one replica of the
/// portal, which the lease in its database elects.
final class ScheduledRotation: Service {
    /// Seconds that one replica stays with a rotation that is held up before another may take it on.
    private static let patience: Int64 = 600

    private let schedule: RotationSchedule
    private let store: any WritableSecretStore
    private let rotations: RotationStore
    private let ledger: RotationLedger
    private let ring: @Sendable () -> KeyRing
    private let algorithm: KeyAlgorithm
    private let holder: String
    /// 0 to 1: keeps the replicas of a portal, and the portals of several deployments, from acting in step.
    private let jitter: Double
    private let surroundings: RotationDriver.Surroundings
    private let clock: WallClock
    private let logger: Logger

    /// - Parameter store: what the portal's own ring comes from.
    init(
        schedule: RotationSchedule, store: any WritableSecretStore, rotations: RotationStore, ledger: RotationLedger,
        ring: @escaping @Sendable () -> KeyRing, algorithm: KeyAlgorithm, instance: String, jitter: Double,
        surroundings: RotationDriver.Surroundings, clock: WallClock, logger: Logger
    ) {
        self.schedule = schedule
        self.store = store
        self.rotations = rotations
        self.ledger = ledger
        self.ring = ring
        self.algorithm = algorithm
        holder = "schedule on \(instance)"
        self.jitter = jitter
        self.surroundings = surroundings
        self.clock = clock
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                await look()
                // Often enough for short schedules, seldom enough for long ones.
                let pause = min(60, max(1, schedule.every / 20))
                guard (try? await surroundings.pause(.seconds(pause))) != nil else { return }
            }
        }
    }

    /// Once, as `run` does it at each interval: rotates if the key is due, or goes on with what a schedule began.
    func look() async {
        do {
            guard let current = ring().current else { return }
            let now = clock.now()
            let record = try await rotations.record()
            show(record)
            let isOwnUnderWay = record.map { $0.endedAt == nil && $0.by.hasPrefix("schedule on ") } ?? false
            let since = try await rotations.firstSeen(current.id.rawValue, now: now)
            let due = since + schedule.every + Int64(jitter * Double(min(schedule.every / 20, 3600)))
            guard isOwnUnderWay || now >= due else { return }
            try await rotate(current, age: now - since)
            show(try await rotations.record())
        } catch is CancellationError {
            return
        } catch {
            logger.warning("Scheduled rotation can't be looked at; it is tried again", metadata: ["cause": "\(error)"])
        }
    }

    private func rotate(_ current: RingKey, age: Int64) async throws {
        logger.info(
            "Scheduled rotation: the signing key is due",
            metadata: ["kid": "\(current.publishedID)", "age_seconds": "\(age)", "store": "\(store.label)"])
        let driver = RotationDriver(
            store: store, ledger: ledger,
            machine: RotationMachine(goal: .run, environment: ring().environment.rawValue),
            environment: ring().environment, algorithm: algorithm, holder: holder, timeout: Self.patience,
            surroundings: surroundings, tell: { [self] in tell($0) })
        switch try await driver.run() {
        case .done(let progress):
            Gauge(label: MetricName.rotationBlocked).record(0)
            logger.info(
                "Scheduled rotation finished", metadata: ["to_kid": "\(progress?.toKid ?? "unknown")"])
        case .refused(let reason):
            logger.warning("Scheduled rotation was refused: \(reason)", metadata: ["code": "rotation_refused"])
        case .timedOut(let reason):
            // Nobody is in the way: the last tokens of the old key live longer than the patience.
            if let record = try await rotations.record(), record.phase == RotationProgress.Phase.confirmed.rawValue {
                logger.info("Scheduled rotation waits for the last tokens of the old key: \(reason)")
                return
            }
            logger.warning(
                "Scheduled rotation is held up and will be gone on with: \(reason)",
                metadata: ["code": "rotation_blocked"])
        case .blocked, .early, .waiting: return
        }
    }

    private func tell(_ event: RotationDriver.Event) {
        switch event {
        case .blocked(let blockers):
            Gauge(label: MetricName.rotationBlocked).record(blockers.count)
            logger.warning(
                "Scheduled rotation waits for \(blockers.count) of the fleet",
                metadata: [
                    "code": "rotation_blocked", "replicas": .array(blockers.map { "\($0.description)" }),
                ])
        case .progress(let progress):
            Gauge(label: MetricName.rotationBlocked).record(0)
            logger.info(
                "Key rotation \(progress.phase.rawValue)",
                metadata: ["from_kid": "\(progress.fromKid)", "to_kid": "\(progress.toKid)", "by": "\(holder)"])
        case .waiting(let reason): logger.info("Scheduled rotation waits: \(reason)")
        case .wrote, .waitingUntil: break
        }
    }

    private func show(_ record: RotationRecord?) {
        let present = record.map { $0.endedAt == nil ? $0.phase : "rest" } ?? "rest"
        for phase in ["rest", "begun", "promoted", "confirmed"] {
            Gauge(label: MetricName.rotationPhase, dimensions: [("phase", phase)]).record(phase == present ? 1 : 0)
        }
    }
}
