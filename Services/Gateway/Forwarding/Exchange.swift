import HTTP1
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
    let request: ReceivedRequest
    let method: HTTPMethod
    let startedAt: NIODeadline
    /// Seconds since the epoch, at the head.
    let now: Int64
    let requestID: String
    let forwarded: Forwarded
    let trace: TraceContext
    /// Nil unless this request is sampled.
    var span: RequestSpan?
    var machine: ExchangeMachine
    var line = AccessLog.Line()

    // What the steps found out, in their order.
    var framing = BodyFraming.none
    var target: RequestTarget?
    /// A trusted proxy asks for a decision.
    var isQuestion = false
    /// What it asks about; nil also where it can't be read.
    var original: OriginalRequest?
    var route: Route?
    var upstreamPath = ""
    /// Where the bearer token lies in the request.
    var token: Range<Int>?
    var known: KnownToken?
    var enrichment = EnrichmentMark.skipped
    var customer: CustomerFacts?
    /// Of the route, or of the gateway.
    var timeouts: Timeouts
    var maximumBody: Int
    private var refusal: Refusal?
    /// By the rules of its route, token included: what comes now is up to others.
    private(set) var isAdmitted = false
    var responseBody = ClientResponse.Body.asIs

    // What is under way.
    var validation: Enricher.Ticket?
    var pool: UpstreamPool?
    var leaseTicket: Int?
    /// Of a group's servers; nil on a route to one address.
    var choice: TargetChoice?
    var connection: UpstreamConnection?
    var heldBody: [ByteBuffer] = []
    var isEndHeld = false
    var isUnflushed = false
    /// Of a request that asks for a WebSocket where the route allows it.
    var handshake: WebSocketRequest?
    /// Nobody has said how long the answer will be.
    var isEndless = false
    /// Nil unless a body is on its way that is held to one.
    var pace: BodyPace?
    private var totalDeadline: NIODeadline
    private var quietDeadline = NIODeadline.distantFuture

    init(client: ClientHandler, request: ReceivedRequest) {
        self.client = client
        self.request = request
        loop = client.loop
        startedAt = loop.eventLoop.now
        now = loop.clock.now()
        timeouts = loop.settings.timeouts
        maximumBody = loop.settings.maximumBody
        totalDeadline = startedAt + timeouts.total
        method = request.method
        // Read before anything is stripped.
        requestID = RequestID.accept(request.lone(.xRequestID), random: loop.randomness.word)
        var trace = TraceContext(
            parents: request.values(of: .traceparent), states: request.values(of: .tracestate),
            random: loop.randomness.word)
        span = loop.tracer?.begin(&trace, now: startedAt, random: loop.randomness.word)
        self.trace = trace
        forwarded = Forwarded(
            request, peer: client.peer, isTrusted: client.isTrusted, trusted: loop.settings.trustedProxies,
            proto: client.proto)
        // Some would see another protocol behind a request that asks for one: nothing is read there.
        machine = ExchangeMachine(
            isIdempotent: UpstreamRequest.isIdempotent(request.head.method),
            keepAlive: request.head.keepAlive && request.head.upgrade == .none)
        line.requestID = requestID
        line.trace = (trace.traceHigh, trace.traceLow)
        line.method = method.rawValue
        line.client = forwarded.client
        wait(for: timeouts.idle)
        findRoute()
    }

    var identity: Identity? { known?.identity }

    // MARK: steps 1 to 4

    /// Before the body is looked at, since the route says how long it may be.
    private func findRoute() {
        do throws(Refusal) {
            framing = try RejectAmbiguous.check(request.head)
            let target = try readTarget()
            self.target = target
            line.path = target.path
            guard OwnEndpoint(path: target.path) == nil else { return }
            guard OriginalRequest.isAsked(by: target, in: loop.settings.decisions) else {
                return try match(target)
            }
            try match(readOriginal(target))
        } catch {
            refusal = error
        }
    }

    func start() {
        do throws(Refusal) {
            if let refusal { throw refusal }
            if let target, let endpoint = OwnEndpoint(path: target.path) { return try answerMyself(endpoint) }
            guard let route else { throw Refusal(.notFound, "no route leads there") }
            // A page's browser asks without a token. Where a proxy asks for it, what is behind that proxy answers.
            if let preflight = preflight(route) { return isQuestion ? decide() : answer(preflight) }
            try limitRate(route)
            if isQuestion {
                try refuseForeignPage(route)
            } else if request.head.upgrade == .webSocket, try !readHandshake(route) {
                return
            }
            authenticate(route)
        } catch {
            refuse(error)
        }
    }

    /// Of the absolute form (RFC 9112 §3.2.2), whose authority is that of `Host`, the path alone.
    private func readTarget() throws(Refusal) -> RequestTarget {
        let range = request.head.target.pathRange
        // An empty path is `/`, with a query or without (RFC 9112 §3.2.2).
        if range.isEmpty || request.byte(at: range.lowerBound) != UInt8(ascii: "/") {
            guard request.head.target.form == .absolute else {
                throw Refusal(.malformedRequest, "the request target is not a path")
            }
            return try RequestTarget("/" + request.text(range))
        }
        let bytes = request.bytes
        return try RequestTarget(bytes.readableBytesSpan.extracting(range))
    }

    private func readOriginal(_ target: RequestTarget) throws(Refusal) -> RequestTarget {
        guard client.isTrusted else {
            throw Refusal(
                .notFound, "no route leads there", cause: "a question from \(client.peer), not one of TRUSTED_PROXIES")
        }
        isQuestion = true
        let original = try OriginalRequest(request, target: target, dialect: loop.settings.decisions)
        self.original = original
        line.path = original.target.path
        line.method = original.method.rawValue
        return original.target
    }

    // Of the request that is decided on, or of this one.
    var routedMethod: HTTPMethod { original?.method ?? method }
    var routedTarget: RequestTarget? { original?.target ?? target }
    var routedHost: String? {
        if let original { return original.host }
        return request.fields.first(.host).map(request.value)
    }

    private func match(_ target: RequestTarget) throws(Refusal) {
        let host = loop.routes.usesHosts ? routedHost : nil
        let method = routedMethod
        if let requested = preflightMethod,
            case .route(let route, let path) = loop.routes.match(host: host, method: requested, path: target.path),
            route.policy.cors != nil
        {
            return take(route, path)
        }
        switch loop.routes.match(host: host, method: method, path: target.path) {
        case .route(let route, let path): take(route, path)
        case .notFound: throw Refusal(.notFound, "no route leads there")
        case .methodNotAllowed(let methods):
            var refusal = Refusal(.methodNotAllowed, "this route does not serve \(method.rawValue)")
            refusal.allowedMethods = methods.map(\.rawValue)
            throw refusal
        }
    }

    private func take(_ route: Route, _ path: String) {
        self.route = route
        line.route = route.name
        upstreamPath = path
        if let own = route.policy.timeouts {
            if let connect = own.connect { timeouts.connect = .milliseconds(connect) }
            if let firstByte = own.firstByte { timeouts.firstByte = .milliseconds(firstByte) }
            if let idle = own.idle { timeouts.idle = .milliseconds(idle) }
            if let total = own.total { timeouts.total = .milliseconds(total) }
            totalDeadline = startedAt + timeouts.total
            wait(for: timeouts.idle)
        }
        if let own = route.policy.maximumBody { maximumBody = Int(own) }
    }

    /// What a browser asks before a page of another origin may ask (Fetch, "CORS-preflight fetch"): the method in question.
    var preflightMethod: HTTPMethod? {
        guard routedMethod == .OPTIONS, request.fields.contains(.origin) else { return nil }
        return request.lone(.accessControlRequestMethod).map(HTTPMethod.init(rawValue:))
    }

    /// Of the one `Origin` line.
    var origin: String? { request.lone(.origin) }

    /// - Returns: nil for what is none, and on a route without a policy, where it is a request like any other.
    private func preflight(_ route: Route) -> LocalAnswer? {
        guard let cors = route.policy.cors, let requested = preflightMethod else { return nil }
        let preflight = cors.preflight(
            origin: origin, requestedMethod: requested.rawValue,
            requestedHeaders: request.values(of: .accessControlRequestHeaders))
        if let reason = preflight.refusal {
            loop.logger.info("preflight refused", metadata: ["request_id": "\(requestID)", "reason": "\(reason)"])
        }
        return LocalAnswer(preflight)
    }

    /// By the route's own rule; a subject's bucket once it is known who that is.
    private func limit(_ route: Route, per subject: RateLimitRule.Subject) throws(Refusal) {
        guard let rule = route.policy.rateLimit, rule.per == subject else { return }
        let key = RouteBucketKey(
            route: route.name, rule: rule, client: forwarded.client, subject: known?.identity.subject)
        let milliseconds = Int64(loop.eventLoop.now.uptimeNanoseconds / 1_000_000)
        guard let seconds = loop.routeLimiter.refuse(key, rule: rule, milliseconds: milliseconds) else { return }
        throw Refusal(.rateLimited, "too many requests on this route", retryAfter: seconds)
    }

    /// What can be repeated to guess: reading one's own sessions is not.
    private func limitRate(_ route: Route) throws(Refusal) {
        try limit(route, per: .client)
        let method = routedMethod
        guard route.isRateLimited, method != .GET, method != .HEAD, method != .OPTIONS else { return }
        let milliseconds = Int64(loop.eventLoop.now.uptimeNanoseconds / 1_000_000)
        guard let seconds = loop.rateLimiter.refuse(forwarded.client, milliseconds: milliseconds) else { return }
        throw Refusal(.rateLimited, "too many attempts from this address", retryAfter: seconds)
    }

    /// - Parameter isSecondLook: a key set was fetched since the first one.
    private func authenticate(_ route: Route, isSecondLook: Bool = false) {
        let begin = NIODeadline.now()
        do throws(Refusal) {
            let outcome = try Authenticate.run(request, rule: route.auth, verifier: &loop.verifier, now: now)
            token = outcome.token
            if let failure = outcome.failure {
                if case .unknownKey = failure, !isSecondLook, let keySet = loop.keySet {
                    return look(for: keySet, route)
                }
                count(failure.code, since: begin)
                loop.refusals.note(failure, now: now)
                throw Refusal(failure, ring: loop.ring)
            }
            if let known = outcome.known {
                guard !loop.isRevoked(known, now: now) else {
                    count(ProblemCode.revoked.rawValue, since: begin)
                    loop.refusals.note(ProblemCode.revoked.rawValue, now: now)
                    throw Self.revoked(known.identity)
                }
                count("valid", since: begin)
                loop.metrics.verified(outcome.origin)
                self.known = known
                line.subject = known.identity.subject
                line.kid = known.identity.keyID.rawValue
                try Authorize.check(known.identity, route: route)
            }
            try limit(route, per: .subject)
        } catch {
            return refuse(error)
        }
        isAdmitted = true
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
    private func look(for keySet: RemoteKeySet, _ route: Route) {
        wait(for: timeouts.firstByte)
        let exchange = NIOLoopBound(self, eventLoop: loop.eventLoop)
        keySet.seek { [eventLoop = loop.eventLoop] _ in
            // Behind the ring that came with the fetch: the loop was told of that one first.
            eventLoop.execute {
                let exchange = exchange.value
                guard !exchange.machine.isResponseStarted, exchange.client.context != nil else { return }
                exchange.authenticate(route, isSecondLook: true)
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
        let authorization = request.values(of: .authorization)
        guard let question = LoopQuestion(endpoint) else {
            return answer(try loop.own.answer(endpoint, method: method, authorization: authorization))
        }
        try loop.own.authorize(method: method, authorization: authorization)
        wait(for: timeouts.firstByte)
        question.ask(loop) { [self] in
            if client.context != nil { answer($0) }
        }
    }

    // MARK: deadlines

    /// Until the next sign of life; never beyond the exchange's own end.
    var hasTimeLeft: Bool { loop.eventLoop.now < totalDeadline }

    func wait(for amount: TimeAmount) {
        quietDeadline = min(loop.eventLoop.now + amount, totalDeadline)
        setDeadline()
    }

    /// After the pace of the body has changed.
    func setDeadline() { client.deadline = pace.map { min($0.deadline, quietDeadline) } ?? quietDeadline }
}
