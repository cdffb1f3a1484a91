import Logging
import NIOCore
import Tokens

/// Where a token's owner loop makes the one call for all that ask: single flight, budget, circuit breaker.
final class ValidationDesk {
    typealias Ask = (ValidationQuestion, @escaping (PlantAnswer) -> Void) -> Void
    typealias Waiter = (ValidationReply) -> Void

    private let askPlant: Ask
    private let concurrentCalls: Int
    private let eventLoop: any EventLoop
    private let metrics: LoopMetrics
    private let logger: Logger
    private var validations: Validations<Waiter>
    private var breaker: CircuitBreaker

    /// - Parameter concurrentCalls: of this loop.
    init(
        concurrentCalls: Int, breaker: CircuitBreaker.Settings, eventLoop: any EventLoop, metrics: LoopMetrics,
        logger: Logger, askPlant: @escaping Ask
    ) {
        self.askPlant = askPlant
        self.concurrentCalls = concurrentCalls
        self.eventLoop = eventLoop
        self.metrics = metrics
        self.logger = logger
        validations = Validations(limit: concurrentCalls)
        self.breaker = CircuitBreaker(settings: breaker)
    }

    var breakerState: CircuitBreaker.State { breaker.state }

    /// - Parameters:
    ///   - epoch: of owner and asker together.
    ///   - waiter: may be called before this returns.
    func ask(_ question: ValidationQuestion, _ digest: TokenDigest, epoch: Epoch, _ waiter: @escaping Waiter) {
        switch validations.ask(digest, epoch: epoch, waiter: waiter) {
        case .wait: break
        case .refuse:
            metrics.enrichment(.shed)
            let verdict = Verdict.unavailable("\(concurrentCalls) validations are already on their way")
            waiter(.answered(Self.answer(verdict, question, epoch)))
        case .call(let number, _): call(question, number)
        }
    }

    /// - Returns: who waits for calls that will not be answered any more.
    func abandon() -> [Waiter] { validations.abandon() }

    private func call(_ question: ValidationQuestion, _ number: Int) {
        let before = breaker.state
        guard let permit = breaker.permit(now: eventLoop.now) else {
            metrics.enrichment(.shortCircuited)
            return finish(number, .unavailable("the plant failed of late and is not asked: circuit open"), question)
        }
        tell(from: before)
        metrics.enrichment(.call)
        askPlant(question) { [self] answer in
            let verdict = Verdict(answer, userID: question.identity.userID)
            let before = breaker.state
            breaker.ended(permit, Self.outcome(answer, verdict), now: eventLoop.now)
            tell(from: before, because: verdict)
            metrics.verdict(verdict)
            finish(number, verdict, question)
        }
    }

    private func finish(_ number: Int, _ verdict: Verdict, _ question: ValidationQuestion) {
        guard let (waiters, epoch) = validations.answered(number) else { return }
        let answer = Self.answer(verdict, question, epoch)
        for waiter in waiters { waiter(.answered(answer)) }
    }

    private static func answer(_ verdict: Verdict, _ question: ValidationQuestion, _ epoch: Epoch) -> ValidationAnswer {
        let mark = if case .unavailable = verdict { EnrichmentMark.unavailable } else { EnrichmentMark.fresh }
        return ValidationAnswer(verdict: verdict, mark: mark, since: question.now, epoch: epoch)
    }

    /// A plant that says no is well, and so is one that hides behind somebody's 403.
    private static func outcome(_ answer: PlantAnswer, _ verdict: Verdict) -> CircuitBreaker.Outcome {
        switch (verdict, answer) {
        case (.confirmed, _), (.refused, _), (.unavailable, .answered(403, _)): .alive
        case (.unavailable, .notAsked): .unknown
        case (.unavailable, .answered), (.unavailable, .failed): .failed
        }
    }

    private func tell(from before: CircuitBreaker.State, because verdict: Verdict? = nil) {
        guard breaker.state != before else { return }
        metrics.breaker(to: breaker.state)
        switch (breaker.state, verdict) {
        case (.open, .unavailable(let reason)):
            logger.warning("the plant is not asked for a while: circuit open", metadata: ["reason": "\(reason)"])
        case (.closed, _): logger.info("the plant answers again: circuit closed")
        case (.open, _), (.halfOpen, _): break
        }
    }
}
