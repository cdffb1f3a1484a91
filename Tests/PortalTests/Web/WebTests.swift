import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite struct WebTests {
    @Test("without a session the start page leads to the sign-in page, which names portal and environment")
    func signInPage() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            let home = try await browser.get("/")
            #expect(home.status == .seeOther)
            #expect(home.headers[.location] == "/login")
            let page = try await browser.get("/login")
            #expect(page.status == .ok)
            #expect(page.text.contains("Platform portal"))
            #expect(page.text.contains("test"))
            #expect(page.text.contains(#"<label for="email">"#))
            #expect(page.text.contains(#"<label for="password">"#))
        }
    }

    @Test("who signs in sees who they are; the browser never holds a token")
    func signIn() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            let answer = try await browser.signIn()
            #expect(answer.status == .seeOther)
            let home = try await browser.get("/")
            #expect(home.status == .ok)
            #expect(home.text.contains("Hello, Administrator"))
            let account = try await browser.get("/account")
            #expect(account.text.contains(TestPortal.adminEmail))
            #expect(account.text.contains("super_admin"))
            for response in [answer, home, account] {
                let whole = response.text + response.headers.map(\.value).joined(separator: " ")
                #expect(!Self.holdsToken(whole))
            }
            // Behind it the token is kept, sealed.
            let rows = try await portal.database.read {
                try await $0.query("SELECT token_hash, sealed_access_token FROM web_sessions ORDER BY token_hash", [])
            }
            let sealed = try rows.first?.text("sealed_access_token") ?? ""
            #expect(!sealed.isEmpty)
            #expect(!Self.holdsToken(sealed))
            #expect(try rows.first?.text("token_hash") != browser.sessionCookie)
        }
    }

    /// Two JSON objects in base64url with a full stop between them, or a refresh token. Random base64url has no full stop
    /// and hardly ever so long a beginning of ours; three letters of it come by luck.
    private static func holdsToken(_ text: String) -> Bool {
        text.contains(/eyJ[A-Za-z0-9_-]*\.eyJ/) || text.contains(/lsr_[A-Za-z0-9_-]{20}/)
    }

    @Test(
        "every page allows this portal's own files alone, no frame and no cache",
        arguments: ["/login", "/", "/account", "/keys"])
    func headers(path: String) async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            var visitor = path == "/login" ? Browser(client) : browser
            let page = try await visitor.get(path)
            #expect(page.status == .ok)
            let policy = page.headers[.contentSecurityPolicy] ?? ""
            #expect(policy.contains("default-src 'none'"))
            #expect(policy.contains("script-src 'self'"))
            #expect(policy.contains("require-trusted-types-for 'script'"))
            #expect(policy.contains("frame-ancestors 'none'"))
            #expect(!policy.contains("unsafe"))
            #expect(page.headers[HTTPField.Name("X-Frame-Options") ?? .origin] == "DENY")
            #expect(page.headers[.xContentTypeOptions] == "nosniff")
            #expect(page.headers[.cacheControl] == "no-store")
        }
    }

    @Test(
        "cookies are HttpOnly and SameSite, Secure and __Host- where they travel over https", arguments: [true, false])
    func cookieFlags(isSecure: Bool) async throws {
        try await TestPortal(extra: ["PORTAL_COOKIE_SECURE": "\(isSecure)"]).test { client in
            var browser = Browser(client)
            let form = try await browser.get("/login").headers[.setCookie] ?? ""
            let session = try await browser.signIn().headers[.setCookie] ?? ""
            let prefix = isSecure ? "__Host-" : ""
            #expect(form.hasPrefix(prefix + "lockstep_platform_form="))
            #expect(form.contains("SameSite=Strict"))
            #expect(session.hasPrefix(prefix + "lockstep_platform_session="))
            #expect(session.contains("SameSite=Lax"))
            for cookie in [form, session] {
                #expect(cookie.contains("; HttpOnly"))
                #expect(cookie.contains("; Path=/"))
                #expect(cookie.contains("; Secure") == isSecure)
                #expect(!cookie.contains("Domain"))
            }
        }
    }

    @Test(
        "another site's form signs nobody in or out",
        arguments: [
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"],
            ["Sec-Fetch-Site": "", "Origin": "https://evil.example"], ["Sec-Fetch-Site": "", "Origin": "null"],
        ])
    func crossSite(attack: [String: String]) async throws {
        var fields = HTTPFields()
        for (name, value) in attack { fields[try #require(HTTPField.Name(name))] = value }
        try await TestPortal().test { [fields] client in
            var browser = Browser(client)
            let token = try Browser.formToken(in: await browser.get("/login"))
            let signIn = try await browser.post(
                "/login",
                ["email": TestPortal.adminEmail, "password": TestPortal.adminPassword, "form_token": token],
                headers: fields)
            #expect(signIn.status == .forbidden)
            #expect(browser.sessionCookie == nil)
            _ = try await browser.signIn()
            let own = try Browser.formToken(in: await browser.get("/"))
            #expect(try await browser.post("/logout", ["form_token": own], headers: fields).status == .forbidden)
            #expect(try await browser.get("/").status == .ok)
        }
    }

    @Test("a form without the token, or with another browser's, is refused")
    func formToken() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            var stranger = Browser(client)
            let foreign = try Browser.formToken(in: await stranger.get("/login"))
            _ = try await browser.get("/login")
            let login = ["email": TestPortal.adminEmail, "password": TestPortal.adminPassword]
            #expect(try await browser.post("/login", login).status == .forbidden)
            let stolen = login.merging(["form_token": foreign]) { $1 }
            #expect(try await browser.post("/login", stolen).status == .forbidden)
            _ = try await browser.signIn()
            #expect(try await browser.post("/logout", ["form_token": foreign]).status == .forbidden)
            #expect(try await browser.get("/").status == .ok)
        }
    }

    @Test("a session planted before signing in is not the one that is signed in")
    func fixation() async throws {
        try await TestPortal().test { client in
            let planted = OpaqueToken(.webSession, entropy: .system).text
            var browser = Browser(client)
            browser.plant("lockstep_platform_session", planted)
            _ = try await browser.signIn()
            #expect(browser.sessionCookie != planted)
            var attacker = Browser(client)
            attacker.plant("lockstep_platform_session", planted)
            #expect(try await attacker.get("/").status == .seeOther)
            // Signing in again ends the session before: its cookie is worth nothing afterwards.
            let former = browser.sessionCookie ?? ""
            let token = try Browser.formToken(in: await Browser(client).fresh("/login", &browser))
            _ = try await browser.post(
                "/login",
                ["email": TestPortal.adminEmail, "password": TestPortal.adminPassword, "form_token": token])
            #expect(browser.sessionCookie != former)
            attacker.plant("lockstep_platform_session", former)
            #expect(try await attacker.get("/").status == .seeOther)
        }
    }

    @Test("signing out ends the session, not only the cookie")
    func signOut() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            var thief = browser
            let token = try Browser.formToken(in: await browser.get("/"))
            let answer = try await browser.post("/logout", ["form_token": token])
            #expect(answer.status == .seeOther)
            #expect(try await thief.get("/").status == .seeOther)
        }
        #expect(try await portal.audited(.logout) == 1)
    }

    @Test("logout-all reaches browsers too, and an idle one is signed out")
    func endsElsewhere() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let tokens = try await client.tokens()
            _ = try await client.post("logout-all", "", headers: client.bearer(tokens.accessToken))
            #expect(try await browser.get("/").status == .seeOther)
            _ = try await browser.signIn()
            portal.clock.advance(11 * 3600)
            #expect(try await browser.get("/").status == .ok)
            portal.clock.advance(11 * 3600)
            #expect(try await browser.get("/").status == .ok)
            portal.clock.advance(12 * 3600)
            #expect(try await browser.get("/").status == .seeOther)
        }
    }

    @Test("a failed sign-in says so on the page, as the JSON endpoint does, and shows what was typed as text")
    func failed() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            let attack = #""><script>alert(1)</script>"#
            let answer = try await browser.signIn(attack, "wrong password here")
            #expect(answer.status == .unauthorized)
            #expect(answer.text.contains(#"role="alert""#))
            #expect(!answer.text.contains("<script>"))
            #expect(answer.text.contains("&quot;&gt;&lt;script&gt;"))
            #expect(!answer.text.contains("wrong password here"))
            for _ in 0..<5 { _ = try await browser.signIn("a@example.com", "wrong") }
            let locked = try await browser.signIn("a@example.com", "wrong")
            #expect(locked.status == .tooManyRequests)
            #expect(locked.headers[.retryAfter] == "30")
        }
    }

    @Test(
        "how keys stand is for those who run the deployment: a customer who signs in learns neither address nor source")
    func keysAreNotForCustomers() async throws {
        let services = ["PORTAL_SERVICE_URLS": "http://127.0.0.1:9"]
        try await TestPortal(.customer, extra: services).test { client in
            _ = try await client.register("eve@example.com", name: "Eve")
            var browser = Browser(client, kind: .customer)
            _ = try await browser.signIn("eve@example.com", TestPortal.customerPassword)
            let home = try await browser.get("/")
            #expect(home.status == .ok)
            #expect(home.text.contains("Hello, Eve"))
            #expect(try await browser.get("/keys").status == .notFound)
            for internals in ["http://127.0.0.1:9", "JWT_SECRET", "keys stand", "<table"] {
                #expect(!home.text.contains(internals))
            }
        }
        try await TestPortal(extra: services).test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            #expect(try await browser.get("/keys").text.contains("http://127.0.0.1:9"))
        }
    }

    @Test("a form with marks without end is refused, whether they are encoded or not")
    func endlessMarks() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            let marks = String(repeating: "\u{345}\u{301}\u{323}\u{334}", count: 300)
            let encoded = try await browser.post("/login", ["email": "a" + marks, "password": "b"])
            #expect(encoded.status == .badRequest)
            let raw = try await client.send(
                .post, "/login", headers: [.contentType: "application/x-www-form-urlencoded"],
                body: "a\(marks)=1&email=a&password=b")
            #expect(raw.status == .badRequest)
        }
    }

    @Test("a name that is markup is shown as text")
    func markupInName() async throws {
        try await TestPortal(.customer).test { client in
            _ = try await client.register("eve@example.com", name: "<img src=x onerror=alert(1)>")
            var browser = Browser(client, kind: .customer)
            _ = try await browser.signIn("eve@example.com", TestPortal.customerPassword)
            let home = try await browser.get("/")
            #expect(home.status == .ok)
            #expect(!home.text.contains("<img src=x"))
            #expect(home.text.contains("&lt;img src=x"))
        }
    }

    @Test("the two portals' cookies do not overwrite or open each other")
    func twoPortals() async throws {
        let platformCookie = try await TestPortal().test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            return browser.sessionCookie ?? ""
        }
        try await TestPortal(.customer).test { client in
            var browser = Browser(client, kind: .customer)
            browser.plant("lockstep_platform_session", platformCookie)
            browser.plant("lockstep_customer_session", platformCookie)
            let answer = try await browser.get("/")
            #expect(answer.status == .seeOther)
        }
    }

    @Test("a form that is too large or of another media type is refused")
    func oversize() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            let large = try await browser.post("/login", ["email": String(repeating: "x", count: 20_000)])
            #expect(large.status == .contentTooLarge)
            let json = try await browser.post("/login", [:], headers: [.contentType: "application/json"])
            #expect(json.status == .unsupportedMediaType)
        }
    }
}
