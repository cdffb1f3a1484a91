import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import Testing

@testable import Portal

@Suite("Pages about accounts") struct AccountPagesTests {
    /// Fills the first form of a page, as it stands there.
    private func submit(
        _ browser: inout Browser, _ address: String, _ fields: [String: String]
    ) async throws -> TestResponse {
        let page = try await browser.get(address)
        #expect(page.status == .ok, "\(address)")
        var form = fields
        form["form_token"] = try Browser.formToken(in: page)
        if let token = page.text.firstMatch(of: /name="token" value="([^"]*)"/) { form["token"] = String(token.1) }
        return try await browser.post(String(address.prefix { $0 != "?" }), form)
    }

    private func linkPath(_ portal: TestPortal) async throws -> String {
        let link = try #require(try await portal.delivered().first?.link)
        return String(link.dropFirst("http://127.0.0.1:8080".count))
    }

    @Test("who is new registers, follows the link, and signs in")
    func register() async throws {
        let portal = try await TestPortal(.customer, extra: ["REGISTER_VERIFY_EMAIL": "true"])
        try await portal.test { client in
            var browser = Browser(client, kind: .customer)
            let bad = try await submit(
                &browser, "/register", ["name": "Ada", "email": "ada@example.com", "password": "short"])
            #expect(bad.status == .unprocessableContent)
            #expect(bad.text.contains("at least 12 characters"))
            #expect(bad.text.contains("value=\"ada@example.com\""))
            #expect(!bad.text.contains("value=\"short\""))
            let done = try await submit(
                &browser, "/register",
                ["name": "Ada", "email": "ada@example.com", "password": TestPortal.customerPassword])
            #expect(done.headers[.location] == "/login?notice=verification_mailed")
            let told = try await browser.get("/login?notice=verification_mailed")
            #expect(told.text.contains("follow the link"))
            let early = try await browser.signIn("ada@example.com", TestPortal.customerPassword)
            #expect(early.status == .forbidden)
            let path = try await linkPath(portal)
            let wrong = try await submit(&browser, path, ["password": "not this password"])
            #expect(wrong.status == .unauthorized)
            #expect(wrong.text.contains("The password is wrong."))
            let verified = try await submit(&browser, path, ["password": TestPortal.customerPassword])
            #expect(verified.headers[.location] == "/login?notice=verified")
            let signedIn = try await browser.signIn("ada@example.com", TestPortal.customerPassword)
            #expect(signedIn.status == .seeOther)
        }
    }

    @Test("a platform portal has no page to register")
    func platform() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            let missing = try await browser.get("/register")
            #expect(missing.status == .notFound)
            let signIn = try await browser.get("/login")
            #expect(!signIn.text.contains("/register"))
        }
    }

    @Test("a forgotten password is set anew by pages alone")
    func forgotten() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            let known = try await submit(&browser, "/forgot", ["email": TestPortal.adminEmail])
            let unknown = try await submit(&browser, "/forgot", ["email": "nobody@example.com"])
            #expect(known.headers[.location] == "/login?notice=mailed")
            #expect(unknown.headers[.location] == known.headers[.location])
            let path = try await linkPath(portal)
            let set = try await submit(&browser, path, ["password": "a much better password"])
            #expect(set.headers[.location] == "/login?notice=password_set")
            let again = try await submit(&browser, path, ["password": "a much better password"])
            #expect(again.status == .unprocessableContent)
            #expect(again.text.contains("The link is not good any more."))
            let signedIn = try await browser.signIn(TestPortal.adminEmail, "a much better password")
            #expect(signedIn.status == .seeOther)
        }
    }

    @Test("whoever is signed in changes password and address; administrators invite, and change roles, by pages")
    func signedIn() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let invited = try await submit(
                &browser, "/people/invite", ["email": "ada@example.com", "role_viewer": "on"])
            #expect(invited.headers[.location] == "/people?notice=invited")
            var guest = Browser(client)
            let accepted = try await submit(
                &guest, try await linkPath(portal), ["name": "Ada", "password": "a perfectly good password"])
            #expect(accepted.headers[.location] == "/login?notice=invitation_accepted")
            let list = try await browser.get("/people?search=ada")
            #expect(list.text.contains("ada@example.com"))
            #expect(!list.text.contains(TestPortal.adminEmail + "</span></th>"))
            let address = String(try #require(list.text.firstMatch(of: /href="(\/people\/[0-9a-f-]{36})"/)).1)
            let page = try await browser.get(address)
            let token = try Browser.formToken(in: page)
            let changed = try await browser.post(
                address,
                ["form_token": token, "act": "roles", "version": "0", "role_operator": "on", "role_viewer": "on"])
            #expect(changed.headers[.location] == address + "?notice=person_roles")
            let now = try await browser.get(address)
            #expect(now.text.contains("operator, viewer"))
            let late = try await browser.post(
                address, ["form_token": token, "act": "disable", "version": "0"])
            #expect(late.status == .conflict)
            #expect(late.text.contains("Somebody changed the account meanwhile."))
            let forged = try await browser.post(
                address, ["form_token": "x", "act": "disable", "version": "1"])
            #expect(forged.status == .forbidden)
            let password = try await submit(
                &browser, "/account/password",
                ["old_password": TestPortal.adminPassword, "new_password": "a much better password"])
            #expect(password.headers[.location] == "/account?notice=password_changed")
            let account = try await browser.get("/account")
            #expect(account.status == .ok)
            let email = try await submit(
                &browser, "/account/address", ["email": "new@example.com", "password": "a much better password"])
            #expect(email.headers[.location] == "/account?notice=address_mailed")
        }
    }

    @Test(
        "other roles find no page of people, nor anybody on it", arguments: ["/people", "/people/invite", "/people/x"])
    func closed(path: String) async throws {
        let portal = try await TestPortal()
        try await portal.database.write { try await $0.execute("UPDATE users SET roles = 'viewer'", []) }
        try await portal.test { client in
            var browser = Browser(client)
            let stranger = try await browser.get(path)
            #expect(stranger.status == .seeOther)
            _ = try await browser.signIn()
            let page = try await browser.get(path)
            #expect(page.status == .forbidden)
        }
    }

    @Test(
        "another site's form does nothing here",
        arguments: [
            ("/forgot", ["email": TestPortal.adminEmail]), ("/reset", ["token": "x", "password": "y"]),
            ("/invitation", ["token": "x", "name": "y", "password": "z"]), ("/confirm-address", ["token": "x"]),
            ("/verify", ["token": "x", "password": "y"]),
        ])
    func crossSite(path: String, fields: [String: String]) async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            var form = fields
            form["form_token"] = try Browser.formToken(in: await browser.get("/forgot"))
            let site = HTTPField.Name("Sec-Fetch-Site") ?? .origin
            let foreign = try await browser.post(path, form, headers: [site: "cross-site"])
            #expect(foreign.code == nil && foreign.status == .forbidden)
            form["form_token"] = "forged"
            let forged = try await browser.post(path, form)
            #expect(forged.status == .forbidden)
            #expect(try await portal.stores.mails.backlog().pending == 0)
        }
    }

    @Test("what a link carries is escaped, whatever somebody wrote into it")
    func escaped() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            for path in ["/reset", "/verify", "/invitation", "/confirm-address"] {
                let page = try await browser.get(path + "?token=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
                #expect(!page.text.contains("<script>alert"))
                #expect(page.text.contains("&lt;script&gt;"))
            }
        }
    }
}
