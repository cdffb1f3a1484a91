import NIOCore
import Tokens

/// Who the customer behind a token is, on one loop: its own verdicts first, then the token's owner loop, which asks the
/// plant once for all loops.
final class Enricher {
    struct Settings: Sendable {
        var lifetimes: VerdictLifetimes
        /// Where a route does not say otherwise.
        var stale: StaleBounds
        var timeout: TimeAmount
        /// Of one loop.
        var concurrentCalls: Int
        var breaker: CircuitBreaker.Settings
    }

    typealias Waiter = (Verdict, EnrichmentMark) -> Void
    typealias Ticket = Validations<Waiting>.Ticket

    /// Somebody on this loop who asked.
    struct Waiting {
        fileprivate var question: ValidationQuestion
        fileprivate var waiter: Waiter
    }

    let settings: Settings
    /// Nil: this loop is alone, and the owner of every token.
    var peers: EnricherPeers?
    private let desk: ValidationDesk
    private let eventLoop: any EventLoop
    private let metrics: LoopMetrics
    private var cache: VerdictCache
    private var epoch: Epoch
    private var waiting = Validations<Waiting>(limit: .max)
    private var isShutDown = false

    /// - Parameter ring: the version of the loop's ring.
    init(settings: Settings, desk: ValidationDesk, eventLoop: any EventLoop, metrics: LoopMetrics, ring: UInt64) {
        self.settings = settings
        self.desk = desk
        self.eventLoop = eventLoop
        self.metrics = metrics
        cache = VerdictCache(lifetimes: settings.lifetimes)
        epoch = Epoch(ring: ring)
    }

    var cached: Int { cache.count }
    var breakerState: CircuitBreaker.State { desk.breakerState }
    /// Without hits and misses, which are counted as events.
    var cacheFigures: LoopCaches.Cache {
        LoopCaches.Cache(
            entries: cache.count, maximumEntries: cache.maximumCount, bytes: cache.bytes,
            maximumBytes: cache.maximumBytes, evictions: cache.evictions)
    }

    /// What this loop has kept, where that is still fresh: nearly always the answer.
    /// - Parameters:
    ///   - now: seconds since the epoch.
    ///   - timeToLive: of the route, in seconds; nil: GW_ENRICHMENT_TTL_SECONDS.
    func known(_ digest: TokenDigest, now: Int64, timeToLive: Int64?) -> (Verdict, EnrichmentMark)? {
        switch cache.look(digest, now: now, stale: .none, timeToLive: timeToLive) {
        case .confirmed(let facts):
            metrics.enrichment(.hit)
            return (.confirmed(facts), .cached)
        case .refused(let verdict):
            metrics.enrichment(.negativeHit)
            return (verdict, .cached)
        case .stale, .none: return nil
        }
    }

    /// - Returns: nil when `waiter` has been called already.
    func ask(_ question: ValidationQuestion, _ waiter: @escaping Waiter) -> Ticket? {
        let digest = TokenDigest(question.token)
        if let (verdict, mark) = known(digest, now: question.now, timeToLive: question.timeToLive) {
            waiter(verdict, mark)
            return nil
        }
        switch cache.look(
            digest, now: question.now, stale: question.stale, timeToLive: question.timeToLive)
        {
        case .stale(let facts):
            metrics.enrichment(.stale)
            _ = inquire(question, digest, nil)
            waiter(.confirmed(facts), .stale)
            return nil
        case .confirmed, .refused, .none:
            return inquire(question, digest, Waiting(question: question, waiter: waiter))
        }
    }

    /// The call goes on for the others, and for the cache.
    func cancel(_ ticket: Ticket) { waiting.cancel(ticket) }

    /// A verdict that was given under another ring is worth nothing.
    func ringChanged(to version: UInt64) {
        epoch.ringChanged(to: version)
        cache.removeAll()
    }

    /// While nobody would tell that a customer was suspended, verdicts are fresh for a short time alone.
    func revocationsLost(_ isLost: Bool) { cache.limit(to: isLost ? settings.lifetimes.whenLost : nil) }

    /// Every loop is told of every revocation, in the same order.
    func revoked(_ holder: RevokedHolder) {
        epoch.revoked()
        cache.remove(of: holder)
    }

    /// What others wait for they ask for themselves; nobody on this loop waits any more.
    func shutDown() {
        isShutDown = true
        _ = waiting.abandon()
        for waiter in desk.abandon() { waiter(.abandoned) }
    }

    // MARK: this loop's questions

    private func inquire(_ question: ValidationQuestion, _ digest: TokenDigest, _ one: Waiting?) -> Ticket? {
        let number: Int
        let ticket: Ticket
        switch waiting.ask(digest, epoch: epoch, waiter: one) {
        case .wait(let ticket):
            guard one != nil else { return nil }
            metrics.enrichment(.joined)
            return ticket
        case .call(let itsNumber, let itsTicket): (number, ticket) = (itsNumber, itsTicket)
        // There is no limit to who may wait.
        case .refuse: return nil
        }
        if let owner = peers?.owner(of: digest), owner.eventLoop !== eventLoop {
            let asker = NIOLoopBound(self, eventLoop: eventLoop)
            owner.eventLoop.execute { [epoch] in
                owner.value.consult(question, digest, epoch: epoch) { reply in
                    asker.eventLoop.execute { asker.value.replied(reply, question, digest, number) }
                }
            }
        } else {
            desk.ask(question, digest, epoch: epoch) { [self] in replied($0, question, digest, number) }
        }
        return waiting.isWaiting(ticket) ? ticket : nil
    }

    private func replied(
        _ reply: ValidationReply, _ question: ValidationQuestion, _ digest: TokenDigest, _ number: Int
    ) {
        guard !isShutDown else { return }
        switch reply {
        case .abandoned:
            // The owner has served its last client. The plant is still there.
            desk.ask(question, digest, epoch: epoch) { [self] in replied($0, question, digest, number) }
        case .answered(let answer):
            keep(answer, question, digest)
            for one in waiting.answered(number)?.waiters ?? [] { tell(one, answer, digest) }
        }
    }

    /// Not what began before a change that this loop has heard of since.
    private func keep(_ answer: ValidationAnswer, _ question: ValidationQuestion, _ digest: TokenDigest) {
        guard answer.epoch.covers(epoch) else { return }
        cache.store(answer.verdict, for: digest, identity: question.identity, since: answer.since)
    }

    private func tell(_ one: Waiting, _ answer: ValidationAnswer, _ digest: TokenDigest) {
        guard case .unavailable = answer.verdict,
            let facts = cache.standIn(
                digest, now: one.question.now, stale: one.question.stale, timeToLive: one.question.timeToLive)
        else { return one.waiter(answer.verdict, answer.mark) }
        metrics.enrichment(.staleIfError)
        one.waiter(.confirmed(facts), .stale)
    }

    // MARK: as a token's owner

    private func consult(
        _ question: ValidationQuestion, _ digest: TokenDigest, epoch askers: Epoch,
        _ reply: @escaping ValidationDesk.Waiter
    ) {
        guard !isShutDown else { return reply(.abandoned) }
        if epoch.covers(askers), let since = cache.since(digest) {
            // Asked by another loop in the meantime. What is stale is no answer: the asker may have it itself.
            let verdict: Verdict? =
                switch cache.look(
                    digest, now: question.now, stale: .none, timeToLive: question.timeToLive)
                {
                case .confirmed(let facts): .confirmed(facts)
                case .refused(let verdict): verdict
                case .stale, .none: nil
                }
            if let verdict {
                return reply(
                    .answered(ValidationAnswer(verdict: verdict, mark: .cached, since: since, epoch: epoch)))
            }
        }
        desk.ask(question, digest, epoch: epoch.merged(with: askers)) { [self] answer in
            if case .answered(let answer) = answer { keep(answer, question, digest) }
            reply(answer)
        }
    }
}
