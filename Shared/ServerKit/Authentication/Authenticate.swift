import HTTPKit
package import Hummingbird
import Logging
import Secrets
import Tokens

/// The request's token → identity in the context, or the refusal. Nothing else sets an identity.
package struct Authenticate: RouterMiddleware {
    package typealias Context = AppContext

    /// Where a service finds the token of a request; nil when it carries none. Throws `Refusal`.
    package typealias TokenSource = @Sendable (Request, AppContext) throws -> String?

    private let verifier: LiveVerifier
    private let tokenSource: TokenSource

    /// - Parameter tokenSource: `Authorization: Bearer`, unless a service has another rule.
    package init(verifier: LiveVerifier, tokenSource: @escaping TokenSource = Self.authorization) {
        self.verifier = verifier
        self.tokenSource = tokenSource
    }

    package static let authorization: TokenSource = { request, _ in
        try BearerCredentials.token(in: request.headers[values: .authorization])
    }

    package func handle(
        _ request: Request, context: AppContext, next: (Request, AppContext) async throws -> Response
    ) async throws -> Response {
        guard let token = try tokenSource(request, context) else {
            throw verifier.missing()
        }
        let identity = try await verifier.verify(token)
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
