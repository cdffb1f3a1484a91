package import NIOCore

/// Keeps calls from a plant that does not answer. A pure state machine: closed, open for a while, then half-open with one
/// call as a probe, whose outcome closes it or opens it again.
package struct CircuitBreaker: Sendable {
    package struct Settings: Sendable {
        /// That many in a row open it.
        package var failures: Int
        package var openFor: TimeAmount
        /// And so does that share of the calls within `OutcomeWindow.length` seconds, for a plant that fails now and then…
        package var failureRate = 0.5
        /// …if there were so many.
        package var minimumCalls = 20

        package init(failures: Int, openFor: TimeAmount) {
            self.failures = failures
            self.openFor = openFor
        }
    }

    package enum State: Int, Sendable, CaseIterable {
        case closed = 0, halfOpen, open
    }

    /// For one call; its outcome counts only while the breaker is in the round in which the call began.
    package struct Permit: Equatable, Sendable {
        fileprivate var round: Int
    }

    package enum Outcome: Sendable {
        /// It answered with a verdict, be it a no.
        case alive
        case failed
        /// It was not asked after all.
        case unknown
    }

    private let settings: Settings
    package private(set) var state = State.closed
    private var round = 0
    private var consecutive = 0
    private var window = OutcomeWindow()
    private var openUntil = NIODeadline.uptimeNanoseconds(0)
    private var isProbing = false

    package init(settings: Settings) { self.settings = settings }

    /// - Returns: nil when no call is to be made.
    package mutating func permit(now: NIODeadline) -> Permit? {
        switch state {
        case .closed: break
        case .open:
            guard now >= openUntil else { return nil }
            enter(.halfOpen)
            isProbing = true
        case .halfOpen:
            guard !isProbing else { return nil }
            isProbing = true
        }
        return Permit(round: round)
    }

    package mutating func ended(_ permit: Permit, _ outcome: Outcome, now: NIODeadline) {
        guard permit.round == round else { return }
        switch (state, outcome) {
        case (.closed, .alive):
            consecutive = 0
            window.count(failed: false, now: now)
        case (.closed, .failed):
            consecutive += 1
            window.count(failed: true, now: now)
            let sum = window.sum(now: now)
            let isOftenFailing =
                sum.calls >= settings.minimumCalls
                && Double(sum.failures) >= settings.failureRate * Double(sum.calls)
            if consecutive >= settings.failures || isOftenFailing { open(now: now) }
        case (.halfOpen, .alive): enter(.closed)
        case (.halfOpen, .failed): open(now: now)
        case (.halfOpen, .unknown): isProbing = false
        case (.closed, .unknown), (.open, _): break
        }
    }

    private mutating func open(now: NIODeadline) {
        enter(.open)
        openUntil = now + settings.openFor
    }

    private mutating func enter(_ new: State) {
        state = new
        round += 1
        consecutive = 0
        isProbing = false
        window = OutcomeWindow()
    }
}
