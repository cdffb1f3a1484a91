package import Logging
import Synchronization

/// The one type that loads the signing secret. Nothing else reads its names (`SecretNames`), so that no service has a
/// second loading path; CONTRIBUTING tells why.
package final class SecretManager: Sendable {
    package let environment: DeploymentEnvironment
    /// How tokens are signed with the ring's keys.
    package let signers: KeySigners
    private let detection: EnvironmentDetection
    let algorithm: KeyAlgorithm
    let reader: SecretReader
    let log: SecretLog
    let timing: SecretTiming
    let stores: StoreTiming
    let now: @Sendable () -> Int64
    let state: Mutex<State>
    /// Held while a look is judged and observers are told, so that each sees the rings in order; `state` is not held
    /// while they are told.
    let observers = Mutex<[@Sendable (KeyRing) -> Void]>([])

    struct State {
        var ring: KeyRing
        var resolution: SecretResolution
        var published: PublishedKeys?
        var gate: ReloadGate
        var book: SourceBook
        /// Why what lies there now was not adopted.
        var pending: SecretError?
        var announcedRetired: Set<KeyID> = []
        /// Looks begun, and by kind the last one judged: an answer that comes later than a younger one's is old.
        var looks: UInt64 = 0
        var judged: [SourceKind: UInt64] = [:]
    }

    private init(
        _ loaded: SecretAttempt.Loaded, algorithm: KeyAlgorithm, signers: KeySigners, timing: SecretTiming,
        now: @escaping @Sendable () -> Int64
    ) {
        let plan = loaded.reader.plan
        let ring = KeyRing(
            keys: loaded.resolution.keys, source: loaded.resolution.source,
            environment: loaded.detection.environment, version: 1)
        environment = loaded.detection.environment
        detection = loaded.detection
        reader = loaded.reader
        log = loaded.log
        stores = loaded.stores
        self.algorithm = algorithm
        self.signers = signers
        self.timing = timing
        self.now = now
        state = Mutex(
            State(
                ring: ring, resolution: loaded.resolution,
                gate: ReloadGate(
                    adopted: loaded.readings, essential: Set(plan.steps.compactMap(\.candidate?.id)),
                    atomic: Set(plan.candidates.filter { $0.kind == .store }.map(\.id))),
                book: SourceBook(plan: plan, readings: loaded.readings, now: now())))
    }

    /// Resolves the chain of DESIGN §4 over `variables`, checks it and logs the stable lines. Of a store that is down,
    /// where nothing else serves, it waits for at most `JWT_SECRET_STORE_WAIT_SECONDS`.
    /// - Parameters:
    ///   - variables: the process environment, handed over by settings.
    ///   - algorithm: of a raw secret (`JWT_ALGORITHM`); a JWK brings its own.
    ///   - now: seconds since the epoch.
    ///   - stores: what `JWT_SECRET_STORE` may name.
    ///   - timing: when sources are looked at.
    /// - Throws: `SecretError`; the process exits 78.
    package static func load(
        variables: [String: String], algorithm: KeyAlgorithm = .hs256, logger: Logger,
        now: @escaping @Sendable () -> Int64, stores: SecretStores = .fileOnly, timing: SecretTiming = .system
    ) async throws(SecretError) -> SecretManager {
        let attempt = await SecretAttempt.make(
            .init(
                variables: variables, algorithm: algorithm, logger: logger, stores: stores, timing: timing, waits: true)
        )
        let manager = SecretManager(
            try attempt.outcome.get(), algorithm: algorithm, signers: stores.signers, timing: timing, now: now)
        // A verifier that stands on published keys alone has none of its own to speak of.
        if !manager.ring.keys.isEmpty { manager.log.loaded(manager.ring) }
        manager.announceRetired()
        return manager
    }

    /// What `load` would find, also where it would fail; for `lockstep secret diagnose`. Logs nothing, and waits for no
    /// store.
    package static func diagnose(
        variables: [String: String], algorithm: KeyAlgorithm = .hs256, stores: SecretStores = .fileOnly
    ) async -> (diagnostics: SecretDiagnostics, error: SecretError?) {
        let silent = Logger(label: "lockstep.secrets") { _ in SwiftLogNoOpLogHandler() }
        let attempt = await SecretAttempt.make(
            .init(
                variables: variables, algorithm: algorithm, logger: silent, stores: stores, timing: .system,
                waits: false))
        return attempt.diagnosed
    }

    /// The present snapshot.
    package var ring: KeyRing { state.withLock { $0.ring } }

    /// What an operator should know, with stable codes; `diagnostics()` lists the same as texts.
    package var warnings: [SecretWarning] {
        state.withLock { state in
            let notice = detection.notice.map { [SecretWarning(code: "environment_assumed", message: $0)] } ?? []
            let pending = state.pending.map { [SecretWarning(code: "reload_rejected", message: $0.message)] } ?? []
            return notice + state.resolution.warnings + pending
        }
    }

    /// What this service can say of its keys, for `/internal/v1/keys` and `lockstep secret diagnose`.
    package func diagnostics() -> SecretDiagnostics {
        let (ring, resolution, health) = state.withLock { ($0.ring, $0.resolution, $0.book.health) }
        let time = now()
        let sources = resolution.sources.map { source in
            guard let entry = health[source.name] else { return source }
            var source = source
            source.revision = entry.revision
            source.confirmedAt = entry.confirmedAt
            source.age = entry.confirmedAt.map { max(0, time - $0) }
            source.lastFailure = entry.lastFailure
            return source
        }
        return SecretDiagnostics(
            environment: environment.rawValue, environmentDetectedFrom: detection.detectedFrom, sources: sources,
            winner: resolution.source, ringVersion: ring.version, keys: ring.keys.map(SecretDiagnostics.Key.init),
            warnings: warnings.map(\.message))
    }

    /// For deployment checks: whether this ring may be relied on to be everyone's. Stricter than a start: sources that
    /// differ, a store that could not confirm and a change that was not adopted fail here in every environment.
    /// Logs `JWT secret synchronization validated for <environment>` or the failure line.
    package func validateSynchronization() throws(SecretError) {
        let (ring, pending) = state.withLock { ($0.ring, $0.pending) }
        do throws(SecretError) {
            if let pending { throw pending }
            try SynchronizationCheck.check(ring, warnings: warnings)
        } catch {
            log.failed(error)
            throw error
        }
        log.validated()
    }

    /// Called at once with the present ring, then with each replacement, in order. The observer must not block, and must
    /// not call `observe` itself.
    package func observe(_ observer: @escaping @Sendable (KeyRing) -> Void) {
        observers.withLock { observers in
            observers.append(observer)
            observer(ring)
        }
    }
}
