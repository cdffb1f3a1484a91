import Contracts
import HTTPKit
import Hummingbird
import Secrets
import ServerKit
import Tokens

/// `GET /api/v1/diagnostics/token`: tells the sender of a diagnostic token what became of it on its way. Nobody else
/// learns anything here.
struct DiagnosticsRoute: Sendable {
    let instance: String
    let tokens: ClientTokens
    let ring: @Sendable () -> KeyRing

    func add(to group: RouterGroup<UserContext>) {
        group.get("diagnostics/token") { request, context in
            guard context.identity.roles.contains(Role.diagnostic) else {
                throw Refusal(.forbidden, "This is for lockstep doctor.")
            }
            let found = try tokens.find(in: request, logger: context.logger)
            return try JSONBody.response(
                DiagnosedToken(
                    kid: context.identity.keyID.rawValue, instance: instance, ringVersion: ring().version,
                    cameThroughGateway: found?.source == .assertedOriginal))
        }
    }
}
