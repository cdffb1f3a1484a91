import HTTPKit
import HTTPTypes
import Hummingbird
import ServerKit
import ServiceKit

/// Signing in and out.
struct SignInRoutes: Sendable {
    let parts: WebParts
    let login: LoginService
    /// Who one may sign in with in place of a password.
    let providers: [OIDCProvider]
    let webSessions: WebSessions
    let sessions: SessionService
    let secondFactors: SecondFactorPages
    let entropy: Entropy
    let clock: WallClock

    struct Fields: Decodable, Sendable {
        var email: String
        var password: Password
        var returnTo: String?

        enum CodingKeys: String, CodingKey {
            case email, password
            case returnTo = "return_to"
        }
    }

    func add(to web: RouterGroup<AppContext>) {
        web.get("login", use: page)
        web.post("login", use: submit)
        web.post("logout", use: signOut)
        secondFactors.add(to: web)
    }

    private func page(_ request: Request, _ context: AppContext) async throws -> Response {
        let returnTo = request.uri.queryParameters["return_to"].flatMap { LocalPath(String($0)) } ?? .start
        if let cookie = parts.cookies.session(in: request),
            try await webSessions.resolve(
                cookie, from: ClientAddress(context.clientAddress), now: clock.now()) != nil
        {
            return WebAnswers.redirect(to: returnTo.text)
        }
        return try form(request, returnTo: returnTo)
    }

    private func submit(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await GuardedForm<Fields>(request: request)
        let fields = body.fields
        guard !fields.password.isTooLong else { throw Refusal(.invalidInput, "The password is too long.") }
        try FormGuard.admit(request, cookie: parts.cookies.form(in: request), formToken: body.formToken)
        let returnTo = fields.returnTo.flatMap(LocalPath.init) ?? .start
        let now = clock.now()
        let former: WebSessions.Resolved? =
            if let cookie = parts.cookies.session(in: request) {
                try await webSessions.resolve(
                    cookie, from: ClientAddress(context.clientAddress), now: now)
            } else {
                nil
            }
        do {
            // A new session with a new secret, whatever cookie came along: nobody can plant one beforehand.
            let signedIn = try await login.login(
                email: fields.email, password: fields.password, kind: .web, replaces: former?.session.id,
                caller: Caller(context: context, headers: request.headers), now: now)
            var response = WebAnswers.redirect(to: returnTo.text)
            response.headers[values: .setCookie].append(
                parts.cookies.setSession(signedIn.secret, lifetime: signedIn.session.endsAt - now))
            return response
        } catch LoginService.Failure.secondFactorNeeded(let ticket?) {
            return secondFactors.begin(ticket, returnTo: returnTo, now: now)
        } catch let failure as LoginService.Failure {
            return try form(request, returnTo: returnTo, email: fields.email, refusal: Refusal(failure))
        }
    }

    private func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await GuardedForm<NoFields>(request: request)
        let cookie = parts.cookies.session(in: request)
        try FormGuard.admit(request, cookie: cookie, formToken: body.formToken)
        let now = clock.now()
        if let cookie,
            let resolved = try await webSessions.resolve(
                cookie, from: ClientAddress(context.clientAddress), now: now)
        {
            try await sessions.logout(
                sessionID: resolved.session.id, caller: Caller(context: context, headers: request.headers), now: now)
        }
        var response = WebAnswers.redirect(to: "/login")
        response.headers[values: .setCookie].append(parts.cookies.clearSession())
        // What a browser has kept of the pages goes with the session (Clear-Site-Data, W3C).
        response.headers[.clearSiteData] = "\"cache\", \"storage\""
        return response
    }

    /// The sign-in page; a browser without a form cookie gets one, the others keep theirs (two tabs, two forms).
    private func form(
        _ request: Request, returnTo: LocalPath, email: String = "", refusal: Refusal? = nil
    ) throws -> Response {
        let present = parts.cookies.form(in: request)
        let cookie = present ?? OpaqueToken(.form, entropy: entropy)
        var headers: HTTPFields = [:]
        if present == nil { headers[values: .setCookie] = [parts.cookies.setForm(cookie)] }
        if let seconds = refusal?.retryAfter { headers[.retryAfter] = String(seconds) }
        return try parts.pages.response(
            SignInPage(
                parts: parts, providers: providers, formToken: FormGuard.formToken(for: cookie), returnTo: returnTo,
                email: BoundedText.line(email, maximumBytes: EmailAddress.maximumBytes),
                problem: refusal?.detail ?? "", notice: request.notice),
            status: refusal?.code.status ?? .ok, headers: headers)
    }
}

extension HTTPField.Name {
    // A valid token (RFC 9110 §5.6.2).
    fileprivate static let clearSiteData = HTTPField.Name("Clear-Site-Data") ?? .server
}
