import Contracts
package import HTTPKit
package import Hummingbird
import Secrets
import ServiceKit

extension ServerParts {
    /// Issuers: GET /internal/v1/keys/probe[?kid=].
    package func addProbe(to router: Router<AppContext>, signer: ProbeSigner) {
        internalGroup(of: router).get("keys/probe") { request, _ in
            let kid = request.uri.queryParameters["kid"].map { KeyID(String($0)) }
            return try JSONBody.response(await probe(kid: kid, signer: signer))
        }
    }

    /// As `addProbe(to:signer:)`, with a signer of its own.
    package func addProbe(to router: Router<AppContext>, issuer: String) {
        let signer = ProbeSigner(
            issuer: issuer, instance: common.instance, signers: manager.signers, clock: clock
        ) { [manager] in manager.ring }
        addProbe(to: router, signer: signer)
    }

    private func probe(kid: KeyID?, signer: ProbeSigner) async throws(Refusal) -> KeyProbe {
        do throws(SecretError) {
            return try await signer.probe(kid: kid)
        } catch {
            throw kid == nil
                ? Refusal(.unavailable, "This service holds no key to sign with.", cause: error.message)
                : Refusal(.notFound, "This service holds no such key that may sign.", cause: error.message)
        }
    }
}
