import HTTP1
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
        guard route.enrichment, let enricher = loop.enricher, let known, let token else { return lease() }
        let own = route.policy.enrichment
        // With GW_ALWAYS_VALIDATE_WITH_PLANT nothing is kept, whatever a route says.
        let timeToLive = enricher.settings.lifetimes == .none ? nil : own?.timeToLive
        if let (verdict, mark) = enricher.known(known.digest, now: now, timeToLive: timeToLive) {
            return enriched(verdict, mark)
        }
        var stale = enricher.settings.stale
        if enricher.settings.lifetimes != .none {
            if let seconds = own?.stale { stale.whileRevalidating = seconds }
            if let seconds = own?.staleIfError { stale.ifError = seconds }
        }
        let question = ValidationQuestion(
            token: request.text(token), identity: known.identity, requestID: requestID,
            traceparent: trace.header(span: span?.identifier ?? trace.span),
            stale: stale, timeToLive: timeToLive, now: now)
        // The call has its own deadline; this one is the net below it.
        wait(for: timeouts.firstByte)
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
            let mode = route?.policy.enrichment?.mode ?? loop.settings.enrichmentFailure
            if let held = loop.unavailable.due(now: loop.eventLoop.now) {
                loop.logger.warning(
                    "customer enrichment unavailable",
                    metadata: [
                        "request_id": "\(requestID)", "reason": "\(reason)", "mode": "\(mode.rawValue)",
                        "since_last": "\(held)",
                    ])
            }
            switch mode {
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
        if isQuestion { return decide() }
        switch route?.destination {
        case .group(let name)?: return lease(fromGroup: name, fresh: fresh)
        case .upstream(let name)?:
            if let pool = loop.pools[name] { return lease(from: pool, fresh: fresh) }
        case .nowhere?, nil: break
        }
        refuse(Refusal(.notFound, "this route leads to a service that is not configured here"))
    }

    func lease(from pool: UpstreamPool, fresh: Bool) {
        self.pool = pool
        leaseTicket = nil
        let ticket = pool.lease(fresh: fresh) { [self] result in
            leaseTicket = nil
            switch result {
            case .success(let connection):
                guard !machine.isResponseStarted, client.context != nil else { return pool.release(connection) }
                send(on: connection, pool)
            case .failure(let fault):
                guard !machine.isResponseStarted else { return }
                if choice != nil, goesOnElsewhere(fault) { return }
                let code = fault == .exhausted ? ProblemCode.unavailable : .badGateway
                refuse(
                    Refusal(
                        code, "the service behind this route can't be reached", cause: fault.reason,
                        retryAfter: fault == .exhausted ? 1 : nil))
            }
        }
        // One that is nil was told already, and may have leased elsewhere.
        guard let ticket else { return }
        leaseTicket = ticket
        // For a connection, be it a new one or one that is in use.
        wait(for: route?.policy.timeouts?.connect == nil ? timeouts.firstByte : timeouts.connect)
    }

    private func send(on connection: UpstreamConnection, _ pool: UpstreamPool) {
        guard let statement = statement() else {
            pool.release(connection)
            return refuse(
                Refusal(.unavailable, "no ID token for the service behind this route", retryAfter: 2))
        }
        self.connection = connection
        span?.upstreamBegan(pool.origin, now: loop.eventLoop.now)
        _ = machine.on(.attached(reused: connection.exchanges > 0))
        connection.begin(
            self, isHEAD: request.head.method == .head,
            chunks: ClientResponse.output(minorVersion: request.head.minorVersion), isUpgrade: handshake != nil)
        loop.head.clear()
        writeHead(statement, pool, to: &loop.head)
        connection.send(loop.head)
        for bytes in heldBody { connection.send(bytes) }
        if !heldBody.isEmpty { machine.heldBodySent() }
        if isEndHeld {
            wait(for: timeouts.firstByte)
            connection.sendEnd()
        } else {
            connection.flush()
            // Where that fails, the exchange may be over, or on another connection.
            guard machine.isAttached, self.connection === connection else { return }
            beginPace()
            wait(for: timeouts.idle)
            if request.head.expectsContinue, heldBody.isEmpty {
                client.write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }
                client.flush()
            }
            client.read()
        }
        heldBody.removeAll()
    }

    private func writeHead(_ statement: UpstreamStatement, _ pool: UpstreamPool, to output: inout HeadBuffer) {
        let basePath = pool.origin.basePath
        let path = basePath.isEmpty ? upstreamPath : basePath + upstreamPath
        UpstreamRequest.writeStart(
            method: method, target: path, query: target?.query, authority: pool.authority, to: &output)
        if let rules = route?.policy.requestHeaders {
            request.copyLines(to: &output) { PassedFields.toUpstream($0) && !rules.drops(request.view($0.nameRange)) }
            for field in rules.set { output.writeLine(field) }
        } else {
            request.copyLines(to: &output, where: PassedFields.toUpstream)
        }
        SetIdentityHeaders.write(statement, to: &output)
        if handshake != nil { WebSocketAnswer.writeUpgrade(to: &output) }
        UpstreamRequest.writeEnd(framing, to: &output)
    }

    /// - Returns: nil while there is no ID token for a plant that wants one.
    private func statement() -> UpstreamStatement? {
        guard let route else { return nil }
        var idToken: String?
        let audience: String
        switch route.destination {
        case .upstream(let name):
            audience = name.audience
            if name == .plant, let holder = loop.idToken {
                guard let text = holder.current(now: now) else { return nil }
                idToken = text
            }
        case .group:
            guard let choice else { return nil }
            audience = choice.group.audience
        case .nowhere: return nil
        }
        return UpstreamStatement(
            request: request, token: token, known: known, enrichment: enrichment, customer: customer,
            requestID: requestID, trace: trace, forwarded: forwarded,
            via: client.isTrusted ? request.values(of: .via) : [], assertion: assertion(route, audience),
            idToken: idToken)
    }

    private func assertion(_ route: Route, _ audience: String) -> String {
        if !route.isAdministrative, let known {
            return known.assertion(loop.assertion, audience: audience, now: loop.clock.now())
        }
        return loop.assertion.issue(
            audience: audience, clientToken: token.map(request.text),
            method: route.isAdministrative ? routedMethod.rawValue : nil,
            path: route.isAdministrative ? upstreamPath : nil, now: loop.clock.now())
    }

    /// Yes, to a proxy that forwards the request itself.
    func decide() {
        guard let route else { return }
        let audience: String? =
            switch route.destination {
            case .upstream(let name): name.audience
            case .group(let name): UpstreamGroup.audience(of: name)
            case .nowhere: nil
            }
        answer(
            LocalAnswer(
                Decision.fields(
                    identity, enrichment: enrichment, customer: customer,
                    assertion: audience.map { assertion(route, $0) } ?? "")))
    }
}
