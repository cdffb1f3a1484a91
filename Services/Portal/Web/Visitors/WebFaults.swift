import HTTPKit
import Hummingbird
import ServerKit

/// Refusals as pages. What is no refusal goes on to the error answers that all routes share.
struct WebFaults: RouterMiddleware {
    typealias Context = AppContext

    let parts: WebParts

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let refusal as Refusal {
            context.notes.update { notes in
                notes.code = refusal.code.rawValue
                notes.cause = refusal.cause
            }
            return try parts.pages.response(
                FaultPage(parts: parts, refusal: refusal, requestID: context.requestID),
                status: refusal.code.status)
        }
    }
}
