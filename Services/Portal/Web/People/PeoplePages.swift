import HTTPKit
import Hummingbird
import ServerKit

/// Accounts, for those who administer them: a list, each account, and invitations.
struct PeoplePages: AreaPages {
    let parts: WebParts
    let people: PeopleService
    let invitations: InvitationService
    let rules: PeopleRules

    /// Rows of a page.
    static let perPage = 50

    struct InviteForm: Decodable, Sendable {
        var email: String
        var roles: RolesField

        init(email: String, roles: RolesField) {
            self.email = email
            self.roles = roles
        }

        init(from decoder: any Decoder) throws {
            email = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .email)
            roles = try RolesField(from: decoder)
        }

        enum CodingKeys: String, CodingKey { case email }
    }

    struct ChangeForm: Decodable, Sendable {
        /// Which of the page's forms it is.
        var act: String
        var version: Int64
        var name: String?
        var roles: RolesField

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            act = try container.decode(String.self, forKey: .act)
            version = try container.decode(Int64.self, forKey: .version)
            name = try container.decodeIfPresent(String.self, forKey: .name)
            roles = try RolesField(from: decoder)
        }

        enum CodingKeys: String, CodingKey { case act, version, name }
    }

    struct ResetForm: Decodable, Sendable {
        var version: Int64
        var reason: String
    }

    struct RevokeForm: Decodable, Sendable { var id: String }

    func add(to visitors: VisitorRoutes) {
        visitors.get("people", .people, use: list)
        visitors.get("people/invite", .people) { _, visitor in
            try parts.pages.response(invitePage(visitor, .init(email: "", roles: RolesField([]))))
        }
        visitors.post("people/invite", .people, InviteForm.self) { form, visitor, _ in
            do {
                _ = try await PeopleRefusals.answering {
                    try await invitations.invite(
                        email: form.email, roles: form.roles.ordered(as: rules.roles), by: visitor.user.id,
                        caller: visitor.caller, now: visitor.now)
                }
                return WebAnswers.redirect(to: "/people?notice=invited")
            } catch let refusal as Refusal {
                return try parts.pages.response(
                    invitePage(visitor, form, refusal: refusal), status: refusal.code.status)
            }
        }
        visitors.post("people/revoke", .people, RevokeForm.self) { form, visitor, _ in
            try await PeopleRefusals.answering {
                try await invitations.revoke(
                    form.id, by: visitor.user.id, caller: visitor.caller, now: visitor.now)
            }
            return WebAnswers.redirect(to: "/people?notice=invitation_revoked")
        }
        visitors.get("people/{id}", .people) { request, visitor in
            let id = String(request.uri.path.split(separator: "/").last ?? "")
            let person = try await PeopleRefusals.answering { try await people.find(id, for: visitor.user.id) }
            return try parts.pages.response(
                PersonPage(parts: parts, visitor: visitor, person: person, rules: rules, notice: request.notice))
        }
        visitors.get("people/{id}/reset-second-factor", .people) { _, visitor, context in
            let id = try context.parameters.require("id")
            return try parts.pages.response(try await resetPage(id, visitor))
        }
        visitors.post("people/{id}/reset-second-factor", .people, ResetForm.self) { form, visitor, context in
            try await reset(form, try context.parameters.require("id"), visitor)
        }
        visitors.post("people/{id}", .people, ChangeForm.self) { form, visitor, context in
            try await change(form, try context.parameters.require("id"), visitor)
        }
    }

    @Sendable private func list(_ request: Request, _ visitor: Visitor) async throws -> Response {
        let search = BoundedText.line(
            request.sentQuery["search"], maximumBytes: PeopleService.longestSearch)
        let page = min(max(1, Int(request.sentQuery["page"]) ?? 1), 100_000)
        let (found, total) = try await PeopleRefusals.answering {
            try await people.list(
                for: visitor.user.id, search: search, limit: Self.perPage, offset: (page - 1) * Self.perPage)
        }
        // Who only helps sees no invitations.
        let mayInvite = !rules.grantable(by: visitor.user).isEmpty
        let open =
            mayInvite
            ? try await PeopleRefusals.answering {
                try await invitations.list(for: visitor.user.id, limit: 20, offset: 0)
            }.invitations
            : []
        return try parts.pages.response(
            PeoplePage(
                parts: parts, visitor: visitor, people: found, total: total, page: page, search: search,
                invitations: open, mayInvite: mayInvite, notice: request.notice))
    }

    private func change(_ form: ChangeForm, _ id: String, _ visitor: Visitor) async throws -> Response {
        let act: PeopleAct
        switch form.act {
        case "rename":
            guard let name = form.name.flatMap(PersonName.init) else {
                return try await personPage(
                    id, visitor,
                    refusal: Refusal(
                        .invalidInput, "A name has 1 to \(PersonName.maximumCharacters) characters of plain text."))
            }
            act = .rename(name)
        case "roles": act = .changeRoles(form.roles.ordered(as: rules.roles))
        case "disable": act = .disable
        case "enable": act = .enable
        case "unlock": act = .unlock
        case "end_sessions": act = .endSessions
        case "send_reset": act = .sendReset
        default: throw Refusal(.malformedRequest, "The form can't be read.")
        }
        do {
            _ = try await PeopleRefusals.answering {
                try await people.act(
                    act, on: id, by: visitor.user.id, version: form.version, caller: visitor.caller, now: visitor.now)
            }
        } catch let refusal as Refusal where refusal.code != .notFound {
            return try await personPage(id, visitor, refusal: refusal)
        }
        return WebAnswers.redirect(to: "/people/\(WebAnswers.queryEscaped(id))?notice=person_\(form.act)")
    }

    private func reset(_ form: ResetForm, _ id: String, _ visitor: Visitor) async throws -> Response {
        do {
            guard let reason = ActReason(form.reason) else { throw Refusal.noReason }
            _ = try await PeopleRefusals.answering {
                try await people.act(
                    .resetSecondFactor(reason), on: id, by: visitor.user.id, version: form.version,
                    caller: visitor.caller, now: visitor.now)
            }
        } catch let refusal as Refusal where refusal.code != .notFound {
            return try parts.pages.response(
                try await resetPage(id, visitor, form, refusal), status: refusal.code.status)
        }
        return WebAnswers.redirect(to: "/people/\(WebAnswers.queryEscaped(id))?notice=person_reset_second_factor")
    }

    private func resetPage(
        _ id: String, _ visitor: Visitor, _ form: ResetForm? = nil, _ refusal: Refusal? = nil
    ) async throws -> FormPage {
        let texts = parts.texts
        let user = try await PeopleRefusals.answering { try await people.find(id, for: visitor.user.id) }.user
        let title = texts("people.reset_title", ["name": user.name])
        var page = FormPage(
            frame: parts.frame(title, for: visitor), heading: title,
            intro: texts("people.reset_intro", ["name": user.name]),
            problem: refusal.map { $0.fields?.isEmpty ?? true ? $0.detail : "" } ?? "",
            action: "/people/\(user.id)/reset-second-factor",
            fields: [
                .init(
                    "reason", .line, label: texts["people.reset_reason"], value: form?.reason ?? "",
                    wrong: refusal?.fields)
            ], submit: texts["people.reset_submit"])
        page.hidden = [.init("version", String(user.version))]
        page.links = [.init("/people/\(user.id)", texts["people.reset_back"])]
        return page
    }

    private func personPage(_ id: String, _ visitor: Visitor, refusal: Refusal) async throws -> Response {
        let person = try await PeopleRefusals.answering { try await people.find(id, for: visitor.user.id) }
        return try parts.pages.response(
            PersonPage(parts: parts, visitor: visitor, person: person, rules: rules, problem: refusal.detail),
            status: refusal.code.status)
    }

    private func invitePage(_ visitor: Visitor, _ form: InviteForm, refusal: Refusal? = nil) -> FormPage {
        let texts = parts.texts
        var page = FormPage(
            frame: parts.frame(texts["people.invite"], for: visitor), heading: texts["people.invite"],
            intro: texts["people.invite_intro"], problem: refusal?.detail ?? "", action: "/people/invite",
            fields: [
                .init("email", .email, label: texts["field.email"], value: form.email, wrong: refusal?.fields)
            ], submit: texts["people.invite_submit"])
        page.choices = [
            FormPage.Choices(
                legend: PageText(texts["people.roles"]),
                options: rules.grantable(by: visitor.user).map { role in
                    .init(
                        name: PageText(RolesField.prefix + role), label: PageText(role),
                        isChosen: form.roles.roles.contains(role))
                }, wrong: PageText(refusal?.fields?["roles"] ?? ""))
        ]
        page.links = [.init("/people", texts["people.back"])]
        return page
    }
}
