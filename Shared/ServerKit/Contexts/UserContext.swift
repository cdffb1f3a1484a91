package import HTTPKit
package import Hummingbird
package import NIOCore
package import Tokens

/// A context that can't be made without a verified identity (STYLE 4).
package struct UserContext: ChildRequestContext {
    package typealias ParentContext = AppContext
    package var coreContext: CoreRequestContextStorage
    package let requestID: String
    package let identity: Identity
    /// As `AppContext.clientAddress`.
    package let clientAddress: String
    /// The client's.
    package let connection: any Channel

    /// JSON bodies are bounded to 1 MiB.
    package var maxUploadSize: Int { 1024 * 1024 }

    /// Throws `Refusal(.missingToken)` when no middleware has authenticated the request.
    package init(context: AppContext) throws {
        guard let identity = context.identity else {
            throw Refusal(.missingToken, "Send an access token: Authorization: Bearer <token>.")
        }
        coreContext = context.coreContext
        requestID = context.requestID
        clientAddress = context.clientAddress
        connection = context.connection
        self.identity = identity
    }

    /// `forbidden` unless the identity has one of the roles.
    package func require(anyOf roles: [String]) throws(Refusal) {
        if identity.roles.contains(where: roles.contains) { return }
        throw Refusal(
            .forbidden, "Your roles do not allow this.",
            cause: "needs one of \(roles.joined(separator: ", ")); has \(identity.roles.joined(separator: ", "))")
    }
}
