import HTTPKit
import Hummingbird

/// A new password and a new address, for who is signed in.
struct OwnAccountPages: AreaPages {
    let parts: WebParts
    let own: OwnAccountService

    struct PasswordForm: Decodable, Sendable {
        var oldPassword: Password
        var newPassword: Password
        var code: String?

        enum CodingKeys: String, CodingKey {
            case code
            case oldPassword = "old_password"
            case newPassword = "new_password"
        }
    }

    struct AddressForm: Decodable, Sendable {
        var email: String
        var password: Password
        var code: String?
    }

    func add(to visitors: VisitorRoutes) {
        visitors.get("account/password", .account) { _, visitor in try parts.pages.response(passwordPage(visitor)) }
        visitors.post("account/password", .account, PasswordForm.self) { form, visitor, _ in
            do {
                try form.oldPassword.checkBound()
                try form.newPassword.checkBound()
                try await refusing {
                    try await own.changePassword(
                        of: visitor.user, session: visitor.session, from: given(form.oldPassword),
                        to: form.newPassword,
                        answer: given(form.code), caller: visitor.caller, now: visitor.now)
                }
                return WebAnswers.redirect(to: "/account?notice=password_changed")
            } catch let refusal as Refusal {
                return try parts.pages.response(passwordPage(visitor, refusal), status: refusal.code.status)
            }
        }
        visitors.get("account/address", .account) { _, visitor in
            try parts.pages.response(addressPage(visitor, email: ""))
        }
        visitors.post("account/address", .account, AddressForm.self) { form, visitor, _ in
            do {
                try form.password.checkBound()
                try await refusing {
                    try await own.askForEmailChange(
                        of: visitor.user, session: visitor.session, to: form.email, password: given(form.password),
                        answer: given(form.code),
                        caller: visitor.caller,
                        now: visitor.now)
                }
                return WebAnswers.redirect(to: "/account?notice=address_mailed")
            } catch let refusal as Refusal {
                return try parts.pages.response(
                    addressPage(visitor, email: form.email, refusal), status: refusal.code.status)
            }
        }
    }

    private func passwordPage(_ visitor: Visitor, _ refusal: Refusal? = nil) -> FormPage {
        let texts = parts.texts
        return page(
            "password", visitor, refusal,
            fields: [
                .init(
                    "old_password", .currentPassword, label: texts["field.old_password"], wrong: refusal?.fields),
                .init(
                    "new_password", .newPassword, label: texts["field.new_password"],
                    hint: texts["field.new_password_hint"], wrong: refusal?.fields), code(refusal),
            ])
    }

    private func addressPage(_ visitor: Visitor, email: String, _ refusal: Refusal? = nil) -> FormPage {
        let texts = parts.texts
        return page(
            "address", visitor, refusal,
            fields: [
                .init("email", .email, label: texts["field.new_email"], value: email, wrong: refusal?.fields),
                .init("password", .currentPassword, label: texts["field.password"], wrong: refusal?.fields),
                code(refusal),
            ])
    }

    /// An empty field is one that was not filled in.
    private func given(_ password: Password) -> Password? { password.characterCount == 0 ? nil : password }

    private func given(_ code: String?) -> SecondFactorAnswer? {
        guard let code, !code.isEmpty else { return nil }
        return SecondFactorAnswer(code: code, recoveryCode: nil)
    }

    private func code(_ refusal: Refusal?) -> FormPage.Field {
        .init(
            "code", .code, label: parts.texts["field.code"], hint: parts.texts["field.code_hint"],
            wrong: refusal?.fields)
    }

    private func page(
        _ name: String, _ visitor: Visitor, _ refusal: Refusal?, fields: [FormPage.Field]
    ) -> FormPage {
        let title = parts.texts["own.\(name)_title"]
        var page = FormPage(
            frame: parts.frame(title, for: visitor), heading: title, intro: parts.texts["own.\(name)_intro"],
            problem: refusal.map { $0.fields?.isEmpty ?? true ? $0.detail : "" } ?? "", action: "/account/\(name)",
            fields: fields, submit: parts.texts["own.\(name)_submit"])
        page.links = [.init("/account", parts.texts["own.back"])]
        return page
    }

    private func refusing(_ work: () async throws -> Void) async throws {
        do {
            try await work()
        } catch let failure as OwnAccountService.Failure {
            throw Refusal(failure)
        } catch let failure as LoginService.Failure {
            throw Refusal(confirming: failure)
        }
    }
}
