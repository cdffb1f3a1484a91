import HTTPKit
import NIOCore
import NIOHTTP1
import Tokens

/// Who the customer behind a token is, on one loop: the verdict cache, one call per token at a time, and the plant.
final class Enricher {
    struct Settings: Sendable {
        /// Seconds; 0 (GW_ALWAYS_VALIDATE_WITH_PLANT) keeps no verdict.
        var timeToLive: Int64
        var timeout: TimeAmount
        var concurrentCalls = 256
    }

    struct Question {
        var token: String
        var identity: Identity
        var requestID: String
        var traceparent: String
        /// Seconds since the epoch.
        var now: Int64
    }

    typealias Waiter = (Verdict, EnrichmentMark) -> Void
    struct Ticket {
        fileprivate var digest: TokenDigest
        fileprivate var number: Int
    }

    private let plant: UpstreamPool
    private let settings: Settings
    private let assertion: GatewayAssertion
    private let deadlines: LoopDeadlines
    private let eventLoop: any EventLoop
    private let metrics: LoopMetrics
    /// Cloud Run IAM; nil when the plant takes the client's token in `Authorization`.
    private let idToken: IDTokenHolder?
    private var cache: VerdictCache
    private var validations: Validations<Waiter>

    init(
        plant: UpstreamPool, settings: Settings, assertion: GatewayAssertion, deadlines: LoopDeadlines,
        eventLoop: any EventLoop, metrics: LoopMetrics, idToken: IDTokenHolder?
    ) {
        self.plant = plant
        self.settings = settings
        self.assertion = assertion
        self.deadlines = deadlines
        self.eventLoop = eventLoop
        self.metrics = metrics
        self.idToken = idToken
        cache = VerdictCache(timeToLive: settings.timeToLive)
        validations = Validations(limit: settings.concurrentCalls)
    }

    var cached: Int { cache.count }

    /// - Returns: nil when `waiter` has been called already.
    func ask(_ question: Question, _ waiter: @escaping Waiter) -> Ticket? {
        let digest = TokenDigest(question.token)
        if let facts = cache.facts(for: digest, now: question.now) {
            metrics.enrichment(.hit)
            waiter(.confirmed(facts), .cached)
            return nil
        }
        let (ask, ticket) = validations.ask(digest, waiter: waiter)
        switch ask {
        case .wait:
            metrics.enrichment(.joined)
        case .refuse:
            metrics.enrichment(.shed)
            waiter(.unavailable("\(settings.concurrentCalls) validations are already on their way"), .unavailable)
            return nil
        case .call(let number):
            metrics.enrichment(.call)
            call(question, digest: digest, number: number)
        }
        return Ticket(digest: digest, number: ticket)
    }

    func cancel(_ ticket: Ticket) { validations.cancel(ticket.digest, ticket: ticket.number) }

    /// A verdict that was given under another ring is worth nothing.
    func ringChanged() {
        cache.removeAll()
        validations.ringChanged()
    }

    private func call(_ question: Question, digest: TokenDigest, number: Int) {
        var headers = HTTPHeaders()
        let credentials = "Bearer " + question.token
        if let idToken {
            guard let text = idToken.current(now: question.now) else {
                return answered(.failed("no ID token for the plant"), question, digest, number)
            }
            headers.add(name: "Authorization", value: "Bearer " + text)
        } else {
            headers.add(name: "Authorization", value: credentials)
        }
        headers.add(name: "X-Original-Authorization", value: credentials)
        headers.add(
            name: "X-Gateway-Assertion",
            value: assertion.issue(
                audience: UpstreamName.plant.audience, clientToken: question.token, method: nil, path: nil,
                now: question.now))
        headers.add(name: "X-Gateway", value: SetIdentityHeaders.name)
        headers.add(name: "X-Request-Id", value: question.requestID)
        headers.add(name: "traceparent", value: question.traceparent)
        headers.add(name: "Accept", value: "application/json")
        let head = UpstreamRequest.head(
            method: .GET, target: plant.origin.basePath + "/api/v1/auth/validate", headers: headers, framing: .none,
            authority: plant.origin.authority)
        UpstreamCall(
            pool: plant, head: head, deadlines: deadlines, deadline: eventLoop.now + settings.timeout
        ) { [self] answer in
            answered(answer, question, digest, number)
        }.start()
    }

    private func answered(_ answer: PlantAnswer, _ question: Question, _ digest: TokenDigest, _ number: Int) {
        let verdict = Verdict(answer, userID: question.identity.userID)
        metrics.verdict(verdict)
        let (waiters, mayKeep) = validations.answered(digest, number: number)
        if case .confirmed(let facts) = verdict, mayKeep {
            cache.store(facts, for: digest, expiresAt: question.identity.expiresAt, now: question.now)
        }
        for waiter in waiters {
            if case .unavailable = verdict { waiter(verdict, .unavailable) } else { waiter(verdict, .fresh) }
        }
    }
}
