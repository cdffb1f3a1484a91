import AsyncHTTPClient
package import Logging
package import Secrets
package import ServiceKit
import ServiceLifecycle
import Synchronization

/// Proves agreement with every issuer of PORTAL_URLS at start and then every KEY_AGREEMENT_INTERVAL_SECONDS (15), and
/// sets the readiness check `keys` as DESIGN §7 says: disagreement at start or after the own ring changed holds this
/// service back; one that was serving alarms and stays ready; unreachable issuers: ready after a 30 s grace with
/// `agreement: unconfirmed`.
///
/// A thin shell: `AgreementState` decides, this asks, sets and writes.
package final class KeyAgreementMonitor: Service {
    /// The readiness check that it sets.
    package static let check = "keys"

    /// Asks the issuer at an address for a probe: of the key that is named, or of its current one.
    typealias Fetch = @Sendable (_ url: String, _ kid: String?) async -> ProbeAnswer

    private enum Wake: Sendable {
        case timer(generation: Int)
        case ringChanged
    }

    private let settings: Settings
    private let service: String
    private let ring: @Sendable () -> KeyRing
    private let observe: @Sendable (@escaping @Sendable (KeyRing) -> Void) -> Void
    private let fetch: Fetch?
    private let signer: ProbeSigner?
    private let fleet: FleetCheck?
    private let pause: @Sendable (Int) async throws -> Void
    private let internalToken: InternalToken
    private let readiness: Readiness
    private let clock: WallClock
    private let logger: Logger
    private let metrics = AgreementMetrics()
    private let state: Mutex<AgreementState>
    /// Of the ring that `state` speaks of.
    private let provenVersion = Mutex<UInt64>(0)
    private let observers = Mutex<[@Sendable (AgreementStanding) -> Void]>([])

    /// - Parameters:
    ///   - signer: issuers prove their own keys with it, and need nobody else for that.
    ///   - fleet: issuers: whether those who verify hold the key that they sign with.
    package convenience init(
        settings: Settings, service: String, manager: SecretManager, internalToken: InternalToken, readiness: Readiness,
        clock: WallClock, logger: Logger, signer: ProbeSigner? = nil, fleet: FleetCheck? = nil
    ) {
        self.init(
            settings: settings, service: service, ring: { manager.ring }, observe: { manager.observe($0) },
            fetch: nil, pause: { try await Task.sleep(for: .seconds($0)) }, internalToken: internalToken,
            readiness: readiness, clock: clock, logger: logger, signer: signer, fleet: fleet)
    }

    /// - Parameters:
    ///   - fetch: asks one issuer; nil: over HTTP.
    ///   - pause: waits so many seconds.
    init(
        settings: Settings, service: String, ring: @escaping @Sendable () -> KeyRing,
        observe: @escaping @Sendable (@escaping @Sendable (KeyRing) -> Void) -> Void,
        fetch: Fetch?, pause: @escaping @Sendable (Int) async throws -> Void,
        internalToken: InternalToken, readiness: Readiness, clock: WallClock, logger: Logger,
        signer: ProbeSigner? = nil, fleet: FleetCheck? = nil
    ) {
        self.settings = settings
        self.service = service
        self.ring = ring
        self.observe = observe
        self.fetch = fetch
        self.signer = signer
        self.fleet = fleet
        self.pause = pause
        self.internalToken = internalToken
        self.readiness = readiness
        self.clock = clock
        self.logger = logger
        state = Mutex(
            AgreementState(
                .init(
                    urls: settings.portalURLs + (fleet.map { [$0.label] } ?? []), grace: Int64(settings.graceSeconds),
                    needsIssuers: settings.needsIssuers, voiceLife: Int64(max(60, 4 * settings.intervalSeconds)))))
        readiness.set(Self.check, .notReady(code: "agreement_pending", detail: "not checked yet"))
    }

    /// What is known of each issuer; shown by `/internal/v1/keys` and the portal's page.
    package var states: [IssuerAgreement] {
        let ring = ring()
        return state.withLock { state in state.issuers.map { $0.agreement(ring: ring) } }
    }

    /// What it comes to; the reporter tells the fleet.
    package var standing: AgreementStanding {
        var standing = state.withLock { $0.standing }
        standing.ringVersion = provenVersion.withLock { $0 }
        return standing
    }

    /// Called with each standing that differs from the one before; it must not block.
    package func observe(_ observer: @escaping @Sendable (AgreementStanding) -> Void) {
        observers.withLock { $0.append(observer) }
    }

    /// Throws `SettingsError` when the internal token is one of the ring's keys (outside development).
    package func run() async throws {
        try internalToken.check(against: ring())
        if let fetch { return await run(fetch: fetch) }
        let client = ProbeClient.makeClient()
        let probes = ProbeClient(client: client, internalToken: internalToken, logger: logger)
        await run(fetch: { await probes.probe($0, kid: $1) })
        try await client.shutdown()
    }

    private func run(fetch: @escaping Fetch) async {
        let (wakes, continuation) = AsyncStream.makeStream(of: Wake.self, bufferingPolicy: .bufferingNewest(16))
        // The first call brings the present ring, which `started` already stands for.
        let known = Mutex<UInt64?>(nil)
        observe { [metrics] ring in
            let previous = known.withLock { known in
                defer { known = ring.version }
                return known
            }
            metrics.loaded(ring, isFirst: previous == nil)
            if previous != nil && previous != ring.version { continuation.yield(.ringChanged) }
        }
        metrics.begin(settings.portalURLs + (fleet.map { [$0.label] } ?? []))
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                var generation = 0
                self.apply(.started)
                await self.checkAll(fetch: fetch)
                while !Task.isCancelled {
                    generation += 1
                    self.schedule(generation, in: &group, continuation)
                    guard await self.waitForWork(wakes, generation: generation) else { break }
                    await self.checkAll(fetch: fetch)
                }
                group.cancelAll()
            }
        }
    }

    private func schedule(
        _ generation: Int, in group: inout TaskGroup<Void>, _ continuation: AsyncStream<Wake>.Continuation
    ) {
        // While something is yet to be proven, a start should not wait for the regular interval.
        let isProving = state.withLock { $0.isProving }
        let seconds = isProving ? min(1, settings.intervalSeconds) : settings.intervalSeconds
        group.addTask { [pause] in
            guard (try? await pause(seconds)) != nil else { return }
            continuation.yield(.timer(generation: generation))
        }
    }

    /// Until the timer of this generation, or a new ring; false when the task is cancelled.
    private func waitForWork(_ wakes: AsyncStream<Wake>, generation: Int) async -> Bool {
        for await wake in wakes {
            switch wake {
            case .timer(let due): if due == generation { return true }
            case .ringChanged:
                apply(.ringChanged)
                return true
            }
        }
        return false
    }

    private func checkAll(fetch: @escaping Fetch) async {
        await proveOwnKeys()
        await withTaskGroup(of: Void.self) { group in
            for url in settings.portalURLs {
                group.addTask { await self.check(url, fetch: fetch) }
            }
            if let fleet {
                group.addTask {
                    let verdict = await fleet.judge(self.ring())
                    if !Task.isCancelled { self.apply(.observed(url: fleet.label, ProbeObservation(verdict))) }
                }
            }
        }
        if !Task.isCancelled { apply(.tick) }
    }

    private func check(_ url: String, fetch: Fetch) async {
        let current = ProbeObservation.judge(await fetch(url, nil), ring: ring(), now: clock.now())
        guard !Task.isCancelled else { return }
        apply(.observed(url: url, current))
        guard !current.isUnreachable else { return }
        var others: [String: ProbeObservation] = [:]
        // A key that has proved itself with this ring stays proven; each probe may cost the issuer a call to a KMS.
        for kid in current.otherKids where !isVerified(kid) {
            others[kid] = ProbeObservation.judge(await fetch(url, kid), ring: ring(), now: clock.now())
        }
        if !Task.isCancelled { apply(.observedOthers(url: url, others)) }
    }

    /// An issuer holds what it signs with: a probe of its own proves that key and ring are sound.
    private func proveOwnKeys() async {
        guard let signer else { return }
        for kid in signer.kids where !isVerified(kid) {
            guard let probe = try? await signer.probe(kid: KeyID(kid)) else { continue }
            let observation = ProbeObservation.judge(.probe(probe), ring: ring(), now: clock.now())
            if let proven = observation.provenKid { apply(.proven(kid: proven)) }
        }
    }

    private func isVerified(_ kid: String) -> Bool {
        guard let key = ring().key(KeyID(kid)) else { return false }
        return state.withLock { $0.verified.contains(key.id.rawValue) }
    }

    func apply(_ event: AgreementState.Event) {
        let now = clock.now()
        if event == .started || event == .ringChanged {
            let version = ring().version
            provenVersion.withLock { $0 = version }
        }
        let (actions, issuers, isNews) = state.withLock { state in
            let before = state.standing
            let actions = state.on(event, now: now)
            // Inside of the lock: of two events at once the later one's readiness must be the one that stays.
            for case .setReadiness(let status) in actions { readiness.set(Self.check, status) }
            return (actions, state.issuers, before != state.standing)
        }
        metrics.show(issuers)
        let ring = ring()
        for action in actions {
            switch action {
            case .setReadiness: break
            case .countDrift(let url): metrics.countDrift(url)
            case .log(let notice):
                notice.write(
                    to: logger, service: service, ring: ring,
                    observation: issuers.first { $0.url == notice.url }?.last)
            }
        }
        // Last: who is told of a standing finds the readiness that goes with it.
        guard isNews else { return }
        let news = standing
        for observer in observers.withLock({ $0 }) { observer(news) }
    }
}

extension AgreementState.Notice {
    var url: String? {
        switch self {
        case .agreed(let url), .disagreed(let url, _, _), .lagging(let url, _, _), .unreachable(let url, _): url
        case .unconfirmed, .unconfigured: nil
        }
    }
}
