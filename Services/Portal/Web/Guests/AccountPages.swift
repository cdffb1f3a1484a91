import HTTPKit
import Hummingbird

/// Pages about accounts for who is not signed in: a forgotten password, a registration, and where the links of mails lead.
struct AccountPages: Sendable {
    let parts: WebParts
    let accounts: AccountService
    let invitations: InvitationService
    /// A customer portal's.
    let registration: RegistrationService?

    struct EmailForm: Decodable, Sendable { var email: String }

    struct LinkForm: Decodable, Sendable {
        var token: String
        var password: Password
    }

    struct TokenForm: Decodable, Sendable { var token: String }

    struct RegisterForm: Decodable, Sendable {
        var email: String
        var name: String
        var password: Password
    }

    struct InvitationForm: Decodable, Sendable {
        var token: String
        var name: String
        var password: Password
    }

    func add(to guests: GuestRoutes) {
        guests.form(
            "forgot", empty: { _ in EmailForm(email: "") }, page: forgotPage,
            action: { form, guest in
                try await refusing {
                    try await accounts.forgotPassword(email: form.email, caller: guest.caller, now: guest.now)
                }
                return WebAnswers.redirect(to: "/login?notice=mailed")
            })
        guests.form(
            "reset", empty: { LinkForm(token: $0.linkToken, password: Password("")) }, page: resetPage,
            action: { form, guest in
                try form.password.checkBound()
                let unlinked = try await refusing {
                    try await accounts.resetPassword(
                        link: form.token, password: form.password, caller: guest.caller, now: guest.now)
                }
                return WebAnswers.redirect(
                    to: unlinked == 0 ? "/login?notice=password_set" : "/login?notice=password_set_unlinked")
            })
        guests.form(
            "verify", empty: { LinkForm(token: $0.linkToken, password: Password("")) }, page: verifyPage,
            action: { form, guest in
                try form.password.checkBound()
                try await refusing {
                    _ = try await accounts.verifyEmail(
                        link: form.token, password: form.password, caller: guest.caller, now: guest.now)
                }
                return WebAnswers.redirect(to: "/login?notice=verified")
            })
        guests.form(
            "confirm-address", empty: { TokenForm(token: $0.linkToken) }, page: confirmPage,
            action: { form, guest in
                try await refusing {
                    try await accounts.confirmEmail(link: form.token, caller: guest.caller, now: guest.now)
                }
                return WebAnswers.redirect(to: "/login?notice=address_changed")
            })
        guests.form(
            "invitation", empty: { InvitationForm(token: $0.linkToken, name: "", password: Password("")) },
            page: invitationPage,
            action: { form, guest in
                try form.password.checkBound()
                try await refusing {
                    _ = try await invitations.accept(
                        link: form.token, name: form.name, password: form.password, caller: guest.caller,
                        now: guest.now)
                }
                return WebAnswers.redirect(to: "/login?notice=invitation_accepted")
            })
        guard let registration else { return }
        guests.form(
            "register", empty: { _ in RegisterForm(email: "", name: "", password: Password("")) }, page: registerPage,
            action: { form, guest in
                try form.password.checkBound()
                let outcome = try await refusing {
                    try await registration.register(
                        email: form.email, password: form.password, name: form.name, caller: guest.caller,
                        now: guest.now)
                }
                return WebAnswers.redirect(
                    to: outcome == .mailed ? "/login?notice=verification_mailed" : "/login?notice=registered")
            })
    }

    @Sendable private func forgotPage(_ form: EmailForm, _ guest: GuestRoutes.Guest) -> FormPage {
        var page = self.page(
            "forgot", guest,
            fields: [
                .init("email", .email, label: parts.texts["field.email"], value: form.email, wrong: guest.wrong)
            ])
        page.links = [.init("/login", parts.texts["guest.back"])]
        return page
    }

    @Sendable private func resetPage(_ form: LinkForm, _ guest: GuestRoutes.Guest) -> FormPage {
        var page = self.page("reset", guest, fields: [newPassword(guest)])
        page.hidden = [.init("token", form.token)]
        page.links = [.init("/forgot", parts.texts["guest.new_link"])]
        return page
    }

    @Sendable private func verifyPage(_ form: LinkForm, _ guest: GuestRoutes.Guest) -> FormPage {
        var page = self.page(
            "verify", guest,
            fields: [
                .init(
                    "password", .currentPassword, label: parts.texts["field.password"],
                    hint: parts.texts["guest.verify_hint"], wrong: guest.wrong)
            ])
        page.hidden = [.init("token", form.token)]
        page.links = [.init("/login", parts.texts["guest.back"])]
        return page
    }

    @Sendable private func confirmPage(_ form: TokenForm, _ guest: GuestRoutes.Guest) -> FormPage {
        var page = self.page("confirm", guest, fields: [])
        page.hidden = [.init("token", form.token)]
        return page
    }

    @Sendable private func invitationPage(_ form: InvitationForm, _ guest: GuestRoutes.Guest) -> FormPage {
        var page = self.page(
            "invitation", guest,
            fields: [
                .init("name", .name, label: parts.texts["field.name"], value: form.name, wrong: guest.wrong),
                newPassword(guest),
            ])
        page.hidden = [.init("token", form.token)]
        return page
    }

    @Sendable private func registerPage(_ form: RegisterForm, _ guest: GuestRoutes.Guest) -> FormPage {
        var page = self.page(
            "register", guest,
            fields: [
                .init("name", .name, label: parts.texts["field.name"], value: form.name, wrong: guest.wrong),
                .init("email", .email, label: parts.texts["field.email"], value: form.email, wrong: guest.wrong),
                newPassword(guest),
            ])
        page.links = [.init("/login", parts.texts["guest.back"])]
        return page
    }

    private func newPassword(_ guest: GuestRoutes.Guest) -> FormPage.Field {
        .init(
            "password", .newPassword, label: parts.texts["field.new_password"],
            hint: parts.texts["field.new_password_hint"], wrong: guest.wrong)
    }

    /// - Parameter name: of the page, and of its texts in the catalogue.
    private func page(_ name: String, _ guest: GuestRoutes.Guest, fields: [FormPage.Field]) -> FormPage {
        let title = parts.texts["guest.\(name)_title"]
        // A named field says what is wrong; where the form does not show it (the link's), the whole has to.
        let shown = Set(fields.map(\.name.renderText))
        let hiddenFault = guest.wrong.map { $0.keys.contains { !shown.contains($0) } } ?? false
        return FormPage(
            frame: parts.frame(
                guest.refusal == nil ? title : parts.texts("guest.failed_title", ["title": title]),
                formToken: guest.formToken),
            heading: title, intro: parts.texts["guest.\(name)_intro"],
            problem: hiddenFault ? guest.refusal?.detail ?? "" : guest.problem,
            action: Self.addresses[name] ?? "/\(name)", fields: fields, submit: parts.texts["guest.\(name)_submit"])
    }

    private static let addresses = ["confirm": "/confirm-address"]

    /// What went wrong, as a refusal.
    private func refusing<T>(_ work: () async throws -> T) async throws -> T {
        do {
            return try await work()
        } catch let failure as AccountService.Failure {
            throw Refusal(failure)
        } catch let failure as InvitationService.Failure {
            throw Refusal(failure)
        } catch let failure as RegistrationService.Failure {
            throw Refusal(failure)
        }
    }
}
