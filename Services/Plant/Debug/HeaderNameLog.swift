import Hummingbird
import Logging
import ServerKit

/// At debug level: which headers a request came with. Names alone; values may be anybody's secret.
struct HeaderNameLog: RouterMiddleware {
    typealias Context = AppContext

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        context.logger.debug(
            "Request headers",
            metadata: ["names": "\(request.headers.map(\.name.canonicalName).joined(separator: " "))"])
        return try await next(request, context)
    }
}
