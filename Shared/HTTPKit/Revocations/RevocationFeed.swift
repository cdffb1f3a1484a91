import Contracts
import CoreMetrics
import Logging
import ServiceKit
import ServiceLifecycle
import Synchronization
import Tokens

/// Follows what one service revokes: from the oldest event that it keeps, then by cursor, for as long as this runs. Each
/// event is verified before it counts. A thin shell around `RevocationFeedState`.
package final class RevocationFeed: Sendable {
    /// What is known of a feed.
    package struct Standing: Sendable, Equatable {
        package var url: String
        package var isLive: Bool
        /// It was asked for longer than a moment without an answer, or could not be followed.
        package var isLost: Bool
        /// Seconds since the epoch.
        package var liveSince: Int64?
        package var lostSince: Int64?
        package var heardAt: Int64?
        /// The cursor of the last event that was read; nil at the beginning.
        package var position: String?
        /// Seconds from the last event that came as it happened to its arrival.
        package var lag: Int64?
        /// Why the last question failed.
        package var lastFailure: String?
    }

    package let url: String
    private let tokens: RevocationToken
    private let sink: @Sendable (Revocation) -> Void
    private let changed: @Sendable () -> Void
    private let surroundings: Surroundings
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>

    struct Surroundings: Sendable {
        /// - Parameter milliseconds: to let pass.
        var pause: @Sendable (_ milliseconds: Int64) async throws -> Void = {
            if $0 > 0 { try await Task.sleep(for: .milliseconds($0)) }
        }
        /// 0 to 1.
        var spread: @Sendable () -> Double = { .random(in: 0...1) }
    }

    private struct State {
        var machine = RevocationFeedState()
        var lastFailure: String?
        var lag: Int64?
    }

    /// - Parameters:
    ///   - url: the service's, without trailing slash.
    ///   - sink: takes each event, in their order; some again after a loss.
    ///   - changed: the feed became live, or was lost.
    init(
        url: String, tokens: RevocationToken, sink: @escaping @Sendable (Revocation) -> Void,
        changed: @escaping @Sendable () -> Void, surroundings: Surroundings = Surroundings(), clock: WallClock,
        logger: Logger
    ) {
        self.url = url
        self.tokens = tokens
        self.sink = sink
        self.changed = changed
        self.surroundings = surroundings
        self.clock = clock
        self.logger = logger
        state = Mutex(State())
    }

    package var standing: Standing {
        state.withLock { state in
            Standing(
                url: url, isLive: state.machine.standing == .live, isLost: state.machine.standing == .lost,
                liveSince: state.machine.liveSince, lostSince: state.machine.lostSince,
                heardAt: state.machine.heardAt, position: state.machine.cursor, lag: state.lag,
                lastFailure: state.lastFailure)
        }
    }

    /// Until its task is cancelled.
    func run(ask: @Sendable (_ url: String, _ after: String?, _ wait: Bool) async -> RevocationAnswer) async {
        var action = step(.started, failure: nil)
        while !Task.isCancelled {
            guard case .ask(let after, let wait, let pause) = action,
                (try? await surroundings.pause(pause)) != nil
            else { return }
            let answer = await ask(url, after, wait)
            if Task.isCancelled { return }
            switch answer {
            case .page(let page):
                do throws(TokenError) {
                    try take(page)
                    action = step(.page(next: page.next, more: page.more), failure: nil)
                } catch {
                    // Nothing of it counts from the first that is not good: the same page is asked for again.
                    action = step(.failed, failure: "an event that can't be accepted: \(error.code)")
                }
            case .gone: action = step(.gone, failure: "the cursor is not known there any more")
            case .failed(let reason): action = step(.failed, failure: reason)
            }
        }
    }

    private func take(_ page: RevocationPage) throws(TokenError) {
        let now = clock.now()
        for event in page.events {
            let revocation = try tokens.verify(event.set, now: now)
            sink(revocation)
            Counter(label: MetricName.revocations, dimensions: [("source", url)]).increment()
        }
        // Of what comes as it happens; a snapshot tells old news.
        guard let last = page.events.last, state.withLock({ $0.machine.standing == .live }) else { return }
        if let revocation = try? tokens.verify(last.set, now: now) {
            let lag = max(0, now - revocation.occurredAt)
            state.withLock { $0.lag = lag }
            Gauge(label: MetricName.revocationLag, dimensions: [("source", url)]).record(Double(lag))
        }
    }

    private func step(_ event: RevocationFeedState.Event, failure: String?) -> RevocationFeedState.Action {
        let spread = surroundings.spread()
        let now = clock.now()
        let (action, before, after) = state.withLock { state in
            let before = state.machine.standing
            state.lastFailure = failure
            let action = state.machine.on(event, now: now, spread: spread)
            return (action, before, state.machine.standing)
        }
        if before != after || event == .started {
            tell(after, failure)
            changed()
        }
        return action
    }

    private func tell(_ standing: RevocationFeedState.Standing, _ failure: String?) {
        Gauge(label: MetricName.revocationFeed, dimensions: [("source", url)]).record(standing == .live ? 1 : 0)
        switch standing {
        case .pending: break
        case .live: logger.info("Revocations of \(url) arrive")
        case .lost:
            logger.warning(
                "Revocations of \(url) do not arrive: \(failure ?? "no answer")",
                metadata: ["code": "revocations_lost"])
        }
    }
}
