import Gateway
import Testing

@Suite("One exchange as a state machine")
struct ExchangeMachineTests {
    typealias Event = ExchangeMachine.Event
    typealias Action = ExchangeMachine.Action

    struct Story: Sendable, CustomTestStringConvertible {
        var name: String
        var idempotent = true
        var keepAlive = true
        var events: [Event]
        var actions: [Action]
        var testDescription: String { name }
    }

    static let stories = [
        Story(
            name: "a request without a body, answered",
            events: [.requestEnd, .attached(reused: false), .responseHead, .responseBody, .responseEnd],
            actions: [.hold, .sendHeld, .relay, .relay, .finish(.nextRequest)]),
        Story(
            name: "a client that asked to close", keepAlive: false,
            events: [.requestEnd, .attached(reused: false), .responseHead, .responseEnd],
            actions: [.hold, .sendHeld, .relay, .finish(.close)]),
        Story(
            name: "a body that comes before and after the upstream is there",
            events: [.requestBody, .attached(reused: false), .requestBody, .requestEnd, .responseHead, .responseEnd],
            actions: [.hold, .sendHeld, .forward, .forward, .relay, .finish(.nextRequest)]),
        Story(
            name: "an upstream that answers before it has read everything",
            events: [.attached(reused: false), .requestBody, .responseHead, .requestBody, .responseEnd],
            actions: [.sendHeld, .forward, .relay, .forward, .finish(.close)]),
        Story(
            name: "a kept-alive connection that was dead: once more",
            events: [.requestEnd, .attached(reused: true), .upstreamLost, .attached(reused: true), .upstreamLost],
            actions: [.hold, .sendHeld, .retry, .sendHeld, .refuse]),
        Story(
            name: "a fresh connection that breaks is not tried again",
            events: [.requestEnd, .attached(reused: false), .upstreamLost], actions: [.hold, .sendHeld, .refuse]),
        Story(
            name: "what is not idempotent is not repeated", idempotent: false,
            events: [.requestEnd, .attached(reused: true), .upstreamLost], actions: [.hold, .sendHeld, .refuse]),
        Story(
            name: "a request whose body has begun is not repeated",
            events: [.attached(reused: true), .requestBody, .upstreamLost], actions: [.sendHeld, .forward, .refuse]),
        Story(
            name: "half a response is cut, never completed",
            events: [.requestEnd, .attached(reused: true), .responseHead, .responseBody, .upstreamLost],
            actions: [.hold, .sendHeld, .relay, .relay, .abort]),
        Story(
            name: "refused before the end of a short request",
            events: [.localAnswer(drain: true), .requestBody, .requestEnd],
            actions: [.awaitRequestEnd, .discard, .finish(.nextRequest)]),
        Story(
            name: "refused before the end of a long request", events: [.localAnswer(drain: false)],
            actions: [.finish(.close)]),
        Story(
            name: "refused after the end of the request", events: [.requestEnd, .localAnswer(drain: false)],
            actions: [.hold, .finish(.nextRequest)]),
        Story(
            name: "refused in a connection that closes", keepAlive: false,
            events: [.localAnswer(drain: true), .requestEnd], actions: [.awaitRequestEnd, .finish(.close)]),
    ]

    @Test("each story goes as it should", arguments: stories)
    func story(_ story: Story) {
        var machine = ExchangeMachine(isIdempotent: story.idempotent, keepAlive: story.keepAlive)
        var actions: [Action] = []
        for event in story.events { actions.append(machine.on(event)) }
        #expect(actions == story.actions)
    }

    @Test("a held body that was sent forbids a second attempt")
    func heldBody() {
        var machine = ExchangeMachine(isIdempotent: true, keepAlive: true)
        _ = machine.on(.requestBody)
        _ = machine.on(.attached(reused: true))
        machine.heldBodySent()
        #expect(machine.on(.upstreamLost) == .refuse)
    }
}
