import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit
import Tokens

/// `GET identities` and `DELETE identities/{id}` (with the password once more, and a code where there is a second factor): the
/// accounts at providers that open one's own.
struct IdentityRoutes: Sendable {
    let identities: IdentityService
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    struct Document: Codable, Sendable, Equatable {
        var id: String
        /// As the settings name it; null where it is configured no more, and opens nothing.
        var provider: String?
        var displayName: String?
        var issuer: String
        var email: String
        /// Seconds since the epoch.
        var createdAt: Int64
        var lastUsedAt: Int64

        enum CodingKeys: String, CodingKey {
            case id, provider, issuer, email
            case displayName = "display_name"
            case createdAt = "created_at"
            case lastUsedAt = "last_used_at"
        }

        init(_ identity: LinkedIdentity, provider: OIDCProvider?) {
            id = identity.id
            self.provider = provider?.name
            displayName = provider?.displayName
            issuer = identity.issuer
            email = identity.email
            createdAt = identity.createdAt
            lastUsedAt = identity.lastUsedAt
        }

        /// A null member is written, not left out.
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(id, forKey: .id)
            try container.encode(provider, forKey: .provider)
            try container.encode(displayName, forKey: .displayName)
            try container.encode(issuer, forKey: .issuer)
            try container.encode(email, forKey: .email)
            try container.encode(createdAt, forKey: .createdAt)
            try container.encode(lastUsedAt, forKey: .lastUsedAt)
        }
    }

    struct Listing: Codable, Sendable {
        var data: [Document]
    }

    func add(to group: RouterGroup<AppContext>) {
        let signedIn = group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
        signedIn.get("identities", use: list)
        signedIn.delete("identities/{id}", use: remove)
    }

    private func list(_ request: Request, _ context: SessionContext) async throws -> Response {
        let found = try await identities.list(of: context.identity.subject)
        return try JSONBody.response(
            Listing(data: found.map { Document($0.identity, provider: $0.provider) }),
            headers: [.cacheControl: "no-store"])
    }

    private func remove(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let body = try await JSONBody.decode(SecondFactorBodies.Proof.self, from: request, context: context)
        try body.password?.checkBound()
        let now = clock.now()
        guard let live = try await sessions.live(id: context.sessionID, now: now) else {
            throw Refusal(.sessionEnded, "The session has ended. Log in again.")
        }
        // A token that was narrowed is not for changing how its owner signs in.
        guard context.identity.scope == nil else {
            throw Refusal(.forbidden, "A token with a scope can't do this. Ask with your session's own.")
        }
        do {
            let outcome = try await identities.remove(
                id, of: live.user, session: live.session,
                proof: .init(password: body.password, answer: try body.answer.given()),
                caller: context.caller(request), now: now)
            if let refusal = Refusal(outcome) { throw refusal }
            return Response(status: .noContent)
        } catch let failure as LoginService.Failure {
            throw Refusal(confirming: failure)
        }
    }
}

extension Refusal {
    /// Nil where it was removed.
    init?(_ outcome: IdentityStore.Removal) {
        switch outcome {
        case .removed: return nil
        case .unknown: self.init(.notFound, "You have no linked account of that name.")
        case .lastWayIn:
            self.init(.conflict, "This is the only way into your account. Set a password first, or link another.")
        }
    }
}
