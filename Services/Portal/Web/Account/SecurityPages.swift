import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit

/// One's second factor, in a browser.
struct SecurityPages: AreaPages {
    let parts: WebParts
    let secondFactors: SecondFactorService

    struct Begin: Decodable, Sendable {
        var password: Password?
    }

    struct Confirm: Decodable, Sendable {
        var code: String
    }

    struct Change: Decodable, Sendable {
        var password: Password?
        /// Of the app, or a recovery code.
        var code: String
        var change: String

        var answer: SecondFactorAnswer? { SecondFactorAnswer(typed: code) }
    }

    func add(to visitors: VisitorRoutes) {
        visitors.get("account/security", .account) { request, visitor in
            try await page(visitor, notice: request.notice)
        }
        visitors.post("account/security/enrolment", .account, Begin.self) { form, visitor, _ in
            try await begin(form, visitor)
        }
        visitors.post("account/security/confirm", .account, Confirm.self) { form, visitor, _ in
            try await confirm(form, visitor)
        }
        visitors.post("account/security/change", .account, Change.self) { form, visitor, _ in
            try await change(form, visitor)
        }
    }

    private func page(_ visitor: Visitor, notice: String? = nil, refusal: Refusal? = nil) async throws -> Response {
        var headers: HTTPFields = [:]
        if let seconds = refusal?.retryAfter { headers[.retryAfter] = String(seconds) }
        return try parts.pages.response(
            SecurityPage(
                parts: parts, visitor: visitor, standing: try await secondFactors.standing(of: visitor.user),
                problem: refusal?.detail ?? "", notice: notice),
            status: refusal?.code.status ?? .ok, headers: headers)
    }

    private func begin(_ form: Begin, _ visitor: Visitor) async throws -> Response {
        try await refusing(visitor) {
            try form.password?.checkBound()
            let seed = try await secondFactors.begin(
                for: visitor.user, session: visitor.session, password: form.password, caller: visitor.caller,
                now: visitor.now)
            return try enrolment(visitor, symbol: .init(seed))
        }
    }

    private func confirm(_ form: Confirm, _ visitor: Visitor) async throws -> Response {
        guard let answer = SecondFactorAnswer(code: form.code, recoveryCode: nil) else {
            return try await page(visitor)
        }
        do {
            let codes = try await secondFactors.confirm(
                answer, for: visitor.user, caller: visitor.caller, now: visitor.now)
            return try recoveryCodes(codes, visitor)
        } catch let failure as SecondFactorVerifier.Failure {
            let refusal = Refusal(failure)
            return try enrolment(visitor, symbol: nil, problem: refusal.detail, status: refusal.code.status)
        }
    }

    private func change(_ form: Change, _ visitor: Visitor) async throws -> Response {
        try await refusing(visitor) {
            try form.password?.checkBound()
            switch form.change {
            case "recovery_codes":
                return try recoveryCodes(
                    try await secondFactors.renewRecoveryCodes(
                        of: visitor.user, session: visitor.session, password: form.password, form.answer,
                        caller: visitor.caller, now: visitor.now), visitor)
            case "turn_off":
                try await secondFactors.turnOff(
                    for: visitor.user, session: visitor.session, password: form.password, form.answer,
                    caller: visitor.caller, now: visitor.now)
                return WebAnswers.redirect(to: "/account/security?notice=factor_off")
            default:
                throw Refusal(.malformedRequest, "The form is incomplete.")
            }
        }
    }

    private func refusing(_ visitor: Visitor, _ work: () async throws -> Response) async throws -> Response {
        let refusal: Refusal
        do {
            return try await work()
        } catch let failure as SecondFactorService.Failure {
            refusal = Refusal(failure)
        } catch let failure as SecondFactorVerifier.Failure {
            refusal = Refusal(failure)
        } catch let failure as LoginService.Failure {
            refusal = Refusal(confirming: failure)
        }
        return try await page(visitor, refusal: refusal)
    }

    private func enrolment(
        _ visitor: Visitor, symbol: EnrolmentPage.Symbol?, problem: String = "", status: HTTPResponse.Status = .ok
    ) throws -> Response {
        try parts.pages.response(
            EnrolmentPage(
                parts: parts, frame: parts.frame(parts.texts["enrolment.title"], for: visitor), symbol: symbol,
                action: "/account/security/confirm", back: "/account/security", problem: problem),
            status: status)
    }

    private func recoveryCodes(_ codes: [RecoveryCode], _ visitor: Visitor) throws -> Response {
        try parts.pages.response(
            RecoveryCodesPage(
                frame: parts.frame(parts.texts["recovery_codes.title"], for: visitor), codes: codes,
                next: LocalPath("/account/security") ?? .start))
    }
}

extension SecondFactorAnswer {
    /// What was typed into one field for both: a recovery code is longer than any code of an app.
    init?(typed text: String) {
        let isLong = text.count(where: \.isLetter) + text.count(where: \.isNumber) > 8
        self.init(code: isLong ? nil : text, recoveryCode: isLong ? text : nil)
    }
}
