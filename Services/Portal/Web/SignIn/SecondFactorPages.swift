import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// The second step of signing in, in a browser. What waits for it is named by a cookie of its own, which opens nothing.
struct SecondFactorPages: Sendable {
    let parts: WebParts
    let secondFactors: SecondFactorService
    let clock: WallClock

    private static let path = "/login/second-factor"

    struct Fields: Decodable, Sendable {
        var code: String?
        var recoveryCode: String?
        var returnTo: String?

        enum CodingKeys: String, CodingKey {
            case code
            case recoveryCode = "recovery_code"
            case returnTo = "return_to"
        }
    }

    func add(to web: RouterGroup<AppContext>) {
        web.get("login/second-factor", use: page)
        web.post("login/second-factor", use: submit)
        web.post("login/second-factor/enrolment", use: enrol)
    }

    /// To the second step, with the ticket in a cookie.
    func begin(_ ticket: SecondFactorTicket, returnTo: LocalPath, now: Int64) -> Response {
        var response = WebAnswers.redirect(to: Self.path + "?return_to=" + WebAnswers.queryEscaped(returnTo.text))
        response.headers[values: .setCookie].append(
            parts.cookies.setTicket(ticket.token, lifetime: ticket.expiresAt - now))
        return response
    }

    private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let returnTo = request.uri.queryParameters["return_to"].flatMap { LocalPath(String($0)) } ?? .start
        guard let waiting = try await waiting(request) else { return WebAnswers.redirect(to: "/login") }
        // Who comes back from a provider's site has none: it is sent along on this site alone.
        let present = parts.cookies.form(in: request)
        let cookie = present ?? OpaqueToken(.form, entropy: secondFactors.entropy)
        var headers: HTTPFields = [:]
        if present == nil { headers[values: .setCookie] = [parts.cookies.setForm(cookie)] }
        return try parts.pages.response(
            SecondFactorPage(
                parts: parts, formToken: FormGuard.formToken(for: cookie), returnTo: returnTo,
                isForEnrolment: waiting.isForEnrolment),
            headers: headers)
    }

    private func enrol(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await admitted(request)
        guard let ticket = parts.cookies.ticket(in: request) else { return WebAnswers.redirect(to: "/login") }
        do {
            let seed = try await secondFactors.begin(
                ticket: ticket.text, caller: Caller(context: context, headers: request.headers), now: clock.now())
            return try enrolment(body, symbol: .init(seed))
        } catch is SecondFactorService.Failure {
            return WebAnswers.redirect(to: "/login")
        } catch let failure as SecondFactorVerifier.Failure {
            throw Refusal(failure)
        }
    }

    private func submit(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await admitted(request)
        guard let ticket = parts.cookies.ticket(in: request), let waiting = try await waiting(request) else {
            return WebAnswers.redirect(to: "/login")
        }
        let now = clock.now()
        do {
            guard let answer = SecondFactorAnswer(code: body.fields.code, recoveryCode: body.fields.recoveryCode)
            else { throw SecondFactorVerifier.Failure.missing }
            let (signedIn, codes) = try await secondFactors.signIn(
                ticket: ticket.text, answer, caller: Caller(context: context, headers: request.headers), now: now)
            var response =
                try codes.map {
                    try parts.pages.response(
                        RecoveryCodesPage(
                            frame: parts.frame(parts.texts["recovery_codes.title"]), codes: $0, next: body.returnTo))
                } ?? WebAnswers.redirect(to: body.returnTo.text)
            response.headers[values: .setCookie].append(
                parts.cookies.setSession(signedIn.secret, lifetime: signedIn.session.endsAt - now))
            response.headers[values: .setCookie].append(parts.cookies.clearTicket())
            return response
        } catch let failure as SecondFactorVerifier.Failure {
            return try refused(body, waiting, Refusal(failure))
        }
    }

    private func refused(_ body: Admitted, _ waiting: SecondFactorService.Waiting, _ refusal: Refusal) throws
        -> Response
    {
        var headers: HTTPFields = [:]
        if let seconds = refusal.retryAfter { headers[.retryAfter] = String(seconds) }
        if waiting.isForEnrolment && body.fields.code != nil {
            return try enrolment(body, symbol: nil, problem: refusal.detail, status: refusal.code.status, headers)
        }
        return try parts.pages.response(
            SecondFactorPage(
                parts: parts, formToken: body.formToken, returnTo: body.returnTo,
                isForEnrolment: waiting.isForEnrolment, problem: refusal.detail),
            status: refusal.code.status, headers: headers)
    }

    private func enrolment(
        _ body: Admitted, symbol: EnrolmentPage.Symbol?, problem: String = "",
        status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]
    ) throws -> Response {
        try parts.pages.response(
            EnrolmentPage(
                parts: parts, frame: parts.frame(parts.texts["enrolment.title"], formToken: body.formToken),
                symbol: symbol, action: Self.path, back: "/login", returnTo: body.returnTo, problem: problem),
            status: status, headers: headers)
    }

    private struct Admitted {
        var fields: Fields
        var formToken: String
        var returnTo: LocalPath
    }

    private func admitted(_ request: Request) async throws -> Admitted {
        let body = try await GuardedForm<Fields>(request: request)
        let cookie = parts.cookies.form(in: request)
        try FormGuard.admit(request, cookie: cookie, formToken: body.formToken)
        return Admitted(
            fields: body.fields, formToken: body.formToken ?? "",
            returnTo: body.fields.returnTo.flatMap(LocalPath.init) ?? .start)
    }

    private func waiting(_ request: Request) async throws -> SecondFactorService.Waiting? {
        guard let ticket = parts.cookies.ticket(in: request) else { return nil }
        return try await secondFactors.waiting(ticket: ticket, now: clock.now())
    }
}
