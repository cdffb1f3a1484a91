import Contracts
import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit
import Tokens

/// `users` and `invitations`, for those whose roles say so; and `invitations/accept`, for who holds a link.
struct PeopleRoutes: Sendable {
    let people: PeopleService
    let invitations: InvitationService
    let sessions: SessionService
    let verifier: LiveVerifier
    let clock: WallClock

    struct PatchBody: Decodable {
        var name: String?
        var roles: [String]?
        var version: Int64
    }

    struct VersionBody: Decodable { var version: Int64 }

    struct ReasonBody: Decodable {
        var version: Int64
        private var text: String

        enum CodingKeys: String, CodingKey {
            case version
            case text = "reason"
        }

        func reason() throws(Refusal) -> ActReason {
            guard let reason = ActReason(text) else { throw .noReason }
            return reason
        }
    }

    struct InviteBody: Decodable {
        var email: String
        var roles: [String]
    }

    struct AcceptBody: Decodable {
        var token: String
        var name: String
        var password: Password
    }

    func add(to group: RouterGroup<AppContext>) {
        group.post("invitations/accept", use: accept)
        let signedIn = group.withLiveSession(of: sessions, verifier: verifier, clock: clock)
        signedIn.get("users", use: list)
        signedIn.get("users/{id}", use: read)
        signedIn.patch("users/{id}", use: change)
        for (word, act) in [("disable", PeopleAct.disable), ("enable", .enable)] {
            signedIn.post(RouterPath("users/{id}/\(word)")) { request, context in
                let body = try await JSONBody.decode(VersionBody.self, from: request, context: context)
                return try await perform(act, version: body.version, request, context)
            }
        }
        for (word, act) in [("unlock", PeopleAct.unlock), ("end-sessions", .endSessions), ("send-reset", .sendReset)] {
            signedIn.post(RouterPath("users/{id}/\(word)")) { request, context in
                try await perform(act, version: nil, request, context)
            }
        }
        signedIn.post("users/{id}/reset-second-factor") { request, context in
            let body = try await JSONBody.decode(ReasonBody.self, from: request, context: context)
            return try await perform(
                .resetSecondFactor(try body.reason()), version: body.version, request, context)
        }
        signedIn.get("invitations", use: listInvitations)
        signedIn.post("invitations", use: invite)
        signedIn.delete("invitations/{id}", use: revoke)
    }

    private func list(_ request: Request, _ context: SessionContext) async throws -> Response {
        let paging = try Paging(request: request)
        let search = request.uri.queryParameters["search"].map(String.init) ?? ""
        return try await PeopleRefusals.answering {
            let (found, total) = try await people.list(
                for: context.identity.subject, search: search, limit: paging.perPage, offset: paging.offset)
            return try JSONBody.response(
                Page(data: found.map(PersonDocument.init), total: total, page: paging.page, perPage: paging.perPage),
                headers: Self.noStore)
        }
    }

    private func read(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await PeopleRefusals.answering {
            try JSONBody.response(
                PersonDocument(try await people.find(id, for: context.identity.subject)), headers: Self.noStore)
        }
    }

    private func change(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(PatchBody.self, from: request, context: context)
        let act: PeopleAct
        switch (body.name, body.roles) {
        case (let name?, nil):
            guard let name = PersonName(name) else {
                throw Refusal(
                    .invalidInput, "Some fields can't be accepted.",
                    fields: ["name": "must be 1 to \(PersonName.maximumCharacters) characters of plain text"])
            }
            act = .rename(name)
        case (nil, let roles?): act = .changeRoles(roles)
        case (nil, nil), (_?, _?):
            throw Refusal(
                .invalidInput, "Change the name or the roles, one at a time.",
                fields: ["roles": "or name is needed, and not both"])
        }
        return try await perform(act, version: body.version, request, context)
    }

    private func perform(
        _ act: PeopleAct, version: Int64?, _ request: Request, _ context: SessionContext
    ) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await PeopleRefusals.answering {
            let person = try await people.act(
                act, on: id, by: context.identity.subject, version: version, caller: context.caller(request),
                now: clock.now())
            return try JSONBody.response(PersonDocument(person), headers: Self.noStore)
        }
    }

    private func listInvitations(_ request: Request, _ context: SessionContext) async throws -> Response {
        let paging = try Paging(request: request)
        return try await PeopleRefusals.answering {
            let (found, total) = try await invitations.list(
                for: context.identity.subject, limit: paging.perPage, offset: paging.offset)
            let now = clock.now()
            return try JSONBody.response(
                Page(
                    data: found.map { InvitationDocument($0, now: now) }, total: total, page: paging.page,
                    perPage: paging.perPage), headers: Self.noStore)
        }
    }

    private func invite(_ request: Request, _ context: SessionContext) async throws -> Response {
        let body = try await JSONBody.decode(InviteBody.self, from: request, context: context)
        return try await PeopleRefusals.answering {
            let now = clock.now()
            let invitation = try await invitations.invite(
                email: body.email, roles: body.roles, by: context.identity.subject, caller: context.caller(request),
                now: now)
            return try JSONBody.response(
                InvitationDocument(invitation, now: now), status: .created, headers: Self.noStore)
        }
    }

    private func revoke(_ request: Request, _ context: SessionContext) async throws -> Response {
        let id = try context.parameters.require("id")
        return try await PeopleRefusals.answering {
            try await invitations.revoke(
                id, by: context.identity.subject, caller: context.caller(request), now: clock.now())
            return Response(status: .noContent)
        }
    }

    private func accept(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await JSONBody.decode(AcceptBody.self, from: request, context: context)
        try body.password.checkBound()
        return try await PeopleRefusals.answering {
            let user = try await invitations.accept(
                link: body.token, name: body.name, password: body.password,
                caller: Caller(context: context, headers: request.headers), now: clock.now())
            return try JSONBody.response(
                RegistrationRoutes.Answer(user: UserDocument(user)), status: .created, headers: Self.noStore)
        }
    }

    private static let noStore: HTTPFields = [.cacheControl: "no-store"]
}
