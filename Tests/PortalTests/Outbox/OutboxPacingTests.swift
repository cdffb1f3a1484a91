import Testing

@testable import Portal

@Suite struct OutboxPacingTests {
    @Test(
        "what an answer means",
        arguments: [
            (OutboxPacing.Answer.status(201), OutboxPacing.Action.delivered), (.status(200), .delivered),
            (.status(204), .delivered), (.status(400), .rejected), (.status(409), .rejected),
            (.status(422), .rejected), (.status(408), .retryMessage(after: 1)), (.status(500), .retryMessage(after: 1)),
            (.status(404), .pauseQueue(for: 1)), (.status(405), .pauseQueue(for: 1)),
            (.status(421), .pauseQueue(for: 1)), (.status(401), .pauseQueue(for: 1)),
            (.status(403), .pauseQueue(for: 1)),
            (.status(429), .pauseQueue(for: 1)),
            (.status(502), .pauseQueue(for: 1)), (.status(503), .pauseQueue(for: 1)),
            (.unreachable, .pauseQueue(for: 1)),
            (.status(302), .pauseQueue(for: 1)), (.status(101), .pauseQueue(for: 1)),
        ])
    func means(answer: OutboxPacing.Answer, action: OutboxPacing.Action) {
        var pacing = OutboxPacing()
        #expect(pacing.on(answer, attempts: 0, jitter: 0) == action)
    }

    @Test("pauses double up to thirty seconds and start over when something gets through")
    func pauses() {
        var pacing = OutboxPacing()
        let pauses = (0..<7).map { _ in pacing.on(.unreachable, attempts: 0, jitter: 0) }
        #expect(pauses == [1, 2, 4, 8, 16, 30, 30].map { .pauseQueue(for: $0) })
        #expect(pacing.on(.status(200), attempts: 9, jitter: 0) == .delivered)
        #expect(pacing.on(.unreachable, attempts: 0, jitter: 0) == .pauseQueue(for: 1))
    }

    @Test("the delay is bounded for any number of failures and any jitter", arguments: [-5, 0, 1, 5, 64, Int64.max])
    func bounded(failures: Int64) {
        for jitter in [-1.0, 0, 0.3, 1, 2] {
            #expect((1...30).contains(OutboxBackoff.delay(failures: failures, jitter: jitter)))
        }
    }
}
