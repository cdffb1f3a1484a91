import CoreMetrics
import HTTPTypes
import Hummingbird
import Logging
import ServiceKit

/// One line and two metrics per request, whatever became of it.
struct AccessLog: RouterMiddleware {
    typealias Context = AppContext
    let service: String
    let logger: Logger

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let duration = ContinuousClock.now - start
        count(request, context, response, duration)
        write(request, context, response, duration)
        return response
    }

    /// Labelled by the route's template: a path is the client's to choose, and would make a series each.
    private func count(_ request: Request, _ context: AppContext, _ response: Response, _ duration: Duration) {
        let labels = [
            ("service", service), ("method", Self.methodLabel(request.method)),
            ("route", Self.routeLabel(context.endpointPath)),
        ]
        Counter(label: MetricName.httpRequests, dimensions: labels + [("code", "\(response.status.code)")]).increment()
        Timer(label: MetricName.httpRequestDuration, dimensions: labels).recordNanoseconds(duration.nanoseconds)
    }

    private func write(_ request: Request, _ context: AppContext, _ response: Response, _ duration: Duration) {
        let isProbe = ["/health", "/api/health", "/ready", "/metrics", "/internal/v1/keys/probe"].contains(
            request.uri.path)
        // What asks every few seconds and gets its answer is no news.
        let level: Logger.Level = isProbe && response.status.kind == .successful ? .debug : .info
        guard logger.logLevel <= level else { return }
        let notes = context.notes.current
        var metadata: Logger.Metadata = [
            "method": "\(request.method.rawValue)", "path": "\(request.uri.path)", "status": "\(response.status.code)",
            "duration_ms": "\(Self.milliseconds(duration))", "request_id": "\(context.requestID)",
            "peer": "\(context.clientAddress)",
        ]
        if let bytes = response.body.contentLength { metadata["bytes"] = "\(bytes)" }
        if let user = notes.user { metadata["user"] = "\(user)" }
        if let keyID = notes.keyID { metadata["kid"] = "\(keyID)" }
        if let code = notes.code { metadata["code"] = "\(code)" }
        if let cause = notes.cause { metadata["cause"] = "\(cause)" }
        logger.log(level: level, "Request answered", metadata: metadata)
    }

    static func methodLabel(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "other"
        }
    }

    static func routeLabel(_ endpoint: String?) -> String {
        switch endpoint {
        case nil, "NotFound": "unmatched"
        case .some(let template): template.hasPrefix("/") ? template : "/" + template
        }
    }

    /// With three decimals: microseconds.
    private static func milliseconds(_ duration: Duration) -> String {
        let micros = duration.nanoseconds / 1000
        let fraction = String(micros % 1000)
        return "\(micros / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
