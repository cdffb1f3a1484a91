/// One request and its response as a pure state machine: what to do with each part, whichever side is first, last or gone.
package struct ExchangeMachine: Equatable, Sendable {
    package enum Event: Equatable, Sendable {
        case requestBody
        case requestEnd
        /// An upstream connection is there; `reused` when it has served others before.
        case attached(reused: Bool)
        case responseHead
        case responseBody
        case responseEnd
        /// The upstream's connection failed or broke.
        case upstreamLost
        /// The gateway answers itself. With `drain` what is left of the request is short enough to be read and dropped.
        case localAnswer(drain: Bool)
    }

    package enum Next: Equatable, Sendable {
        case nextRequest
        /// The request was not read to its end: say goodbye first, so that the answer is not lost in a reset.
        case close
    }

    package enum Action: Equatable, Sendable {
        /// No upstream yet: keep the part.
        case hold
        /// To the upstream.
        case forward
        case discard
        /// To the client.
        case relay
        /// Send head and what was held.
        case sendHeld
        /// Lease another connection; nobody has seen anything of the first attempt.
        case retry
        /// Answer 502.
        case refuse
        /// The client has part of a response: its connection has to end, and not as if that were all.
        case abort
        case finish(Next)
        /// The rest of the request is on its way.
        case awaitRequestEnd
    }

    private enum Upstream { case none, attached, finished }
    private enum Response { case none, relaying, complete }

    package private(set) var isRequestComplete = false
    private var upstream = Upstream.none
    private var response = Response.none
    private var isReused = false
    private var isBodySent = false
    private var hasRetried = false
    private let isIdempotent: Bool
    /// Of the client's connection; may be taken back while nothing of the response is sent.
    package var keepAlive: Bool

    package init(isIdempotent: Bool, keepAlive: Bool) {
        self.isIdempotent = isIdempotent
        self.keepAlive = keepAlive
    }

    package var isResponseStarted: Bool { response != .none }
    package var isResponseComplete: Bool { response == .complete }
    package var isAttached: Bool { upstream == .attached }

    package mutating func on(_ event: Event) -> Action {
        switch event {
        case .requestBody:
            guard response != .complete else { return .discard }
            switch upstream {
            case .none: return .hold
            case .attached:
                isBodySent = true
                return .forward
            case .finished: return .discard
            }
        case .requestEnd:
            isRequestComplete = true
            guard response != .complete else { return finish() }
            switch upstream {
            case .none: return .hold
            case .attached: return .forward
            case .finished: return .discard
            }
        case .attached(let reused):
            upstream = .attached
            isReused = reused
            return .sendHeld
        case .responseHead:
            response = .relaying
            return .relay
        case .responseBody:
            return .relay
        case .responseEnd:
            response = .complete
            upstream = .finished
            return finish()
        case .upstreamLost:
            return upstreamLost()
        case .localAnswer(let drain):
            response = .complete
            if !isRequestComplete, drain { return .awaitRequestEnd }
            return finish()
        }
    }

    /// Body bytes that were held count as sent once they are.
    package mutating func heldBodySent() { isBodySent = true }

    private func finish() -> Action { .finish(isRequestComplete && keepAlive ? .nextRequest : .close) }

    private mutating func upstreamLost() -> Action {
        let wasReused = isReused
        upstream = .none
        isReused = false
        guard response == .none else { return .abort }
        guard wasReused, isIdempotent, !isBodySent, !hasRetried else { return .refuse }
        hasRetried = true
        return .retry
    }
}
