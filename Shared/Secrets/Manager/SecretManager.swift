package import Logging
import Synchronization

/// The one type that loads the signing secret. Nothing else reads its names (`SecretNames`), so that no service has a
/// second loading path; CONTRIBUTING tells why.
package final class SecretManager: Sendable {
    package let environment: DeploymentEnvironment
    /// How tokens are signed with the ring's keys.
    package let signers: KeySigners
    private let detection: EnvironmentDetection
    private let algorithm: KeyAlgorithm
    private let reader: SecretReader
    private let log: SecretLog
    private let interval: Duration
    private let now: @Sendable () -> Int64
    private let state: Mutex<State>
    /// Held while observers are told, so that each sees the rings in order; `state` is not held meanwhile.
    private let observers = Mutex<[@Sendable (KeyRing) -> Void]>([])

    private struct State {
        var ring: KeyRing
        var resolution: SecretResolution
        var gate: ReloadGate
        /// Why what lies there now was not adopted.
        var pending: SecretError?
        var announcedRetired: Set<KeyID> = []
    }

    private init(
        detection: EnvironmentDetection, algorithm: KeyAlgorithm, reader: SecretReader, log: SecretLog,
        signers: KeySigners, interval: Duration, now: @escaping @Sendable () -> Int64, state: State
    ) {
        self.signers = signers
        self.environment = detection.environment
        self.detection = detection
        self.algorithm = algorithm
        self.reader = reader
        self.log = log
        self.interval = interval
        self.now = now
        self.state = Mutex(state)
    }

    /// Resolves the chain of DESIGN §4 over `variables`, checks it and logs the stable lines.
    /// - Parameters:
    ///   - variables: the process environment, handed over by settings.
    ///   - algorithm: of a raw secret (`JWT_ALGORITHM`); a JWK brings its own.
    ///   - now: seconds since the epoch.
    ///   - stores: what `JWT_SECRET_STORE` may name.
    ///   - interval: between two looks at watched files in `run()`.
    ///   - settle: between the two reads of a file at start that must find the same.
    /// - Throws: `SecretError`; the process exits 78.
    package static func load(
        variables: [String: String], algorithm: KeyAlgorithm = .hs256, logger: Logger,
        now: @escaping @Sendable () -> Int64, stores: SecretStores = .fileOnly, interval: Duration = .seconds(2),
        settle: Duration = .milliseconds(20)
    ) async throws(SecretError) -> SecretManager {
        let attempt = await SecretAttempt.make(
            variables: variables, algorithm: algorithm, logger: logger, stores: stores, settle: settle)
        let loaded = try attempt.outcome.get()
        let ring = KeyRing(
            keys: loaded.resolution.keys, source: loaded.resolution.source,
            environment: loaded.detection.environment, version: 1)
        let manager = SecretManager(
            detection: loaded.detection, algorithm: algorithm, reader: loaded.reader, log: loaded.log,
            signers: stores.signers, interval: interval, now: now,
            state: State(
                ring: ring, resolution: loaded.resolution,
                gate: ReloadGate(
                    adopted: loaded.readings, essential: Set(loaded.reader.plan.steps.compactMap(\.candidate?.id)))))
        loaded.log.loaded(ring)
        manager.announceRetired()
        return manager
    }

    /// What `load` would find, also where it would fail; for `lockstep secret diagnose`. Logs nothing.
    package static func diagnose(
        variables: [String: String], algorithm: KeyAlgorithm = .hs256, stores: SecretStores = .fileOnly
    ) async -> (diagnostics: SecretDiagnostics, error: SecretError?) {
        let silent = Logger(label: "lockstep.secrets") { _ in SwiftLogNoOpLogHandler() }
        let attempt = await SecretAttempt.make(
            variables: variables, algorithm: algorithm, logger: silent, stores: stores, settle: .milliseconds(20))
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
        let (ring, resolution) = state.withLock { ($0.ring, $0.resolution) }
        return SecretDiagnostics(
            environment: environment.rawValue, environmentDetectedFrom: detection.detectedFrom,
            sources: resolution.sources, winner: resolution.source, ringVersion: ring.version,
            keys: ring.keys.map(SecretDiagnostics.Key.init), warnings: warnings.map(\.message))
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

    /// Watches files and retirement until cancelled; a bad or half-written file never replaces a good ring (it is
    /// logged).
    package func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: interval) } catch { return }
            await poll()
        }
    }

    /// One look at the watched files, as `run()` takes it at each interval; not to be called beside it.
    package func poll() async {
        announceRetired()
        guard reader.watches else { return }
        let readings = await reader.read()
        switch state.withLock({ $0.gate.on(readings) }) {
        case .keep, .wait: return
        case .recovered:
            state.withLock { $0.pending = nil }
            log.recovered(ring)
        case .lost(let id):
            let label = reader.plan.candidates.first { $0.id == id }?.label ?? id
            reject(
                readings,
                SecretError(
                    code: "file_unreadable",
                    message: "\(label) held a secret and holds none any more. Put it back, or restart without it."))
        case .resolve:
            do throws(SecretError) {
                adopt(
                    readings, try SecretResolution.resolve(reader.plan, readings: readings, algorithm: algorithm))
            } catch {
                reject(readings, error)
            }
        }
    }

    private func adopt(_ readings: [String: SourceReading], _ resolution: SecretResolution) {
        observers.withLock { observers in
            let (ring, isNew, known) = state.withLock { state -> (KeyRing, Bool, [SecretWarning]) in
                let known = state.resolution.warnings
                state.gate.adopt(readings)
                state.pending = nil
                state.resolution = resolution
                // The same keys from the same place, written in another way, are no new ring.
                guard state.ring.keys != resolution.keys || state.ring.source != resolution.source else {
                    return (state.ring, false, known)
                }
                state.ring = KeyRing(
                    keys: resolution.keys, source: resolution.source, environment: environment,
                    version: state.ring.version + 1)
                return (state.ring, true, known)
            }
            log.warn(resolution.warnings.filter { !known.contains($0) })
            guard isNew else { return }
            log.loaded(ring)
            for observer in observers { observer(ring) }
        }
        announceRetired()
    }

    private func reject(_ readings: [String: SourceReading], _ error: SecretError) {
        let ring = state.withLock { state in
            state.gate.reject(readings)
            state.pending = error
            return state.ring
        }
        log.kept(ring, because: error)
    }

    private func announceRetired() {
        let time = now()
        let retired = state.withLock { state in
            let keys = state.ring.keys.filter { key in
                key.retireAt.map { $0 <= time } ?? false && !state.announcedRetired.contains(key.id)
            }
            state.announcedRetired.formUnion(keys.map(\.id))
            return keys
        }
        for key in retired { log.retired(key) }
    }
}
