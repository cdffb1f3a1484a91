import HTTP1
import HTTPKit
import Logging
import NIOCore

// The upstream's side of an exchange: its response on the way to the client, and its failures.
extension Exchange: UpstreamResponder {
    func upstreamInterim(_ response: ReceivedResponse) {
        guard !machine.isResponseStarted else { return }
        let rules = route.flatMap { ResponseRules($0.policy, origin: origin) }
        loop.head.clear()
        ClientResponse.writeInterim(response, to: request.head, rules: rules, into: &loop.head)
        client.write(loop.head)
    }

    func upstreamHead(_ response: ReceivedResponse) {
        span?.upstreamAnswered(response.head.status)
        if choice != nil { targetAnswered(response.head.status) }
        let keepAlive = machine.keepAlive && !loop.isDraining
        let rules = route.flatMap { ResponseRules($0.policy, origin: origin) }
        loop.head.clear()
        let body = ClientResponse.write(
            response, to: request.head, rules: rules, keepAlive: keepAlive, requestID: requestID, into: &loop.head)
        guard let body else { return switchProtocols(response) }
        client.write(loop.head)
        responseBody = body
        isEndless = response.head.framing == .chunked || response.head.framing == .untilClose
        machine.keepAlive = keepAlive && body != .untilClose
        _ = machine.on(.responseHead)
        line.status = response.head.status
        wait(for: timeouts.idle)
    }

    func upstreamBody(_ bytes: ByteBuffer) {
        guard machine.isResponseStarted, !machine.isResponseComplete else { return }
        line.bytesOut += bytes.readableBytes
        _ = machine.on(.responseBody)
        wait(for: timeouts.idle)
        guard responseBody == .chunked else { return client.write(bytes) }
        client.write { output in
            output.writeString(String(bytes.readableBytes, radix: 16))
            output.writeStaticString("\r\n")
        }
        client.write(bytes)
        client.write { $0.writeStaticString("\r\n") }
    }

    func upstreamEnd() {
        guard machine.isResponseStarted, !machine.isResponseComplete else { return }
        span?.upstreamEnded(now: loop.eventLoop.now)
        connection = nil
        if responseBody == .chunked { client.write { $0.writeStaticString("0\r\n\r\n") } }
        if case .finish(let next) = machine.on(.responseEnd) {
            finish(next)
        } else {
            client.flush()
        }
    }

    func upstreamReadComplete() {
        client.flush()
        // A client that does not keep up stops the upstream here, until it can be written to again.
        if client.isWritable { connection?.read() }
    }

    func upstreamWritabilityChanged() {
        pace?.isWaiting(wantsRequest, now: loop.eventLoop.now)
        wait(for: timeouts.idle)
        client.read()
    }

    func upstreamLost(_ fault: UpstreamFault) {
        connection = nil
        pace = nil
        span?.upstreamEnded(error: "connection_lost", now: loop.eventLoop.now)
        let action = machine.on(.upstreamLost)
        // A kept connection that died while nobody used it says nothing of its server.
        if choice != nil, action != .retry { targetFailed() }
        switch action {
        case .retry:
            lease(fresh: true)
        case .abort:
            loop.logger.warning(
                "response cut short", metadata: ["request_id": "\(requestID)", "reason": "\(fault.reason)"])
            endUnfinished(patience: timeouts.idle)
        default:
            refuse(Refusal(.badGateway, "the service behind this route did not answer", cause: fault.reason))
        }
    }

    // MARK: the end

    func finish(_ next: ExchangeMachine.Next) {
        // A local answer was logged when it was given; this is the end of the request that it answered.
        if line.microseconds == 0 { log(isCut: false) }
        client.finished(next)
    }

    /// The answer ends where it is. What was sent stays sent, and nothing says that it was all: the last chunk is missing,
    /// or a part of the length.
    /// - Parameter patience: for a client that has yet to take what was sent.
    func endUnfinished(patience: TimeAmount) {
        release()
        log(isCut: true)
        _ = machine.on(.responseEnd)
        // Where the end of the connection is the end of the body, a reset alone says that it is not. Whoever speaks HTTP/1.0
        // may take it for that whatever the head said.
        if responseBody == .untilClose || request.head.minorVersion == 0 {
            client.cut()
        } else {
            client.breakOff(patience: patience)
        }
    }

    /// The client's connection is reset; `clientGone` does the rest.
    func abort() { client.cut() }

    /// Lets go of whatever is under way upstream.
    func release() {
        if let validation { loop.enricher?.cancel(validation) }
        validation = nil
        if let leaseTicket { pool?.cancel(ticket: leaseTicket) }
        leaseTicket = nil
        connection?.cancel()
        connection = nil
        pace = nil
        heldBody.removeAll()
    }

    func log(isCut: Bool) {
        let duration = loop.eventLoop.now - startedAt
        line.microseconds = max(1, duration.nanoseconds / 1000)
        line.isCut = isCut
        line.enrichment = identity == nil ? nil : enrichment.rawValue
        loop.metrics.request(
            route: line.route, method: line.method, status: line.status, nanoseconds: duration.nanoseconds)
        loop.accessLog.write(line)
        loop.dryRun?.judge(self)
        if let span {
            loop.tracer?.end(span, self, now: loop.eventLoop.now)
            self.span = nil
        }
    }
}
