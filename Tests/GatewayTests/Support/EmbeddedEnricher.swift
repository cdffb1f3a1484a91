import NIOCore
import NIOEmbedded
import TestSupport

@testable import Gateway

/// One loop's enricher with a plant that answers when told, and a clock that the test moves.
final class EmbeddedEnricher {
    /// What somebody who asked was told.
    final class Asker {
        fileprivate(set) var told: [(verdict: Verdict, mark: EnrichmentMark)] = []
        fileprivate(set) var ticket: Enricher.Ticket?
        var mark: EnrichmentMark? { told.count == 1 ? told[0].mark : nil }
        var verdict: Verdict? { told.count == 1 ? told[0].verdict : nil }
        var isUnavailable: Bool { if case .unavailable? = verdict { mark == .unavailable } else { false } }
    }

    let eventLoop = EmbeddedEventLoop()
    let plant = ScriptedPlant()
    let enricher: Enricher

    init(
        lifetimes: VerdictLifetimes = VerdictLifetimes(confirmed: 30, refused: 5), failures: Int = 3,
        openFor: TimeAmount = .seconds(5), concurrentCalls: Int = 256
    ) {
        let settings = Enricher.Settings(
            lifetimes: lifetimes, stale: .none, timeout: .seconds(3), concurrentCalls: concurrentCalls,
            breaker: CircuitBreaker.Settings(failures: failures, openFor: openFor))
        let metrics = LoopMetrics(loop: 0)
        let desk = ValidationDesk(
            concurrentCalls: concurrentCalls, breaker: settings.breaker, eventLoop: eventLoop, metrics: metrics,
            logger: CapturedLog().logger, askPlant: plant.ask)
        enricher = Enricher(settings: settings, desk: desk, eventLoop: eventLoop, metrics: metrics, ring: 1)
    }

    func ask(_ question: ValidationQuestion) -> Asker {
        let asker = Asker()
        asker.ticket = enricher.ask(question) { asker.told.append(($0, $1)) }
        return asker
    }
}
