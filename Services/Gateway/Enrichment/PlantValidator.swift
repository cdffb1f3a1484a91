import HTTPKit
import NIOCore
import NIOHTTP1
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
        var headers = HTTPHeaders()
        let credentials = "Bearer " + question.token
        if let idToken {
            guard let text = idToken.current(now: question.now) else {
                return completion(.notAsked("no ID token for the plant"))
            }
            headers.add(name: "Authorization", value: "Bearer " + text)
        } else {
            headers.add(name: "Authorization", value: credentials)
        }
        headers.add(name: "X-Original-Authorization", value: credentials)
        headers.add(
            name: "X-Gateway-Assertion",
            value: assertion.issue(
                audience: UpstreamName.plant.audience, clientToken: question.token, method: nil, path: nil,
                now: question.now))
        headers.add(name: "X-Gateway", value: SetIdentityHeaders.name)
        headers.add(name: "X-Request-Id", value: question.requestID)
        headers.add(name: "traceparent", value: question.traceparent)
        headers.add(name: "Accept", value: "application/json")
        let head = UpstreamRequest.head(
            method: .GET, target: plant.origin.basePath + "/api/v1/auth/validate", headers: headers, framing: .none,
            authority: plant.origin.authority)
        UpstreamCall(
            pool: plant, head: head, deadlines: deadlines, deadline: eventLoop.now + timeout, completion: completion
        ).start()
    }
}
