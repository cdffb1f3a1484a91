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

    private enum Wake: Sendable {
        case timer(generation: Int)
        case ringChanged
    }

    private let settings: Settings
    private let service: String
    private let ring: @Sendable () -> KeyRing
    private let observe: @Sendable (@escaping @Sendable (KeyRing) -> Void) -> Void
    private let fetch: (@Sendable (String) async -> ProbeAnswer)?
    private let pause: @Sendable (Int) async throws -> Void
    private let internalToken: InternalToken
    private let readiness: Readiness
    private let clock: WallClock
    private let logger: Logger
    private let metrics = AgreementMetrics()
    private let state: Mutex<AgreementState>

    package convenience init(
        settings: Settings, service: String, manager: SecretManager, internalToken: InternalToken, readiness: Readiness,
        clock: WallClock, logger: Logger
    ) {
        self.init(
            settings: settings, service: service, ring: { manager.ring }, observe: { manager.observe($0) },
            fetch: nil, pause: { try await Task.sleep(for: .seconds($0)) }, internalToken: internalToken,
            readiness: readiness, clock: clock, logger: logger)
    }

    /// - Parameters:
    ///   - fetch: asks one issuer; nil: over HTTP.
    ///   - pause: waits so many seconds.
    init(
        settings: Settings, service: String, ring: @escaping @Sendable () -> KeyRing,
        observe: @escaping @Sendable (@escaping @Sendable (KeyRing) -> Void) -> Void,
        fetch: (@Sendable (String) async -> ProbeAnswer)?, pause: @escaping @Sendable (Int) async throws -> Void,
        internalToken: InternalToken, readiness: Readiness, clock: WallClock, logger: Logger
    ) {
        self.settings = settings
        self.service = service
        self.ring = ring
        self.observe = observe
        self.fetch = fetch
        self.pause = pause
        self.internalToken = internalToken
        self.readiness = readiness
        self.clock = clock
        self.logger = logger
        state = Mutex(
            AgreementState(
                .init(
                    urls: settings.portalURLs, grace: Int64(settings.graceSeconds),
                    needsIssuers: settings.needsIssuers)))
        readiness.set(Self.check, .notReady(code: "agreement_pending", detail: "not checked yet"))
    }

    /// What is known of each issuer; shown by `/internal/v1/keys` and the portal's page.
    package var states: [IssuerAgreement] {
        let ring = ring()
        return state.withLock { state in state.issuers.map { $0.agreement(ring: ring) } }
    }

    /// Throws `SettingsError` when the internal token is one of the ring's keys (outside development).
    package func run() async throws {
        try internalToken.check(against: ring())
        if let fetch { return await run(fetch: fetch) }
        let client = ProbeClient.makeClient()
        let probes = ProbeClient(client: client, internalToken: internalToken, logger: logger)
        await run(fetch: probes.probe)
        try await client.shutdown()
    }

    private func run(fetch: @escaping @Sendable (String) async -> ProbeAnswer) async {
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
        metrics.begin(settings.portalURLs)
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

    private func checkAll(fetch: @escaping @Sendable (String) async -> ProbeAnswer) async {
        await withTaskGroup(of: (String, ProbeAnswer).self) { group in
            for url in settings.portalURLs {
                group.addTask { (url, await fetch(url)) }
            }
            for await (url, answer) in group where !Task.isCancelled {
                let observation = ProbeObservation.judge(answer, ring: ring(), now: clock.now())
                apply(.observed(url: url, observation))
            }
        }
        if !Task.isCancelled { apply(.tick) }
    }

    private func apply(_ event: AgreementState.Event) {
        let now = clock.now()
        let (actions, issuers) = state.withLock { state in
            let actions = state.on(event, now: now)
            return (actions, state.issuers)
        }
        metrics.show(issuers)
        let ring = ring()
        for action in actions {
            switch action {
            case .setReadiness(let status): readiness.set(Self.check, status)
            case .countDrift(let url): metrics.countDrift(url)
            case .log(let notice):
                notice.write(
                    to: logger, service: service, ring: ring,
                    observation: issuers.first { $0.url == notice.url }?.last)
            }
        }
    }
}

extension AgreementState.Notice {
    var url: String? {
        switch self {
        case .agreed(let url), .disagreed(let url, _, _), .unreachable(let url, _): url
        case .unconfirmed, .unconfigured: nil
        }
    }
}
