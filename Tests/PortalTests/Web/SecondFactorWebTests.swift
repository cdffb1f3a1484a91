import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Second factors in a browser") struct SecondFactorWebTests {
    /// In a page that shows it for typing.
    private static func secret(in page: TestResponse) throws -> Authenticator {
        let match = try #require(page.text.firstMatch(of: /<code class="secret">([A-Z2-7 ]+)<\/code>/))
        return Authenticator(secret: String(match.1))
    }

    private static func recoveryCodes(in page: TestResponse) -> [String] {
        page.text.matches(of: /<li><code>([0-9A-Z-]+)<\/code><\/li>/).map { String($0.1) }
    }

    /// Signs in with a password and sets a second factor up by the pages.
    private func enrol(
        _ browser: inout Browser, _ portal: TestPortal
    ) async throws -> (app: Authenticator, codes: [String]) {
        _ = try await browser.signIn()
        let form = try Browser.formToken(in: await browser.get("/account/security"))
        let page = try await browser.post(
            "/account/security/enrolment", ["form_token": form, "password": TestPortal.adminPassword])
        #expect(page.status == .ok)
        #expect(page.text.contains("<svg"))
        #expect(page.headers[.cacheControl] == "no-store")
        let app = try Self.secret(in: page)
        let done = try await browser.post(
            "/account/security/confirm", ["form_token": form, "code": app.code(at: portal.clock.now)])
        portal.clock.advance(OneTimePassword.period)
        return (app, Self.recoveryCodes(in: done))
    }

    @Test("set up on the account's page, asked for at the next sign-in, and back where one wanted to go")
    func wholeWay() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var first = Browser(client)
            let (app, codes) = try await enrol(&first, portal)
            #expect(codes.count == 10)
            let security = try await first.get("/account/security")
            #expect(security.text.contains("10 recovery codes are left."))
            #expect(!security.text.contains("<svg"))

            var browser = Browser(client)
            let token = try Browser.formToken(in: await browser.get("/login?return_to=/account"))
            let answer = try await browser.post(
                "/login",
                [
                    "email": TestPortal.adminEmail, "password": TestPortal.adminPassword, "form_token": token,
                    "return_to": "/account",
                ])
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/login/second-factor?return_to=%2Faccount")
            #expect(browser.sessionCookie == nil)
            #expect(try await browser.get("/account").status == .seeOther)
            let cookie = answer.headers[values: .setCookie].first { $0.contains("_ticket=") } ?? ""
            #expect(cookie.contains("HttpOnly"))
            #expect(cookie.contains("SameSite=Lax"))
            #expect(cookie.contains("Max-Age=300"))
            #expect(!answer.text.contains("lst_"))

            let page = try await browser.get("/login/second-factor?return_to=%2Faccount")
            #expect(page.status == .ok)
            #expect(page.text.contains("one-time-code"))
            let fields = ["form_token": try Browser.formToken(in: page), "return_to": "/account"]
            let wrong = try await browser.post(
                "/login/second-factor", fields.merging(["code": app.wrongCode(at: portal.clock.now)]) { $1 })
            #expect(wrong.status == .unauthorized)
            #expect(wrong.text.contains(#"role="alert""#))
            #expect(browser.sessionCookie == nil)
            let right = try await browser.post(
                "/login/second-factor", fields.merging(["code": app.code(at: portal.clock.now)]) { $1 })
            #expect(right.status == .seeOther)
            #expect(right.headers[.location] == "/account")
            #expect(browser.sessionCookie != nil)
            #expect(try await browser.get("/account").status == .ok)
            // The ticket went with it.
            #expect(browser.jar["lockstep_platform_ticket"] == nil)
        }
    }

    @Test("a recovery code does it too, and an open redirect does not come of it")
    func recovery() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var first = Browser(client)
            let (_, codes) = try await enrol(&first, portal)
            var browser = Browser(client)
            _ = try await browser.signIn()
            let page = try await browser.get("/login/second-factor?return_to=https://evil.example")
            #expect(!page.text.contains("evil.example"))
            let answer = try await browser.post(
                "/login/second-factor",
                [
                    "form_token": try Browser.formToken(in: page), "recovery_code": codes[0],
                    "return_to": "//evil.example",
                ])
            #expect(answer.headers[.location] == "/")
        }
    }

    @Test("the second step wants the form's token and this site, and a ticket")
    func forged() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var first = Browser(client)
            let (app, _) = try await enrol(&first, portal)
            var browser = Browser(client)
            _ = try await browser.signIn()
            let token = try Browser.formToken(in: await browser.get("/login/second-factor"))
            let code = app.code(at: portal.clock.now)
            let unsigned = try await browser.post("/login/second-factor", ["code": code])
            #expect(unsigned.status == .forbidden)
            let elsewhere = try await browser.post(
                "/login/second-factor", ["code": code, "form_token": token],
                headers: [HTTPField.Name("Sec-Fetch-Site") ?? .origin: "cross-site"])
            #expect(elsewhere.status == .forbidden)
            #expect(browser.sessionCookie == nil)
            var stranger = Browser(client)
            let strange = try Browser.formToken(in: await stranger.get("/login"))
            let answer = try await stranger.post("/login/second-factor", ["code": code, "form_token": strange])
            #expect(answer.headers[.location] == "/login")
            #expect(try await stranger.get("/login/second-factor").headers[.location] == "/login")
        }
    }

    @Test("who must have one sets it up on the way in, and sees the recovery codes once")
    func required() async throws {
        let portal = try await TestPortal(extra: ["SECOND_FACTOR_REQUIRED_ROLES": "super_admin"])
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let page = try await browser.get("/login/second-factor")
            #expect(page.text.contains("/login/second-factor/enrolment"))
            let token = try Browser.formToken(in: page)
            let symbol = try await browser.post("/login/second-factor/enrolment", ["form_token": token])
            let app = try Self.secret(in: symbol)
            let wrong = try await browser.post(
                "/login/second-factor", ["form_token": token, "code": app.wrongCode(at: portal.clock.now)])
            #expect(wrong.status == .unauthorized)
            #expect(!wrong.text.contains("<svg"))
            let done = try await browser.post(
                "/login/second-factor", ["form_token": token, "code": app.code(at: portal.clock.now)])
            #expect(done.status == .ok)
            #expect(Self.recoveryCodes(in: done).count == 10)
            #expect(try await browser.get("/").status == .ok)
        }
    }

    @Test("turned off with password and code; new recovery codes with a recovery code")
    func changes() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            let (app, codes) = try await enrol(&browser, portal)
            let token = try Browser.formToken(in: await browser.get("/account/security"))
            func fields(_ code: String, _ change: String) -> [String: String] {
                [
                    "form_token": token, "password": TestPortal.adminPassword, "code": code, "change": change,
                ]
            }
            let refused = try await browser.post(
                "/account/security/change", fields(app.wrongCode(at: portal.clock.now), "turn_off"))
            #expect(refused.status == .unauthorized)
            #expect(refused.text.contains(#"role="alert""#))
            let renewed = try await browser.post("/account/security/change", fields(codes[1], "recovery_codes"))
            #expect(Self.recoveryCodes(in: renewed).count == 10)
            let odd = try await browser.post("/account/security/change", fields("1", "anything"))
            #expect(odd.status == .badRequest)
            let off = try await browser.post(
                "/account/security/change", fields(app.code(at: portal.clock.now), "turn_off"))
            #expect(off.headers[.location] == "/account/security?notice=factor_off")
            #expect(try await browser.get("/account/security?notice=factor_off").text.contains("is off"))
        }
    }
}
