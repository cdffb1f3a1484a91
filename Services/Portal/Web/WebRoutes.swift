import Foundation
import HTTPKit
import HTTPTypes
import Hummingbird
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// The pages: sign in, who you are and how the keys stand, sign out.
struct WebRoutes: Sendable {
    let login: LoginService
    let webSessions: WebSessions
    let sessions: SessionService
    let cookies: WebCookies
    let pages: Pages
    let naming: PortalNaming
    /// This portal first, then the others; nil where they are not for the people who sign in.
    let standings: (@Sendable () async -> [KeyStanding])?
    let entropy: Entropy
    let clock: WallClock

    func add(to router: Router<AppContext>) {
        let web = router.group().add(middleware: WebFaults(pages: pages, naming: naming))
        web.get("/", use: home)
        web.get("login", use: signIn)
        web.post("login", use: submit)
        web.post("logout", use: signOut)
        web.get("assets/portal.css") { _, _ in asset(Stylesheet.css, "text/css; charset=utf-8") }
        web.get("assets/lockstep.svg") { _, _ in asset(Mark.svg, "image/svg+xml") }
    }

    /// Names nobody and is the same for all; a minute, so that a new version is not styled by the former one for long.
    private func asset(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .cacheControl: "public, max-age=60", .contentSecurityPolicy: "default-src 'none'",
            ],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private func home(_ request: Request, _ context: AppContext) async throws -> Response {
        guard let cookie = cookies.session(in: request),
            let resolved = try await webSessions.resolve(cookie, now: clock.now())
        else { return redirect(to: "/login") }
        let identity = resolved.identity
        var facts = [
            HomePage.Fact("Email address", resolved.user.email),
            HomePage.Fact("Roles", resolved.user.roles.joined(separator: ", ")),
            HomePage.Fact("Signed in", Self.moment(resolved.session.createdAt)),
            HomePage.Fact("Session ends, unless used", Self.moment(resolved.session.expiresAt)),
            HomePage.Fact("Access token expires", Self.moment(identity.expiresAt)),
            HomePage.Fact("Access token signed with", identity.keyID.rawValue),
            HomePage.Fact("Issuer", identity.issuer),
        ]
        if let customer = resolved.user.customerID { facts.append(HomePage.Fact("Customer", customer)) }
        return try pages.response(
            HomePage(
                naming: naming, formToken: FormGuard.formToken(for: cookie), name: resolved.user.name, facts: facts,
                standings: await standings?()))
    }

    private func signIn(_ request: Request, _ context: AppContext) async throws -> Response {
        if let cookie = cookies.session(in: request),
            try await webSessions.resolve(cookie, now: clock.now()) != nil
        {
            return redirect(to: "/")
        }
        return try form(request)
    }

    private func submit(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await SignInForm(request: request)
        try FormGuard.admit(request, cookie: cookies.form(in: request), formToken: body.formToken)
        let now = clock.now()
        let former: WebSessions.Resolved? =
            if let cookie = cookies.session(in: request) {
                try await webSessions.resolve(cookie, now: now)
            } else {
                nil
            }
        do {
            // A new session with a new secret, whatever cookie came along: nobody can plant one beforehand.
            let signedIn = try await login.login(
                email: body.email, password: body.password, kind: .web, replaces: former?.session.id,
                caller: Caller(context: context, headers: request.headers), now: now)
            var response = redirect(to: "/")
            response.headers[values: .setCookie].append(
                cookies.setSession(signedIn.secret, lifetime: signedIn.session.endsAt - now))
            return response
        } catch let failure as LoginService.Failure {
            let refusal = Refusal(failure)
            return try form(request, email: body.email, refusal: refusal)
        }
    }

    private func signOut(_ request: Request, _ context: AppContext) async throws -> Response {
        let body = try await SignOutForm(request: request)
        let cookie = cookies.session(in: request)
        try FormGuard.admit(request, cookie: cookie, formToken: body.formToken)
        let now = clock.now()
        if let cookie, let resolved = try await webSessions.resolve(cookie, now: now) {
            try await sessions.logout(
                sessionID: resolved.session.id, caller: Caller(context: context, headers: request.headers), now: now)
        }
        var response = redirect(to: "/login")
        response.headers[values: .setCookie].append(cookies.clearSession())
        return response
    }

    /// The sign-in page; a browser without a form cookie gets one, the others keep theirs (two tabs, two forms).
    private func form(_ request: Request, email: String = "", refusal: Refusal? = nil) throws -> Response {
        let present = cookies.form(in: request)
        let cookie = present ?? OpaqueToken(.form, entropy: entropy)
        var headers: HTTPFields = [:]
        if present == nil { headers[values: .setCookie] = [cookies.setForm(cookie)] }
        if let seconds = refusal?.retryAfter { headers[.retryAfter] = String(seconds) }
        return try pages.response(
            SignInPage(
                naming: naming, formToken: FormGuard.formToken(for: cookie),
                email: BoundedText.line(email, maximumBytes: EmailAddress.maximumBytes),
                problem: refusal?.detail ?? ""),
            status: refusal?.code.status ?? .ok, headers: headers)
    }

    private func redirect(to path: String) -> Response {
        Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
    }

    private static func moment(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(
            .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false)) + " UTC"
    }
}
