import HTTPKit
import Secrets
import ServiceKit

/// What the agent answers, by path; as the services do.
struct AgentAnswers: Sendable {
    struct Answer: Sendable, Equatable {
        var status: Int
        var contentType = "application/json"
        var body: [UInt8]
    }

    let service: String
    let readiness: Readiness
    let internalToken: InternalToken
    let environment: DeploymentEnvironment

    /// - Parameters:
    ///   - target: path and query.
    ///   - authorization: every `Authorization` of the request.
    func answer(method: String, target: String, authorization: [String]) -> Answer {
        guard method == "GET" || method == "HEAD" else { return Self.refusal(405, "method_not_allowed") }
        let isTrusted = environment == .development || internalToken.authorizes(authorization)
        switch target.prefix(while: { $0 != "?" }) {
        case "/health":
            return Answer(status: 200, body: HealthDocument.health(service: service))
        case "/ready":
            let (ready, body) = HealthDocument.ready(readiness, service: service, details: isTrusted)
            return Answer(status: ready ? 200 : 503, body: body)
        case "/metrics":
            guard isTrusted else { return Self.refusal(401, "missing_token") }
            return Answer(
                status: 200, contentType: PrometheusRegistry.contentType,
                body: Array(PrometheusRegistry.shared.render().utf8))
        default:
            return Self.refusal(404, "not_found")
        }
    }

    private static func refusal(_ status: Int, _ code: String) -> Answer {
        Answer(
            status: status, contentType: "application/problem+json",
            body: Array(#"{"code":"\#(code)","status":\#(status)}"#.utf8))
    }
}
