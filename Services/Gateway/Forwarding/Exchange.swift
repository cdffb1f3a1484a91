import HTTPKit
import Logging
import NIOCore
import NIOHTTP1
import Secrets
import ServiceKit
import Tokens

/// One request on its way through the steps (STYLE 11) and its response on the way back: the shell that performs what
/// `ExchangeMachine` says. Steps 1 to 4 run in `start()`, the others as answers come in.
final class Exchange {
    /// A circle with the connection's own reference, which it lets go of when the exchange is over.
    let client: ClientHandler
    let loop: GatewayLoop
    let head: HTTPRequestHead
    let startedAt: NIODeadline
    /// Seconds since the epoch, at the head.
    let now: Int64
    let requestID: String
    let forwarded: Forwarded
    let trace: TraceContext
    var machine: ExchangeMachine
    var line = AccessLog.Line()

    // What the steps found out, in their order.
    var framing = RequestFraming.none
    var target: RequestTarget?
    var route: Route?
    var upstreamPath = ""
    var headers = HTTPHeaders()
    var token: String?
    var identity: Identity?
    var enrichment = EnrichmentMark.skipped
    var customer: CustomerFacts?

    // What is under way.
    var validation: Enricher.Ticket?
    var pool: UpstreamPool?
    var leaseTicket: Int?
    var connection: UpstreamConnection?
    var heldBody: [ByteBuffer] = []
    var isEndHeld = false
    var expectsContinue = false
    var isUnflushed = false
    private let totalDeadline: NIODeadline

    init(client: ClientHandler, head: HTTPRequestHead) {
        self.client = client
        self.head = head
        loop = client.loop
        startedAt = loop.eventLoop.now
        now = loop.clock.now()
        totalDeadline = startedAt + loop.settings.timeouts.total
        // Read before anything is stripped; a name that occurs twice is nobody's word.
        let ids = head.headers["x-request-id"]
        requestID = RequestID.accept(ids.count == 1 ? ids[0] : nil, random: loop.randomness.word)
        trace = TraceContext(
            parents: head.headers["traceparent"], states: head.headers["tracestate"],
            random: loop.randomness.word)
        forwarded = Forwarded(
            headers: head.headers, peer: client.peer, isTrusted: client.isTrusted,
            trusted: loop.settings.trustedProxies, proto: client.proto)
        // The codec stops behind a request that asks for an upgrade; the answer is given, and the connection ends.
        let asksUpgrade = head.headers.contains(name: "upgrade")
        machine = ExchangeMachine(
            isIdempotent: UpstreamRequest.isIdempotent(head.method), keepAlive: head.isKeepAlive && !asksUpgrade)
        line.requestID = requestID
        line.method = head.method.rawValue
        line.client = forwarded.client
        wait(for: loop.settings.timeouts.idle)
    }

    // MARK: steps 1 to 4

    func start() {
        do throws(Refusal) {
            framing = try RejectAmbiguous.check(head)
            let target = try RequestTarget(head.uri)
            self.target = target
            line.path = target.path
            if let endpoint = OwnEndpoint(path: target.path) { return try answerMyself(endpoint) }
            let route = try match(target)
            if case .length(let bytes) = framing, bytes > loop.settings.maximumBody { throw bodyTooLarge }
            try limitRate(route)
            let remaining = DropHopByHop.apply(head.headers)
            let authorization = remaining["authorization"]
            headers = StripManagedHeaders.apply(remaining)
            expectsContinue = head.version.minor >= 1 && head.headers.contains(name: "expect")
            authenticate(authorization, route)
        } catch {
            refuse(error)
        }
    }

    private func match(_ target: RequestTarget) throws(Refusal) -> Route {
        switch loop.routes.match(head.method, target.path) {
        case .route(let route, let path):
            self.route = route
            line.route = route.name
            upstreamPath = path
            return route
        case .notFound: throw Refusal(.notFound, "no route leads there")
        case .methodNotAllowed(let methods):
            var refusal = Refusal(.methodNotAllowed, "this route does not serve \(head.method.rawValue)")
            refusal.allowedMethods = methods.map(\.rawValue)
            throw refusal
        }
    }

    /// What can be repeated to guess: reading one's own sessions is not.
    private func limitRate(_ route: Route) throws(Refusal) {
        guard route.isRateLimited, head.method != .GET, head.method != .HEAD, head.method != .OPTIONS else { return }
        let milliseconds = Int64(loop.eventLoop.now.uptimeNanoseconds / 1_000_000)
        guard let seconds = loop.rateLimiter.refuse(forwarded.client, milliseconds: milliseconds) else { return }
        throw Refusal(.rateLimited, "too many attempts from this address", retryAfter: seconds)
    }

    /// - Parameter isSecondLook: a key set was fetched since the first one.
    private func authenticate(_ authorization: [String], _ route: Route, isSecondLook: Bool = false) {
        let begin = NIODeadline.now()
        do throws(Refusal) {
            let outcome = try Authenticate.run(
                authorization: authorization, rule: route.auth, verifier: &loop.verifier, now: now)
            token = outcome.token
            if let failure = outcome.failure, route.auth != .open {
                if case .unknownKey = failure, !isSecondLook, let keySet = loop.keySet {
                    return look(for: keySet, authorization, route)
                }
                count(failure.code, since: begin)
                throw Refusal(failure, ring: loop.ring)
            }
            if let identity = outcome.identity {
                guard !loop.revocations.isRevoked(identity, now: now) else {
                    count(ProblemCode.revoked.rawValue, since: begin)
                    throw Self.revoked(identity)
                }
                count("valid", since: begin)
                loop.metrics.verified(outcome.origin)
                self.identity = identity
                line.subject = identity.subject
                line.kid = identity.keyID.rawValue
                try Authorize.check(identity, route: route)
            }
        } catch {
            return refuse(error)
        }
        enrich(route)
    }

    /// By the issuer or the plant, who told it since the token was issued.
    private static func revoked(_ identity: Identity) -> Refusal {
        Refusal(
            .revoked, "The token's session has ended, or its account is closed. Log in again.",
            cause: "revoked by its issuer or the plant: issuer \(identity.issuer), subject \(identity.subject), "
                + "session \(identity.sessionID ?? "-"), issued at \(identity.issuedAt)")
    }

    /// The issuer may have published the token's key since its set was last fetched.
    private func look(for keySet: RemoteKeySet, _ authorization: [String], _ route: Route) {
        wait(for: loop.settings.timeouts.firstByte)
        let exchange = NIOLoopBound(self, eventLoop: loop.eventLoop)
        keySet.seek { [eventLoop = loop.eventLoop] _ in
            // Behind the ring that came with the fetch: the loop was told of that one first.
            eventLoop.execute {
                let exchange = exchange.value
                guard !exchange.machine.isResponseStarted, exchange.client.context != nil else { return }
                exchange.authenticate(authorization, route, isSecondLook: true)
            }
        }
    }

    private func count(_ code: String, since begin: NIODeadline) {
        loop.metrics.verification(code: code, nanoseconds: (NIODeadline.now() - begin).nanoseconds)
    }

    private func answerMyself(_ endpoint: OwnEndpoint) throws(Refusal) {
        line.route = endpoint.rawValue
        line.isOwnEndpoint = true
        if endpoint == .metrics { loop.flushMetrics() }
        answer(
            try loop.own.answer(endpoint, method: head.method, authorization: head.headers["authorization"]))
    }

    // MARK: deadlines

    /// Until the next sign of life; never beyond the exchange's own end.
    func wait(for amount: TimeAmount) { client.deadline = min(loop.eventLoop.now + amount, totalDeadline) }
}
