import HTTP1
import HTTPKit
import Logging
import NIOCore

// What an exchange does that is more than a request and its answer: it becomes a tunnel, or ends with its token.
extension Exchange {
    // MARK: the way to a tunnel

    /// Of a request with `Upgrade: websocket`. On a route without `websocket` it is a request like any other, and nothing
    /// of the upgrade is passed on.
    /// - Returns: false when it was answered.
    func readHandshake(_ route: Route) throws(Refusal) -> Bool {
        guard route.policy.webSocket else { return true }
        guard request.lone(.secWebSocketVersion) == "13" else {
            answerVersion()
            return false
        }
        let handshake = try WebSocketRequest(request)
        try refuseForeignPage(route)
        self.handshake = handshake
        return true
    }

    /// A browser lets every page open a WebSocket to everywhere, with cookies, and asks nobody: the fields of CORS mean
    /// nothing to it here. Whoever is no browser sends no Origin.
    func refuseForeignPage(_ route: Route) throws(Refusal) {
        guard isForeignHandshake(route) else { return }
        throw Refusal(.forbidden, "pages of this origin may open no WebSocket here")
    }

    /// Of a handshake, or a question about one. Most proxies keep `Upgrade` to themselves (RFC 9110 §7.6.1); the key goes on
    /// with the other fields, and no page can open a WebSocket without one, or send one with anything else (Fetch,
    /// "forbidden request-header").
    func isForeignHandshake(_ route: Route) -> Bool {
        guard route.policy.webSocket, let cors = route.policy.cors,
            request.head.upgrade == .webSocket || isQuestion && request.fields.contains(.secWebSocketKey)
        else { return false }
        return request.fields.contains(.origin) && !cors.allows(origin: origin)
    }

    /// RFC 6455 §4.4: with the version that is known.
    private func answerVersion() {
        let refusal = Refusal(.malformedRequest, "Sec-WebSocket-Version is not 13, the one that is known here")
        var answer = LocalAnswer(
            refusal, instance: line.path, requestID: requestID, environment: loop.settings.environment)
        answer.add([HeaderField("Sec-WebSocket-Version", "13")])
        self.answer(answer)
    }

    /// A 101: the one that was asked for, or a reason for 502.
    func switchProtocols(_ response: ReceivedResponse) {
        let fault =
            handshake.map { WebSocketAnswer.fault(response, to: $0) } ?? "status \(response.head.status)"
        if let fault {
            return refuse(
                Refusal(
                    .badGateway, "the service behind this route gave an answer that nobody asked for", cause: fault))
        }
        guard let connection, !loop.isDraining else {
            return refuse(Refusal(.unavailable, "this gateway is about to stop", retryAfter: 1))
        }
        loop.head.clear()
        WebSocketAnswer.write(
            response, rules: route.flatMap { ResponseRules($0.policy, origin: origin) }, requestID: requestID,
            into: &loop.head)
        client.write(loop.head)
        line.status = response.head.status
        // How long it took to open; how long it lasted is in the access log alone.
        loop.metrics.request(
            route: line.route, method: line.method, status: line.status,
            nanoseconds: (loop.eventLoop.now - startedAt).nanoseconds)
        loop.dryRun?.judge(self)
        if let span {
            span.upstreamEnded(now: loop.eventLoop.now)
            loop.tracer?.end(span, self, now: loop.eventLoop.now)
            self.span = nil
        }
        let tunnel = Tunnel(self, connection)
        self.connection = nil
        connection.hand(over: tunnel)
        tunnel.open(early: client.become(tunnel))
    }

    /// One line for the whole of it, when it is over.
    func noteTunnel(_ end: StreamEnd) {
        line.end = end.rawValue
        switch end {
        case .expired, .revoked: line.code = end.rawValue
        case .clientLost, .upstreamLost, .stalled: line.isCut = true
        case .client, .upstream, .idle, .total, .shutdown: break
        }
        line.microseconds = max(1, (loop.eventLoop.now - startedAt).nanoseconds / 1000)
        line.enrichment = identity == nil ? nil : enrichment.rawValue
        loop.accessLog.write(line)
    }

    // MARK: the end of a token

    /// Why the answer that is on its way must end; nil where it goes on.
    /// - Parameter now: seconds since the epoch.
    func streamEnd(now: Int64) -> StreamEnd? {
        guard machine.isResponseStarted, !machine.isResponseComplete, let known else { return nil }
        guard TokenEndRule.closes(route?.policy.onTokenEnd, isEndless: isEndless) else { return nil }
        return loop.end(of: known, now: now)
    }

    func endStream(_ end: StreamEnd) {
        loop.logger.info(
            "answer ended with its token",
            metadata: ["request_id": "\(requestID)", "route": "\(line.route)", "reason": "\(end.rawValue)"])
        line.code = end.rawValue
        line.end = end.rawValue
        loop.metrics.tunnels.streamEnded(end)
        endUnfinished(patience: loop.settings.timeouts.linger)
    }
}
