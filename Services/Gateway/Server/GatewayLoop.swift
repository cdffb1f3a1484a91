import Contracts
import HTTPKit
import Logging
package import NIOCore
import Secrets
import ServiceKit
import Tokens

/// Everything that the connections of one event loop need, touched by that loop alone: no lock, no hop.
final class GatewayLoop {
    let number: Int
    let eventLoop: any EventLoop
    let settings: LoopSettings
    let deadlines: LoopDeadlines
    let metrics: LoopMetrics
    let accessLog: AccessLog
    let randomness = LoopRandomness()
    let logger: Logger
    let assertion: GatewayAssertion
    let own: OwnAnswers
    let rateLimiter: SharedRateLimiter
    let routeLimiter: SharedRouteLimiter
    let clock: WallClock
    /// Where a key that the ring has not may have been published.
    let keySet: RemoteKeySet?
    /// Replaced whole, between two requests: one that is under way ends with the route that it began with.
    private(set) var routes: RouteTable
    private var routesVersion: UInt64 = 0
    private(set) var pools: [UpstreamName: UpstreamPool]
    /// Upstreams of several servers.
    let upstreams: LoopUpstreams
    /// Pools that no route leads to any more, and since when.
    private var retired: [UpstreamName: NIODeadline] = [:]
    private let makePool: (UpstreamEndpoint) -> UpstreamPool
    /// All loops, this one among them; empty until they are introduced.
    var peers: [NIOLoopBound<GatewayLoop>] = []
    let introspection: IntrospectionSources
    /// Nil without a candidate.
    private(set) var dryRun: DryRun?
    let refusals: RefusalLog
    /// Nil without a collector.
    let tracer: LoopTracer?
    private(set) var enricher: Enricher?
    /// While a plant is out of order every request meets that.
    var unavailable = BoundedWarning()
    private(set) var idToken: IDTokenHolder?
    /// Replaced whole, together, when the ring changes.
    private(set) var ring: KeyRing
    var verifier: LoopVerifier
    /// Verified tokens that earlier rings' caches had no room for.
    private var evictedBefore: Int64 = 0
    /// Asked behind the verifier, so before every cache of what was concluded of a token.
    private(set) var revocations = RevocationSet()
    /// Of `revocations`; each change has its own.
    private var revocationsVersion: UInt64 = 1
    private var revocationsSweptAt: Int64 = 0
    private var streamSweep = StreamSweep()
    private var policy: VerificationPolicy
    private var clients: [ObjectIdentifier: ClientHandler] = [:]
    private(set) var isDraining = false
    /// Where a head is written before it goes to a connection; its storage is used again.
    var head = HeadBuffer()
    private var metadataPool: UpstreamPool?
    private var date = AnswerDate()
    private var onEmpty: (() -> Void)?

    init(
        number: Int, eventLoop: any EventLoop, settings: LoopSettings, parts: LoopParts, ring: KeyRing,
        makePool: @escaping (UpstreamEndpoint) -> UpstreamPool
    ) {
        self.number = number
        self.eventLoop = eventLoop
        self.settings = settings
        self.ring = ring
        policy = parts.policy
        verifier = LoopVerifier(TokenVerifier(ring: ring, policy: parts.policy))
        routes = settings.routes
        metrics = LoopMetrics(loop: number)
        deadlines = LoopDeadlines(eventLoop: eventLoop, interval: settings.tick)
        accessLog = AccessLog(logger: parts.logger, sample: settings.accessLogSample)
        logger = parts.logger
        assertion = parts.assertion
        own = parts.own
        rateLimiter = parts.rateLimiter
        routeLimiter = parts.routeLimiter
        clock = parts.clock
        keySet = parts.keySet
        refusals = parts.refusals
        introspection = parts.introspection
        tracer = parts.tracing.map(LoopTracer.init)
        self.makePool = makePool
        pools = settings.origins.mapValues { makePool(UpstreamEndpoint(origin: $0)) }
        upstreams = LoopUpstreams(
            number: number, eventLoop: eventLoop, board: parts.upstreams, deadlines: deadlines,
            randomness: randomness, longestExchange: settings.timeouts.total, makePool: makePool)
        upstreams.replace(with: settings.routes.upstreams)
        if let metadata = settings.metadata, let plant = settings.origins[.plant] {
            let pool = makePool(UpstreamEndpoint(origin: metadata))
            metadataPool = pool
            idToken = IDTokenHolder(
                pool: pool, audience: plant.text, deadlines: deadlines, eventLoop: eventLoop,
                report: parts.reportIDToken)
        }
        if let enrichment = settings.enrichment, let plant = pools[.plant] {
            let validator = PlantValidator(
                plant: plant, timeout: enrichment.timeout, assertion: parts.assertion, deadlines: deadlines,
                eventLoop: eventLoop, idToken: idToken)
            let desk = ValidationDesk(
                concurrentCalls: enrichment.concurrentCalls, breaker: enrichment.breaker, eventLoop: eventLoop,
                metrics: metrics, logger: parts.logger, askPlant: validator.ask)
            enricher = Enricher(
                settings: enrichment, desk: desk, eventLoop: eventLoop, metrics: metrics, ring: ring.version)
        }
        dryRun = parts.dryRun.map { DryRun($0, loop: self) }
    }

    /// On the loop.
    func start() {
        deadlines.onTick = { [weak self] in self?.tick() }
        deadlines.start()
        upstreams.start()
        idToken?.refresh(now: clock.now())
    }

    /// On the loop: the snapshot and everything that was concluded with the old one go together.
    func replace(ring: KeyRing) {
        guard ring.version >= self.ring.version else { return }
        self.ring = ring
        evictedBefore += verifier.evictions
        verifier = LoopVerifier(TokenVerifier(ring: ring, policy: policy))
        enricher?.ringChanged(to: ring.version)
        streamSweep.changed()
    }

    /// On the loop: the next request is matched with these. Pools, caches and buckets belong to upstreams, tokens and
    /// rules, not to a table, and are carried over.
    func adopt(_ routes: RoutesInForce) {
        guard routes.version > routesVersion else { return }
        routesVersion = routes.version
        self.routes = routes.table
        upstreams.replace(with: routes.table.upstreams)
        let origins = routes.origins
        for (name, origin) in origins where pools[name] == nil {
            pools[name] = makePool(UpstreamEndpoint(origin: origin))
        }
        for case .other(let origin) in pools.keys {
            let name = UpstreamName.other(origin)
            retired[name] = origins[name] == nil ? retired[name] ?? eventLoop.now : nil
        }
    }

    /// A request that began before the change may still be on its way to its upstream, for as long as a request may take.
    private func dropRetired() {
        for (name, since) in retired where eventLoop.now - since >= settings.timeouts.total {
            guard let pool = pools[name], pool.isUnused else { continue }
            pools[name] = nil
            retired[name] = nil
            metrics.gauge(upstream: name.label, open: 0, idle: 0)
        }
    }

    /// On the loop: what somebody told is true from the next request on.
    func revoke(_ change: RevocationBoard.Change) {
        revocationsVersion += 1
        streamSweep.changed()
        switch change {
        case .set(let set): revocations = set
        case .revoked(let revocation, let expiresAt):
            revocations.insert(revocation, expiresAt: expiresAt)
            for holder in RevokedHolder.all(of: revocation.subject) { enricher?.revoked(holder) }
        case .lost(let isLost): enricher?.revocationsLost(isLost)
        }
    }

    /// Looked up once for each token and change: revocations only ever expire in between.
    /// - Parameter now: seconds since the epoch.
    func isRevoked(_ token: KnownToken, now: Int64) -> Bool {
        if token.passedRevocations == revocationsVersion { return false }
        guard !revocations.isRevoked(token.identity, now: now) else { return true }
        token.passedRevocations = revocationsVersion
        return false
    }

    private func sweepRevocations(_ now: Int64) {
        guard now - revocationsSweptAt >= RevocationBoard.sweepInterval else { return }
        revocationsSweptAt = now
        revocations.sweep(now: now)
    }

    private func tick() {
        let now = clock.now()
        sweepRevocations(now)
        if streamSweep.isDue(now) { endStreams(now: now) }
        for pool in pools.values { pool.closeIdle() }
        if !retired.isEmpty { dropRetired() }
        upstreams.tick()
        metadataPool?.closeIdle()
        idToken?.refresh(now: now)
        accessLog.flush()
        dryRun?.flush()
        tracer?.flush()
        flushMetrics()
    }

    /// What `/internal/v1/upstreams` says of this loop.
    func publishUpstreams() { upstreams.publish(plain: pools) }

    /// As of now.
    var tokenCache: LoopCaches.Cache {
        var cache = verifier.cacheFigures
        (cache.hits, cache.misses) = metrics.tokenCacheTotals
        cache.evictions += evictedBefore
        return cache
    }

    func flushMetrics() {
        metrics.flush()
        upstreams.flushMetrics()
        metrics.gauge(clients: clients.count)
        metrics.gauge(cachedTokens: verifier.cachedTokens)
        metrics.gauge(revocations: revocations.count)
        if let enricher {
            metrics.gauge(cachedVerdicts: enricher.cached)
            metrics.gauge(breaker: enricher.breakerState)
        }
        upstreams.gauge(metrics)
        for (name, pool) in pools {
            metrics.gauge(upstream: name.label, open: pool.openConnections, idle: pool.idleConnections)
        }
    }

    /// `Date` of an answer of the gateway's own.
    var answerDate: String { date.value(now: clock.now()) }

    // MARK: clients

    var hasRoom: Bool { clients.count < settings.maximumConnections }
    var clientList: Dictionary<ObjectIdentifier, ClientHandler>.Values { clients.values }

    func opened(_ client: ClientHandler) {
        clients[ObjectIdentifier(client)] = client
        deadlines.add(client)
    }

    func closed(_ client: ClientHandler) {
        clients.removeValue(forKey: ObjectIdentifier(client))
        deadlines.remove(client)
        if isDraining, clients.isEmpty { finishDraining() }
    }

    /// Idle connections are closed, busy ones after their answer. `done` is called when none is left.
    func drain(_ done: @escaping () -> Void) {
        isDraining = true
        onEmpty = done
        for client in Array(clients.values) { client.drain() }
        if clients.isEmpty { finishDraining() }
    }

    /// The drain deadline has passed.
    func closeAll() {
        for client in Array(clients.values) { client.cut() }
    }

    func shutDown() {
        accessLog.flush()
        dryRun?.flush()
        tracer?.flush()
        flushMetrics()
        enricher?.shutDown()
        deadlines.stop()
        for pool in pools.values { pool.shutDown() }
        upstreams.shutDown()
        metadataPool?.shutDown()
    }

    private func finishDraining() {
        guard let onEmpty else { return }
        self.onEmpty = nil
        onEmpty()
    }
}

/// What all loops are made with. Values and immutable references.
struct LoopParts: Sendable {
    var policy: VerificationPolicy
    var assertion: GatewayAssertion
    var own: OwnAnswers
    var rateLimiter: SharedRateLimiter
    var routeLimiter = SharedRouteLimiter()
    var upstreams: UpstreamBoard
    var keySet: RemoteKeySet?
    var routes: ServedRoutes
    /// Nil without a candidate.
    var dryRun: DryRunParts?
    var introspection: IntrospectionSources
    /// Nil without a collector.
    var tracing: TracingParts?
    /// Nil with GW_REVOCATIONS=false.
    var revocations: RevocationBoard?
    /// What the fleet report tells of refused tokens.
    var refusals = RefusalLog()
    var clock: WallClock
    var logger: Logger
    /// Nil for success, else why there is no ID token.
    var reportIDToken: @Sendable (String?) -> Void
}

/// What a loop is configured with; a value.
struct LoopSettings: Sendable {
    var environment: DeploymentEnvironment
    var routes: RouteTable
    var origins: [UpstreamName: Origin]
    /// Cloud Run's metadata server, with PLANT_BACKEND_USE_ID_TOKEN alone.
    var metadata: Origin?
    /// Nil with GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT=false.
    var enrichment: Enricher.Settings?
    var enrichmentFailure: EnrichmentFailure
    var trustedProxies: TrustedProxies
    /// How `/decide` is asked.
    var decisions: DecisionDialect
    var timeouts: Timeouts
    /// Bytes of a request's body.
    var maximumBody: Int
    var bodyPace: BodyPace.Rule
    /// Client connections of this loop.
    var maximumConnections: Int
    /// Of each pool of this loop.
    var pools = UpstreamPool.Limits()
    /// One in so many requests that went well is written to the access log; 0: none.
    var accessLogSample: Int
    /// How often deadlines are looked at.
    var tick: TimeAmount
}

/// GW_ENRICHMENT_FAILURE.
package enum EnrichmentFailure: String, Sendable, CaseIterable {
    /// 503.
    case closed
    /// Forwarded without customer headers; never without verification.
    case open
}

package struct Timeouts: Sendable, Equatable {
    /// From the first byte of a head (or the accepted connection) to its last.
    package var head: TimeAmount = .seconds(10)
    /// Between two requests.
    package var keepAlive: TimeAmount = .seconds(75)
    /// Between two parts of a body, either way, and for a client that does not read.
    package var idle: TimeAmount = .seconds(60)
    package var connect: TimeAmount = .seconds(2)
    /// From the end of the request to the upstream's head.
    package var firstByte: TimeAmount = .seconds(30)
    /// Of a tunnel, when neither side says anything.
    package var tunnelIdle: TimeAmount = .seconds(300)
    /// A whole exchange.
    package var total: TimeAmount = .seconds(600)
    /// For the last bytes of a client whose connection is being closed.
    package var linger: TimeAmount = .seconds(2)
    package init() {}
}

extension UpstreamName {
    /// For metrics.
    var label: String {
        switch self {
        case .plant: "plant"
        case .platform: "platform"
        case .customer: "customer"
        case .other(let origin): origin.isUnixSocket ? origin.text : origin.authority
        }
    }
}
