import HTTP1
import HTTPKit
import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import Secrets
import ServiceKit
import Tokens

/// What a candidate table would do with the requests of one loop, found out when they are over: it looks at what was
/// received and what became of it, and changes neither. Judged is what the rules alone decide: route, destination,
/// declared length, rate limits, token, roles and scopes; not what the plant would say. What is let through to the same place
/// by both is compared by the rules as they are written.
final class DryRun {
    private let parts: DryRunParts
    private unowned let loop: GatewayLoop
    private var candidate: RoutesInForce
    private var judged: Int64 = 0
    private var counts: [DryRunDifference: Int64] = [:]

    init(_ parts: DryRunParts, loop: GatewayLoop) {
        self.parts = parts
        self.loop = loop
        candidate = parts.candidate.inForce
    }

    /// On the loop. Counting begins anew.
    func adopt(_ routes: RoutesInForce) {
        guard routes.version > candidate.version else { return }
        flush()
        candidate = routes
    }

    /// On every tick.
    func flush() {
        guard judged > 0 else { return }
        parts.ledger.add(judged: judged, counts, version: candidate.version, now: loop.clock.now())
        judged = 0
        counts.removeAll(keepingCapacity: true)
    }

    /// - Parameter exchange: answered, or given up.
    func judge(_ exchange: Exchange) {
        guard !exchange.line.isOwnEndpoint, let target = exchange.routedTarget, let present = Self.present(exchange)
        else {
            return
        }
        judged += 1
        let (route, outcome) = candidateOutcome(exchange, target)
        guard
            let difference = DryRunDifference(
                route: exchange.line.route, present, candidateRoute: route?.name ?? "none", outcome,
                members: Self.members(exchange.route, route, isPreflight: outcome == .preflight))
        else { return }
        if counts[difference] != nil {
            counts[difference]? += 1
            return
        }
        let (name, isFirst) = parts.ledger.name(difference, version: candidate.version)
        counts[name, default: 0] += 1
        if isFirst { tell(name, exchange) }
    }

    private static func members(_ present: Route?, _ candidate: Route?, isPreflight: Bool) -> String {
        guard let present, let candidate else { return "" }
        return isPreflight
            ? ServedOtherwise.preflightMembers(present, candidate) : ServedOtherwise.members(present, candidate)
    }

    // MARK: the rules in force

    /// - Returns: nil for what no rule decided: the client went away, or its request could not be read.
    private static func present(_ exchange: Exchange) -> DryRunOutcome? {
        if let code = exchange.line.code, !exchange.isAdmitted || ruledLater.contains(code) {
            return ruled.contains(code) ? .refused(code) : nil
        }
        guard let route = exchange.route else { return nil }
        if exchange.isAdmitted {
            return .forwarded(destination: route.destination.text, path: exchange.upstreamPath)
        }
        return exchange.line.status == Int(HTTPResponseStatus.noContent.code) ? .preflight : nil
    }

    /// Refusals that rules decide on.
    private static let ruled: Set<String> = {
        let codes = ProblemCode.allCases.filter { $0.status.code == 401 }
        return Set(
            (codes + [
                .notFound, .methodNotAllowed, .payloadTooLarge, .rateLimited, .forbidden, .insufficientScope,
                .malformedToken,
            ]).map(\.rawValue))
    }()

    /// Those that come after the token was looked at: of a body without a declared length, of an upstream that is not set.
    private static let ruledLater: Set<String> = [
        ProblemCode.payloadTooLarge.rawValue, ProblemCode.notFound.rawValue,
    ]

    // MARK: the candidate's

    private func candidateOutcome(_ exchange: Exchange, _ target: RequestTarget) -> (Route?, DryRunOutcome) {
        let (match, isPreflight) = match(exchange, target)
        switch match {
        case .notFound: return (nil, .refused(ProblemCode.notFound.rawValue))
        case .methodNotAllowed: return (nil, .refused(ProblemCode.methodNotAllowed.rawValue))
        case .route(let route, let path):
            if let code = refusal(exchange, route, isPreflight: isPreflight) { return (route, .refused(code)) }
            return (route, isPreflight ? .preflight : .forwarded(destination: route.destination.text, path: path))
        }
    }

    private func match(_ exchange: Exchange, _ target: RequestTarget) -> (RouteTable.Match, isPreflight: Bool) {
        let table = candidate.table
        let host = table.usesHosts ? exchange.routedHost : nil
        if let requested = exchange.preflightMethod {
            let match = table.match(host: host, method: requested, path: target.path)
            if case .route(let route, _) = match, route.policy.cors != nil { return (match, true) }
        }
        return (table.match(host: host, method: exchange.routedMethod, path: target.path), false)
    }

    /// In the order of the steps.
    private func refusal(_ exchange: Exchange, _ route: Route, isPreflight: Bool) -> String? {
        if case .length(let bytes) = exchange.request.head.framing,
            bytes > route.policy.maximumBody ?? Int64(loop.settings.maximumBody)
        {
            return ProblemCode.payloadTooLarge.rawValue
        }
        if isPreflight { return nil }
        do throws(Refusal) {
            try limit(exchange, route, per: .client)
            try limitLogins(exchange, route)
            try exchange.refuseForeignPage(route)
            let outcome = try authenticate(exchange, route)
            if let failure = outcome.failure { throw Refusal(failure, ring: loop.ring) }
            if let known = outcome.known {
                if loop.isRevoked(known, now: exchange.now) { return ProblemCode.revoked.rawValue }
                try Authorize.check(known.identity, route: route)
            }
            try limit(exchange, route, per: .subject, subject: outcome.known?.identity.subject)
        } catch {
            return error.code.rawValue
        }
        return isConfigured(route) ? nil : ProblemCode.notFound.rawValue
    }

    /// What the exchange knows already is not asked for again: to the cache of verified tokens that would be a second showing.
    private func authenticate(_ exchange: Exchange, _ route: Route) throws(Refusal) -> Authenticate.Outcome {
        if route.auth != .open, let known = exchange.known { return Authenticate.Outcome(known: known) }
        return try Authenticate.run(
            exchange.request, rule: route.auth, verifier: &loop.verifier, now: exchange.now)
    }

    private func limit(
        _ exchange: Exchange, _ route: Route, per subject: RateLimitRule.Subject, subject name: String? = nil
    ) throws(Refusal) {
        guard let rule = route.policy.rateLimit, rule.per == subject else { return }
        let key = RouteBucketKey(route: route.name, rule: rule, client: exchange.forwarded.client, subject: name)
        guard parts.routeLimiter.refuse(key, rule: rule, milliseconds: milliseconds) == nil else {
            throw Refusal(.rateLimited, "")
        }
    }

    private func limitLogins(_ exchange: Exchange, _ route: Route) throws(Refusal) {
        guard route.isRateLimited, ![.GET, .HEAD, .OPTIONS].contains(exchange.routedMethod) else { return }
        guard parts.rateLimiter.refuse(exchange.forwarded.client, milliseconds: milliseconds) == nil else {
            throw Refusal(.rateLimited, "")
        }
    }

    private var milliseconds: Int64 { Int64(loop.eventLoop.now.uptimeNanoseconds / 1_000_000) }

    /// `platform` and `customer` may not be set; any address would get a pool.
    private func isConfigured(_ route: Route) -> Bool {
        switch route.destination {
        case .upstream(.other), .group: true
        case .upstream(let name): loop.settings.origins[name] != nil
        case .nowhere: false
        }
    }

    private func tell(_ difference: DryRunDifference, _ exchange: Exchange) {
        loop.logger.notice(
            "dry run: the candidate would do otherwise; further requests of this kind are counted",
            metadata: [
                "change": "\(difference.change.rawValue)", "code": "\(difference.code)",
                "route": "\(difference.route)", "candidate_route": "\(difference.candidateRoute)",
                "request_id": "\(exchange.requestID)", "method": "\(exchange.line.method)",
                "path": "\(exchange.line.path)",
            ])
    }
}
