import HTTPKit
import Hummingbird

/// Refuses request targets that are longer than any of ours, as the gateway does: what reads parameters out of them need
/// not bear more.
struct BoundedTarget: RouterMiddleware {
    typealias Context = AppContext

    /// Bytes.
    static let maximum = 8192

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.string.utf8.count <= Self.maximum else {
            throw Refusal(.uriTooLong, "The address is longer than \(Self.maximum) bytes.")
        }
        return try await next(request, context)
    }
}
