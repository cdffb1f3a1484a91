import HTTPKit
import HTTPTypes
import Hummingbird
import NIOCore
import Secrets
import ServiceKit

extension ServerParts {
    func addCommonRoutes(to router: Router<AppContext>) {
        router.get("health") { _, _ in health() }
        router.get("api/health") { _, _ in health() }
        router.get("ready") { request, _ in ready(request) }
        router.get("metrics") { request, _ in try metrics(request) }
        internalGroup(of: router).get("keys") { _, _ in
            try JSONBody.response(
                KeyReport(
                    service: service, instance: common.instance, secrets: manager.diagnostics(),
                    issuers: agreement.states))
        }
    }

    private func health() -> Response {
        Self.json(HealthDocument.health(service: service), status: .ok)
    }

    private func ready(_ request: Request) -> Response {
        let details = environment == .development || isInternal(request)
        let (ready, body) = HealthDocument.ready(readiness, service: service, details: details)
        return Self.json(body, status: ready ? .ok : .serviceUnavailable)
    }

    private func metrics(_ request: Request) throws(Refusal) -> Response {
        guard environment == .development || isInternal(request) else {
            throw Refusal(.missingToken, "The internal token is needed here.")
        }
        let text = PrometheusRegistry.shared.render()
        return Response(
            status: .ok, headers: [.contentType: PrometheusRegistry.contentType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private func isInternal(_ request: Request) -> Bool {
        internalToken.authorizes(request.headers[values: .authorization])
    }

    private static func json(_ body: [UInt8], status: HTTPResponse.Status) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}
