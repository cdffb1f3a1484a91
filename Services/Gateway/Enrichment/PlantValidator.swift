import NIOCore
import Tokens

/// Asks the plant for a verdict: `GET /api/v1/auth/validate` with the client's token and the gateway's word.
final class PlantValidator {
    private let plant: UpstreamPool
    private let timeout: TimeAmount
    private let assertion: GatewayAssertion
    private let deadlines: LoopDeadlines
    private let eventLoop: any EventLoop
    /// Cloud Run IAM; nil when the plant takes the client's token in `Authorization`.
    private let idToken: IDTokenHolder?

    init(
        plant: UpstreamPool, timeout: TimeAmount, assertion: GatewayAssertion, deadlines: LoopDeadlines,
        eventLoop: any EventLoop, idToken: IDTokenHolder?
    ) {
        self.plant = plant
        self.timeout = timeout
        self.assertion = assertion
        self.deadlines = deadlines
        self.eventLoop = eventLoop
        self.idToken = idToken
    }

    func ask(_ question: ValidationQuestion, _ completion: @escaping (PlantAnswer) -> Void) {
        var lines = HeadBuffer()
        let credentials = "Bearer " + question.token
        if let idToken {
            guard let text = idToken.current(now: question.now) else {
                return completion(.notAsked("no ID token for the plant"))
            }
            lines.writeLine("Authorization", "Bearer " + text)
        } else {
            lines.writeLine("Authorization", credentials)
        }
        lines.writeLine("X-Original-Authorization", credentials)
        lines.writeLine(
            "X-Gateway-Assertion",
            assertion.issue(
                audience: UpstreamName.plant.audience, clientToken: question.token, method: nil, path: nil,
                now: question.now))
        lines.writeLine("X-Gateway", SetIdentityHeaders.name)
        lines.writeLine("X-Request-Id", question.requestID)
        lines.writeLine("traceparent", question.traceparent)
        lines.writeLine("Accept", "application/json")
        UpstreamCall(
            pool: plant, target: "/api/v1/auth/validate", lines: lines, deadlines: deadlines,
            deadline: eventLoop.now + timeout, completion: completion
        ).start()
    }
}
