import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// The accounts at providers that open one's own, in a browser: a list, one more, one less.
struct IdentityPages: AreaPages {
    let parts: WebParts
    let identities: IdentityService
    let secondFactors: SecondFactorService
    let entropy: Entropy

    struct ProofForm: Decodable, Sendable {
        var password: Password?
        var code: String?

        /// An empty field is one that was not filled in.
        func proof() throws(Refusal) -> IdentityService.Proof {
            try password?.checkBound()
            return IdentityService.Proof(
                password: password.flatMap { $0.characterCount == 0 ? nil : $0 },
                answer: code.flatMap { $0.isEmpty ? nil : SecondFactorAnswer(typed: $0) })
        }
    }

    func add(to visitors: VisitorRoutes) {
        visitors.get("account/identities", .account) { request, visitor in
            try parts.pages.response(
                IdentitiesPage(
                    parts: parts, visitor: visitor, identities: try await identities.list(of: visitor.user.id),
                    providers: identities.federated.providers, notice: request.notice))
        }
        visitors.get("account/identities/link/{provider}", .account) { _, visitor, context in
            let provider = try identities.federated.flow(of: context).provider
            return try parts.pages.response(try await linkForm(provider, visitor))
        }
        visitors.post("account/identities/link/{provider}", .account, ProofForm.self) { form, visitor, context in
            let flow = try identities.federated.flow(of: context)
            return try await refusing { refusal in
                try await linkForm(flow.provider, visitor, refusal)
            } work: {
                try await beginLink(to: flow, form, visitor)
            }
        }
        visitors.get("account/identities/unlink/{id}", .account) { _, visitor, context in
            try parts.pages.response(try await unlinkForm(try context.parameters.require("id"), visitor))
        }
        visitors.post("account/identities/unlink/{id}", .account, ProofForm.self) { form, visitor, context in
            let id = try context.parameters.require("id")
            return try await refusing { refusal in
                try await unlinkForm(id, visitor, refusal)
            } work: {
                let outcome = try await identities.remove(
                    id, of: visitor.user, session: visitor.session, proof: try form.proof(), caller: visitor.caller,
                    now: visitor.now)
                if let refusal = Refusal(outcome) { throw refusal }
                return WebAnswers.redirect(to: "/account/identities?notice=identity_removed")
            }
        }
    }

    private func beginLink(to flow: CodeFlow, _ form: ProofForm, _ visitor: Visitor) async throws -> Response {
        // A new one: what this browser had begun before ends with it.
        let browser = OpaqueToken(.oidcBrowser, entropy: entropy)
        let address = try await identities.beginLink(
            to: flow, of: visitor.user, session: visitor.session, proof: try form.proof(), browser: browser,
            caller: visitor.caller, now: visitor.now)
        return try parts.pages.response(
            OnwardPage(parts: parts, visitor: visitor, provider: flow.provider, address: address),
            headers: [.setCookie: parts.cookies.setOIDCBrowser(browser, lifetime: FlowStore.lifetime)])
    }

    private func linkForm(
        _ provider: OIDCProvider, _ visitor: Visitor, _ refusal: Refusal? = nil
    ) async throws -> FormPage {
        let texts = parts.texts
        let title = texts("identities.link", ["provider": provider.displayName])
        return try await page(
            visitor, title: title, intro: texts("identities.link_intro", ["provider": provider.displayName]),
            action: "/account/identities/link/\(provider.name)", submit: texts["identities.link_submit"], refusal)
    }

    /// Throws `not_found` for what is not the visitor's.
    private func unlinkForm(_ id: String, _ visitor: Visitor, _ refusal: Refusal? = nil) async throws -> FormPage {
        let texts = parts.texts
        guard
            let (identity, provider) = try await identities.list(of: visitor.user.id).first(where: {
                $0.identity.id == id
            })
        else { throw Refusal(.notFound, "You have no linked account of that name.") }
        let name = ["provider": provider?.displayName ?? identity.issuer, "email": identity.email]
        return try await page(
            visitor, title: texts("identities.unlink_title", name), intro: texts("identities.unlink_intro", name),
            action: "/account/identities/unlink/\(identity.id)", submit: texts["identities.unlink"], refusal)
    }

    private func page(
        _ visitor: Visitor, title: String, intro: String, action: String, submit: String, _ refusal: Refusal?
    ) async throws -> FormPage {
        let texts = parts.texts
        let standing = try await secondFactors.standing(of: visitor.user)
        var fields: [FormPage.Field] = []
        if standing.hasPassword {
            fields.append(
                .init("password", .currentPassword, label: texts["field.password"], wrong: refusal?.fields))
        }
        if standing.enrolledAt != nil {
            fields.append(
                .init(
                    "code", .code, label: texts["security.code"], hint: texts["security.code_hint"],
                    wrong: refusal?.fields))
        }
        var page = FormPage(
            frame: parts.frame(title, for: visitor), heading: title, intro: intro,
            problem: refusal.map { $0.fields?.isEmpty ?? true ? $0.detail : "" } ?? "", action: action, fields: fields,
            submit: submit)
        page.links = [.init("/account/identities", texts["identities.back"])]
        return page
    }

    /// What is refused shows the form again, with the reason.
    private func refusing(
        _ form: (Refusal) async throws -> FormPage, work: () async throws -> Response
    ) async throws -> Response {
        let refusal: Refusal
        do {
            return try await work()
        } catch let failure as LoginService.Failure {
            refusal = Refusal(confirming: failure)
        } catch let failure as FederatedLogin.Failure {
            refusal = Refusal(failure)
        } catch let known as Refusal where known.code != .notFound {
            refusal = known
        }
        var headers: HTTPFields = [:]
        if let seconds = refusal.retryAfter { headers[.retryAfter] = String(seconds) }
        return try parts.pages.response(try await form(refusal), status: refusal.code.status, headers: headers)
    }
}
