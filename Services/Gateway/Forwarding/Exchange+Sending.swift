import HTTPKit
import Logging
import NIOCore
import NIOHTTP1
import Secrets
import ServiceKit
import Tokens

// Steps 5 to 7 of an exchange: each goes on when the one before it has its answer.
extension Exchange {
    // MARK: step 5

    func enrich(_ route: Route) {
        guard route.enrichment, let enricher = loop.enricher, let identity, let token else { return lease() }
        let question = ValidationQuestion(
            token: token, identity: identity, requestID: requestID, traceparent: trace.header,
            stale: enricher.settings.stale, now: now)
        // The call has its own deadline; this one is the net below it.
        wait(for: loop.settings.timeouts.firstByte)
        validation = enricher.ask(question) { [self] verdict, mark in
            validation = nil
            guard !machine.isResponseStarted else { return }
            enriched(verdict, mark)
        }
    }

    private func enriched(_ verdict: Verdict, _ mark: EnrichmentMark) {
        switch verdict {
        case .confirmed(let facts):
            customer = facts
            enrichment = mark
            lease()
        case .refused(let code, let plantCode):
            refuse(explained(code, plantCode))
        case .unavailable(let reason):
            enrichment = .unavailable
            loop.logger.warning(
                "customer enrichment unavailable",
                metadata: [
                    "request_id": "\(requestID)", "reason": "\(reason)",
                    "mode": "\(loop.settings.enrichmentFailure.rawValue)",
                ])
            switch loop.settings.enrichmentFailure {
            case .open: lease()
            case .closed:
                refuse(
                    Refusal(
                        .enrichmentUnavailable, "the customer's data could not be confirmed at this moment",
                        cause: reason, retryAfter: 2, diagnostics: ["plant": reason]))
            }
        }
    }

    // MARK: step 7

    func lease(fresh: Bool = false) {
        guard case .upstream(let name)? = route?.destination, let pool = loop.pools[name] else {
            return refuse(Refusal(.notFound, "this route leads to a service that is not configured here"))
        }
        self.pool = pool
        wait(for: loop.settings.timeouts.firstByte)
        leaseTicket = pool.lease(fresh: fresh) { [self] result in
            leaseTicket = nil
            switch result {
            case .success(let connection):
                guard !machine.isResponseStarted, client.context != nil else { return pool.release(connection) }
                send(on: connection, pool)
            case .failure(let fault):
                guard !machine.isResponseStarted else { return }
                let code = fault == .exhausted ? ProblemCode.unavailable : .badGateway
                refuse(
                    Refusal(
                        code, "the service behind this route can't be reached", cause: fault.reason,
                        retryAfter: fault == .exhausted ? 1 : nil))
            }
        }
    }

    private func send(on connection: UpstreamConnection, _ pool: UpstreamPool) {
        guard let head = upstreamHead(pool) else {
            pool.release(connection)
            return refuse(
                Refusal(.unavailable, "no ID token for the service behind this route", retryAfter: 2))
        }
        self.connection = connection
        _ = machine.on(.attached(reused: connection.exchanges > 0))
        connection.begin(self)
        connection.send(head)
        for bytes in heldBody { connection.send(bytes) }
        if !heldBody.isEmpty { machine.heldBodySent() }
        if isEndHeld {
            connection.sendEnd()
            wait(for: loop.settings.timeouts.firstByte)
        } else {
            connection.flush()
            wait(for: loop.settings.timeouts.idle)
            if expectsContinue, heldBody.isEmpty {
                client.write(.head(HTTPResponseHead(version: .http1_1, status: .continue)))
                client.flush()
            }
            client.read()
        }
        heldBody.removeAll()
    }

    private func upstreamHead(_ pool: UpstreamPool) -> HTTPRequestHead? {
        guard let route, let target, case .upstream(let name) = route.destination else { return nil }
        var idToken: String?
        if name == .plant, let holder = loop.idToken {
            guard let text = holder.current(now: now) else { return nil }
            idToken = text
        }
        let statement = UpstreamStatement(
            clientToken: token, identity: identity, enrichment: enrichment, customer: customer, requestID: requestID,
            trace: trace, forwarded: forwarded,
            via: client.isTrusted ? head.headers["via"] : [],
            assertion: loop.assertion.issue(
                audience: name.audience, clientToken: token,
                method: route.isAdministrative ? head.method.rawValue : nil,
                path: route.isAdministrative ? upstreamPath : nil, now: loop.clock.now()),
            idToken: idToken)
        var headers = headers
        SetIdentityHeaders.apply(statement, to: &headers, version: head.version)
        return UpstreamRequest.head(
            method: head.method, target: target.text(path: upstreamPath, base: pool.origin.basePath), headers: headers,
            framing: framing, authority: pool.origin.authority)
    }
}
