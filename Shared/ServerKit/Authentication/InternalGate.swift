import HTTPKit
import Hummingbird

/// Lets only callers with the internal token below `/internal`.
struct InternalGate: RouterMiddleware {
    typealias Context = AppContext
    let token: InternalToken
    /// For the whole router: acts on paths below `/internal` alone, so that without the token nobody learns which exist.
    /// False inside the group, where it acts whatever the path was spelled like.
    let byPath: Bool

    func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard !byPath || Self.isInternal(request.uri.path) else { return try await next(request, context) }
        let presented = request.headers[values: .authorization]
        if token.authorizes(presented) { return try await next(request, context) }
        throw presented.isEmpty
            ? Refusal(.missingToken, "The internal token is needed here.")
            : Refusal(
                .invalidCredentials, "The internal token is not this service's.",
                cause: "LOCKSTEP_INTERNAL_TOKEN of the caller differs")
    }

    /// The router overlooks empty components, so this does too.
    static func isInternal(_ path: String) -> Bool {
        path.split(separator: "/").first == "internal"
    }
}
