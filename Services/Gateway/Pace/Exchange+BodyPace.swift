import HTTP1
import HTTPKit
import Logging
import NIOCore

// What a request's body is held to while it comes. A request without one, or one that came whole with its head, has no pace.
extension Exchange {
    /// The upstream is there, and the rest of the body is wanted.
    func beginPace() {
        let rate = route?.policy.minimumBodyRate ?? loop.settings.bodyPace.rate
        guard rate > 0, framing != .none else { return }
        let now = loop.eventLoop.now
        var pace = BodyPace(rate: rate, grace: loop.settings.bodyPace.grace, most: timeouts.idle)
        // What was held until now.
        pace.received(line.bytesIn, now: now)
        pace.isWaiting(wantsRequest, now: now)
        self.pace = pace
    }

    /// The client's time is over: it sent too little, or nothing for too long. Whether it is the one that is waited for has
    /// been looked at.
    func bodyTooSlow() {
        let cause: String
        if !hasTimeLeft {
            // Of the whole exchange: it says nothing of the client's pace.
            cause = "the time of the whole exchange was over before the body was"
        } else {
            cause =
                pace?.isOver(loop.eventLoop.now) ?? false
                ? "the body came slower than GW_MIN_BODY_RATE, or the route's min_body_rate, allows"
                : "nothing more of the body came"
            SlowClient.body.count()
        }
        guard machine.isResponseStarted else {
            machine.keepAlive = false
            return refuse(
                Refusal(.requestTimeout, "the body of the request did not come in time", cause: cause),
                readsRest: false)
        }
        loop.logger.info(
            "answer cut short",
            metadata: [
                "request_id": "\(requestID)", "code": "\(ProblemCode.requestTimeout.rawValue)", "cause": "\(cause)",
                "route": "\(line.route)", "bytes_in": "\(line.bytesIn)",
            ])
        line.code = ProblemCode.requestTimeout.rawValue
        abort()
    }
}
