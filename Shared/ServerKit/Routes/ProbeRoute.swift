import Contracts
import HTTPKit
package import Hummingbird
import Secrets
import ServiceKit
import Tokens

extension ServerParts {
    /// Issuers: GET /internal/v1/keys/probe[?kid=].
    package func addProbe(to router: Router<AppContext>, issuer: String) {
        internalGroup(of: router).get("keys/probe") { request, _ in
            let kid = request.uri.queryParameters["kid"].map { KeyID(String($0)) }
            return try JSONBody.response(await probe(kid: kid, issuer: issuer))
        }
    }

    private func probe(kid: KeyID?, issuer: String) async throws(Refusal) -> KeyProbe {
        // One snapshot: what the body says and what signed the token must be the same ring.
        let ring = manager.ring
        let token: IssuedToken
        do throws(SecretError) {
            token = try await KeyProbeToken.issue(
                kid: kid, ring: ring, issuer: issuer, signers: manager.signers, now: clock.now())
        } catch {
            throw kid == nil
                ? Refusal(.unavailable, "This service holds no key to sign with.", cause: error.message)
                : Refusal(.notFound, "This service holds no such key that may sign.", cause: error.message)
        }
        return KeyProbe(
            token: token.text, kid: token.keyID.rawValue, environment: ring.environment.rawValue, issuer: issuer,
            source: ring.source, expiresAt: token.expiresAt)
    }
}
