import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import Logging
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// `POST /internal/v1/diagnostic-token`, for `lockstep doctor`: signed by the present ring like anybody's token. It names
/// nobody, and its one role opens nothing.
struct DiagnosticTokenRoute: Sendable {
    let issuer: String
    let audience: String
    let manager: SecretManager
    let clock: WallClock

    func add(to group: RouterGroup<AppContext>) {
        group.post("diagnostic-token") { _, context in
            let ring = manager.ring
            let token: IssuedToken
            do throws(SecretError) {
                token = try await TokenIssuer(
                    issuer: issuer, audience: audience, lifetime: DiagnosticToken.lifetime
                ).issue(
                    AccessClaims(
                        subject: DiagnosticToken.subject, email: "", roles: [Role.diagnostic],
                        sessionID: DiagnosticToken.subject), ring: ring, signers: manager.signers, now: clock.now())
            } catch {
                throw Refusal(.unavailable, "No token can be signed here now.", cause: error.message)
            }
            context.logger.info(
                "A diagnostic token was issued", metadata: ["kid": "\(token.keyID)", "jti": "\(token.tokenID)"])
            return try JSONBody.response(
                DiagnosticToken(
                    token: token.text, kid: token.keyID.rawValue, issuer: issuer, expiresAt: token.expiresAt),
                headers: [.cacheControl: "no-store"])
        }
    }
}
