import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit
import Tokens

/// `/api/v1/auth/service-accounts`: administrators alone, as the database has their roles now.
struct ServiceAccountRoutes: Sendable {
    let accounts: ServiceAccountService
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    struct CreateBody: Decodable {
        var name: String
        var roles: [String]
        var scopes: [String]?
        var secretDays: Int?

        enum CodingKeys: String, CodingKey {
            case name, roles, scopes
            case secretDays = "secret_days"
        }
    }

    struct SecretBody: Decodable {
        var secretDays: Int?

        enum CodingKeys: String, CodingKey { case secretDays = "secret_days" }
    }

    func add(to group: RouterGroup<AppContext>) {
        let signedIn = group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
        signedIn.get("service-accounts", use: list)
        signedIn.post("service-accounts", use: create)
        signedIn.delete("service-accounts/{id}", use: delete)
        signedIn.post("service-accounts/{id}/disable", use: disable)
        signedIn.post("service-accounts/{id}/secrets", use: addSecret)
        signedIn.delete("service-accounts/{id}/secrets/{secret}", use: removeSecret)
    }

    private func list(_ request: Request, _ context: SessionContext) async throws -> Response {
        let paging = try Paging(request: request)
        return try await answering {
            let (found, total) = try await accounts.list(
                by: try await administrator(context), limit: paging.perPage, offset: paging.offset)
            return try JSONBody.response(
                Page(
                    data: found.map(ServiceAccountDocument.init), total: total, page: paging.page,
                    perPage: paging.perPage))
        }
    }

    private func create(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(CreateBody.self, from: request, context: context)
        return try await answering {
            let (account, secret) = try await accounts.create(
                .init(
                    name: body.name, roles: body.roles, scopes: body.scopes ?? [], secretDays: body.secretDays),
                by: try await administrator(context), caller: context.caller(request), now: clock.now())
            return try JSONBody.response(
                NewServiceAccountDocument(
                    account: ServiceAccountDocument(account), clientID: account.id, secret: .init(secret)),
                status: .created, headers: Self.noStore)
        }
    }

    private func addSecret(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(SecretBody.self, from: request, context: context)
        let id = try context.parameters.require("id")
        return try await answering {
            let (_, secret) = try await accounts.addSecret(
                to: id, days: body.secretDays, by: try await administrator(context), caller: context.caller(request),
                now: clock.now())
            return try JSONBody.response(
                NewServiceSecretDocument(secret), status: .created, headers: Self.noStore)
        }
    }

    private func removeSecret(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        let secret = try context.parameters.require("secret")
        return try await answering {
            try await accounts.removeSecret(
                secret, of: id, by: try await administrator(context), caller: context.caller(request),
                now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func disable(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await answering {
            try await accounts.disable(
                id, by: try await administrator(context), caller: context.caller(request), now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func delete(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await answering {
            try await accounts.delete(
                id, by: try await administrator(context), caller: context.caller(request), now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func administrator(_ context: SessionContext) async throws -> User {
        guard let live = try await sessions.live(id: context.sessionID, now: clock.now()) else {
            throw Refusal(.sessionEnded, "The session has ended. Log in again.")
        }
        guard context.identity.scope == nil else { throw ServiceAccountService.Failure.forbidden }
        return live.user
    }

    private func answering(_ work: () async throws -> Response) async throws -> Response {
        do {
            return try await work()
        } catch let failure as ServiceAccountService.Failure {
            throw Refusal(failure)
        }
    }

    private static let noStore: HTTPFields = [.cacheControl: "no-store"]
}

extension Refusal {
    init(_ failure: ServiceAccountService.Failure) {
        switch failure {
        case .forbidden: self.init(.forbidden, "Service accounts are for administrators.")
        case .invalid(let fields): self.init(.invalidInput, "Some fields can't be accepted.", fields: fields)
        case .refused(.nameTaken): self.init(.conflict, "There is a service account of this name.")
        case .refused(.tooManyAccounts):
            self.init(.conflict, "There are \(ServiceAccount.maximum) service accounts; delete one first.")
        case .refused(.tooManySecrets):
            self.init(.conflict, "It has \(ServiceAccount.maximumSecrets) secrets already; remove one first.")
        case .refused(.unknownAccount):
            self.init(.notFound, "There is no such service account, no such secret, or it is disabled.")
        }
    }
}
