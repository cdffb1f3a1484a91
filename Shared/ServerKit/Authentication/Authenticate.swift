import HTTPKit
package import Hummingbird
import Logging
import Secrets
import Tokens

/// `Authorization: Bearer` → identity in the context, or the refusal.
package struct Authenticate: RouterMiddleware {
    package typealias Context = AppContext
    private let verifier: LiveVerifier

    package init(verifier: LiveVerifier) {
        self.verifier = verifier
    }

    package func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let token = try BearerCredentials.token(in: request.headers[values: .authorization]) else {
            throw Refusal(.missing, ring: verifier.ring)
        }
        let identity = try verifier.verify(token)
        context.notes.update { notes in
            notes.user = identity.subject
            notes.keyID = identity.keyID.rawValue
        }
        context.logger.debug(
            "Token verified", metadata: ["kid": "\(identity.keyID)", "user": "\(identity.subject)"])
        var context = context
        context.identity = identity
        return try await next(request, context)
    }
}
