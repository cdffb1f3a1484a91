import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit
import ServiceKit

/// `POST google/verify` and `oidc/{provider}/verify`: clients that bring an ID token; answered as `login` is. No cookie is
/// looked at.
struct IDTokenRoutes: Sendable {
    static let maximumBytes = 16_384

    let login: FederatedLogin
    let environment: DeploymentEnvironment
    let clock: WallClock

    struct Body: Decodable {
        var idToken: String
        var nonce: String?

        enum CodingKeys: String, CodingKey {
            case nonce
            case idToken = "id_token"
        }
    }

    func add(to group: RouterGroup<AppContext>) {
        group.post("oidc/{provider}/verify") { request, context in
            try await verify(request, context, by: try login.flow(of: context))
        }
        if let google = login.flow(OIDCProvider.google) {
            group.post("google/verify") { request, context in try await verify(request, context, by: google) }
        }
    }

    private func verify(_ request: Request, _ context: AppContext, by flow: CodeFlow) async throws -> Response {
        let body = try await JSONBody.decode(
            Body.self, from: request, context: context, limit: Self.maximumBytes)
        let now = clock.now()
        do {
            let signedIn = try await login.verify(
                body.idToken, nonce: body.nonce, by: flow,
                caller: Caller(context: context, headers: request.headers), now: now)
            return try JSONBody.response(
                TokensDocument(signedIn, now: now), headers: [.cacheControl: "no-store"])
        } catch FederatedLogin.Failure.secondFactorNeeded(let ticket, _) {
            return try ticket.response(to: request, context, environment: environment, now: now)
        } catch let failure as FederatedLogin.Failure {
            throw Refusal(failure)
        }
    }
}
