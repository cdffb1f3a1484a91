import HTTPKit
import Logging
import NIOCore

// What becomes of an exchange whose time is over, and what the log says of it: which time, and who was waited for.
extension Exchange {
    func deadlinePassed() {
        if let pace, pace.isOver(loop.eventLoop.now) { return bodyTooSlow() }
        if machine.isResponseComplete { return abort() }
        guard !machine.isResponseStarted else { return cutOff() }
        // The upstream is ready; it is the client that says nothing.
        if machine.isAttached, wantsRequest { return bodyTooSlow() }
        // As long as it is known what was waited for.
        let cause = hasTimeLeft ? awaited : Self.overlong
        if choice != nil, movesOn() { return }
        refuse(Refusal(.upstreamTimeout, "the service behind this route did not answer in time", cause: cause))
    }

    private static let overlong = "the whole exchange took longer than timeouts.total (GW_TOTAL_TIMEOUT_MS)"
    private static let firstByte = "timeouts.first_byte (GW_FIRST_BYTE_TIMEOUT_MS)"
    private static let idle = "timeouts.idle (GW_IDLE_TIMEOUT_MS)"

    /// Before an answer has begun.
    private var awaited: String {
        if validation != nil { return "the plant said nothing of the customer within \(Self.firstByte)" }
        if leaseTicket != nil {
            let time = route?.policy.timeouts?.connect == nil ? Self.firstByte : "timeouts.connect"
            return "no connection to the upstream was free, and none came about, within \(time)"
        }
        guard machine.isAttached else { return "the request was not ready for an upstream within \(Self.firstByte)" }
        return machine.isRequestComplete
            ? "the upstream did not answer within \(Self.firstByte)"
            : "the upstream took nothing more of the body within \(Self.idle)"
    }

    /// The answer has begun: nothing but a cut can say that the rest of it will not come.
    private func cutOff() {
        let (code, cause) =
            !hasTimeLeft
            ? (ProblemCode.upstreamTimeout, Self.overlong)
            : client.isWritable
                ? (.upstreamTimeout, "the upstream sent nothing more of its answer within \(Self.idle)")
                : (.requestTimeout, "the client took nothing more of the answer within \(Self.idle)")
        loop.logger.info(
            "answer cut short",
            metadata: [
                "request_id": "\(requestID)", "code": "\(code.rawValue)", "cause": "\(cause)",
                "route": "\(line.route)", "bytes_out": "\(line.bytesOut)",
            ])
        line.code = code.rawValue
        abort()
    }
}
