import HTTP1
import HTTPKit
import Logging
import NIOCore
import NIOHTTP1
import Secrets
import Tokens

// The client's side of an exchange: parts of its request, its going away, and answers that the gateway gives itself.
extension Exchange {
    var isRequestComplete: Bool { machine.isRequestComplete }

    /// Whether more of the request would be of use now: this is what holds a fast client to the pace of a slow upstream.
    var wantsRequest: Bool {
        guard !machine.isRequestComplete else { return false }
        if machine.isResponseComplete { return true }
        return machine.isAttached && connection?.isWritable ?? false
    }

    func requestBody(_ bytes: ByteBuffer) {
        line.bytesIn += bytes.readableBytes
        switch machine.on(.requestBody) {
        case .hold: heldBody.append(bytes)
        case .forward:
            connection?.send(bytes)
            isUnflushed = true
            pace?.received(bytes.readableBytes, now: loop.eventLoop.now)
            if machine.isResponseStarted { setDeadline() } else { wait(for: timeouts.idle) }
        default: break
        }
    }

    func requestEnd() {
        switch machine.on(.requestEnd) {
        case .hold: isEndHeld = true
        case .forward:
            isUnflushed = false
            pace = nil
            if machine.isResponseStarted { setDeadline() } else { wait(for: timeouts.firstByte) }
            // Last: where it fails, the exchange may be over when it returns.
            connection?.sendEnd()
        case .finish(let next): finish(next)
        default: break
        }
    }

    /// The rest of the request can't be read.
    func requestBroken(_ fault: RequestFault) {
        if machine.isResponseComplete { return client.finished(.close) }
        guard !machine.isResponseStarted else { return abort() }
        machine.keepAlive = false
        guard fault.problem != .payloadTooLarge else {
            return refuse(Refusal(.payloadTooLarge, "the body is longer than \(maximumBody) bytes"))
        }
        refuse(Refusal(.malformedRequest, "the body of the request can't be read", cause: fault.reason))
    }

    func clientReadComplete() {
        if isUnflushed {
            isUnflushed = false
            connection?.flush()
        }
    }

    func clientWritabilityChanged(_ isWritable: Bool) {
        guard machine.isResponseStarted, !machine.isResponseComplete else { return }
        wait(for: timeouts.idle)
        if isWritable { connection?.read() }
    }

    func clientGone() {
        let isOver = machine.isResponseComplete
        release()
        if !isOver { log(isCut: true) }
    }

    // MARK: answers of the gateway's own

    /// - Parameter readsRest: see `answer`.
    func refuse(_ refusal: Refusal, readsRest: Bool = true) {
        loop.logger.info(
            "request refused",
            metadata: [
                "request_id": "\(requestID)", "code": "\(refusal.code.rawValue)",
                "cause": "\(refusal.cause ?? refusal.detail)", "route": "\(line.route)", "kid": "\(keyName(refusal))",
                "held_kids": "\(heldKids)", "source": "\(loop.ring.source)",
            ])
        answer(
            LocalAnswer(
                refusal, instance: routedTarget?.path ?? "/", requestID: requestID,
                environment: loop.settings.environment), readsRest: readsRest)
    }

    /// - Parameter readsRest: whether a short rest of the request is worth waiting for, for the sake of the connection.
    func answer(_ answer: LocalAnswer, readsRest: Bool = true) {
        guard !machine.isResponseStarted else { return }
        var answer = answer
        if isQuestion, loop.settings.decisions == .nginx { answer.limitToAuthRequest() }
        // A page of another origin has to be able to read why it was refused.
        if answer.code != nil, let cors = route?.policy.cors { answer.add(cors.fields(origin: origin)) }
        release()
        let drains = readsRest && expectsNothingMore
        let closes = !machine.keepAlive || loop.isDraining || !(machine.isRequestComplete || drains)
        machine.keepAlive = !closes
        line.code = answer.code
        line.status = Int(answer.status.code)
        if method != .HEAD { line.bytesOut = answer.body.count }
        client.write { output in
            answer.write(
                requestID: requestID, date: loop.answerDate, closes: closes, withBody: method != .HEAD, to: &output)
        }
        client.flush()
        let action = machine.on(.localAnswer(drain: drains))
        wait(for: timeouts.idle)
        log(isCut: false)
        switch action {
        case .finish(let next): client.finished(next)
        // Reading may have stood still for an upstream that is gone now: the rest would never come.
        case .awaitRequestEnd: client.read()
        default: break
        }
    }

    /// What is left of the request is none, or short enough to be read and dropped for the sake of the connection.
    private var expectsNothingMore: Bool {
        switch request.head.framing {
        case .none: true
        case .length(let bytes): bytes <= 64 * 1024 && !request.head.expectsContinue
        case .chunked, .untilClose: false
        }
    }

    /// The plant's no to a token that this gateway said yes to. If it is about the key, that is what this suite is for:
    /// nobody may have to guess it from a 401.
    func explained(_ code: ProblemCode, _ plantCode: String) -> Refusal {
        let kid = identity?.keyID.rawValue ?? "none"
        let detail = "the plant refused this token (\(plantCode))"
        switch code {
        case .customerUnknown, .customerSuspended, .revoked, .sessionEnded:
            return Refusal(code, detail)
        case .expired, .notYetValid:
            loop.logger.error(
                "plant refused a token that this gateway verified: their clocks or JWT_LEEWAY_SECONDS differ",
                metadata: ["request_id": "\(requestID)", "plant_code": "\(plantCode)", "kid": "\(kid)"])
            return Refusal(code, detail)
        default:
            loop.metrics.plantDisagreement()
            loop.logger.error(
                """
                plant refused a token that this gateway verified: plant holds another key; compare GET \
                /internal/v1/keys of both, or `lockstep secret diagnose` with each one's variables
                """,
                metadata: [
                    "request_id": "\(requestID)", "plant_code": "\(plantCode)", "gateway_kid": "\(kid)",
                    "gateway_kids": "\(heldKids)", "gateway_source": "\(loop.ring.source)",
                    "gateway_environment": "\(loop.ring.environment.rawValue)",
                ])
            return Refusal(
                code, detail, cause: "this gateway verified it: the two hold different keys",
                diagnostics: [
                    "gateway_kid": kid, "gateway_kids": heldKids, "gateway_source": loop.ring.source,
                    "plant_code": plantCode,
                ])
        }
    }

    private var heldKids: String { loop.ring.heldKeys }

    /// Of the token that was verified; where one was refused, the key that it names. Else `none`: of a token that nobody
    /// looked at there is nothing to say.
    private func keyName(_ refusal: Refusal) -> String {
        if let identity { return identity.keyID.rawValue }
        guard refusal.code.isTokenRefusal, let token else { return "none" }
        return NamedKey.text(of: request.text(token)) ?? "none"
    }

    /// A head that can't be read, or does not end: there is no request to speak of, and nothing behind it can be trusted.
    static func refuseUnreadable(_ refusal: Refusal, client: ClientHandler) {
        let loop = client.loop
        let requestID = RequestID.new()
        loop.logger.info(
            "request refused",
            metadata: [
                "request_id": "\(requestID)", "code": "\(refusal.code.rawValue)",
                "cause": "\(refusal.cause ?? refusal.detail)", "route": "none",
            ])
        let answer = LocalAnswer(
            refusal, instance: "/", requestID: requestID, environment: loop.settings.environment)
        client.write { output in
            answer.write(requestID: requestID, date: loop.answerDate, closes: true, withBody: true, to: &output)
        }
        client.closeGently()
        var line = AccessLog.Line(requestID: requestID, method: "-", path: "-")
        line.status = Int(answer.status.code)
        line.code = answer.code
        line.client = client.peer
        loop.metrics.request(route: "none", method: "-", status: line.status, nanoseconds: 0)
        loop.accessLog.write(line)
    }
}
