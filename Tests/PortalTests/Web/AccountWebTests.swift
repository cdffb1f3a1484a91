import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Sessions and service accounts in a browser") struct AccountWebTests {
    @Test("sessions are listed with device and addresses; one, the others and all are ended")
    func sessions() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            var other = Browser(client)
            _ = try await other.signIn()
            let program = try await client.tokens()
            try await portal.database.write {
                _ = try await $0.execute(
                    """
                    UPDATE sessions SET address = '203.0.113.7', last_address = '198.51.100.4',
                        user_agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
                    WHERE kind = 'api'
                    """, [])
            }
            let page = try await browser.get("/account/sessions")
            #expect(page.status == .ok)
            #expect(page.text.contains("3 sessions"))
            #expect(page.text.contains("Firefox on Linux"))
            #expect(page.text.contains("203.0.113.7"))
            #expect(page.text.contains("198.51.100.4"))
            #expect(page.text.matches(of: /This one/).count == 1)
            let token = try Browser.formToken(in: page)

            let ended = try await browser.post(
                "/account/sessions/end", ["form_token": token, "session": program.sessionID])
            #expect(ended.headers[.location] == "/account/sessions?notice=session_ended")
            #expect(try await client.refresh(program.refreshToken).code == "session_ended")
            _ = try await browser.post("/account/sessions/end-others", ["form_token": token])
            #expect(try await other.get("/account").status == .seeOther)
            #expect(try await browser.get("/account").status == .ok)
            let all = try await browser.post("/account/sessions/end-all", ["form_token": token])
            #expect(all.headers[.location] == "/login")
            #expect(try await browser.get("/account").status == .seeOther)
        }
        #expect(try await portal.audited(.otherSessionsEnded) == 1)
        #expect(try await portal.audited(.logoutEverywhere) == 1)
    }

    @Test("somebody else's session is not ended, whatever the form says")
    func othersSession() async throws {
        let portal = try await TestPortal(.customer)
        try await portal.test { client in
            for email in ["ada@example.com", "eve@example.com"] { _ = try await client.register(email) }
            let ada = try await client.tokens("ada@example.com", TestPortal.customerPassword)
            var eve = Browser(client, kind: .customer)
            _ = try await eve.signIn("eve@example.com", TestPortal.customerPassword)
            let page = try await eve.get("/account/sessions")
            #expect(!page.text.contains(ada.sessionID))
            _ = try await eve.post(
                "/account/sessions/end",
                ["form_token": try Browser.formToken(in: page), "session": ada.sessionID])
            #expect(try await client.refresh(ada.refreshToken).status == .ok)
        }
    }

    @Test("what a browser calls itself is shown as text alone")
    func hostileUserAgent() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            try await portal.database.write {
                _ = try await $0.execute(
                    "UPDATE sessions SET user_agent = '<script>alert(1)</script> Firefox/1', address = '<b>'", [])
            }
            let page = try await browser.get("/account/sessions")
            #expect(!page.text.contains("<script>"))
            #expect(!page.text.contains("<b>"))
        }
    }

    @Test("a service account is made, its secret shown once, added to, removed, disabled and deleted")
    func serviceAccounts() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let empty = try await browser.get("/service-accounts")
            #expect(empty.text.contains("No program has an account yet."))
            let token = try Browser.formToken(in: empty)
            let bad = try await browser.post(
                "/service-accounts",
                ["form_token": token, "name": "<i>importer", "role": "diagnostic", "scopes": "", "days": "30"])
            #expect(bad.status == .unprocessableContent)
            #expect(bad.text.contains(#"value="&lt;i&gt;importer""#))
            let made = try await browser.post(
                "/service-accounts",
                ["form_token": token, "name": "importer", "role": "viewer", "scopes": "", "days": "30"])
            #expect(made.status == .ok)
            let secret = String(try #require(made.text.firstMatch(of: /lss_[A-Za-z0-9_-]{43}/)).0)
            let list = try await browser.get("/service-accounts")
            #expect(list.text.contains("importer"))
            #expect(!list.text.contains("lss_"))
            let account = String(try #require(list.text.firstMatch(of: /name="account" value="([^"]+)"/)).1)
            let old = String(try #require(list.text.firstMatch(of: /name="secret" value="([^"]+)"/)).1)
            let fields = ["form_token": token, "account": account]
            let added = try await browser.post("/service-accounts/add-secret", fields)
            #expect(added.text.contains("lss_"))
            #expect(!added.text.contains(secret))
            let third = try await browser.post("/service-accounts/add-secret", fields)
            #expect(third.status == .conflict)
            let removed = try await browser.post(
                "/service-accounts/remove-secret", fields.merging(["secret": old]) { $1 })
            #expect(removed.headers[.location] == "/service-accounts?notice=secret_removed")
            for (action, notice) in [("disable", "disabled"), ("delete", "deleted")] {
                let answer = try await browser.post("/service-accounts/" + action, fields)
                #expect(answer.headers[.location] == "/service-accounts?notice=service_account_" + notice)
            }
            #expect(try await browser.get("/service-accounts").text.contains("No program has an account yet."))
        }
    }

    @Test("the page is for administrators alone")
    func forbidden() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let token = try Browser.formToken(in: await browser.get("/service-accounts"))
            try await portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = 'operator'", [])
            }
            #expect(try await browser.get("/service-accounts").status == .forbidden)
            let answer = try await browser.post(
                "/service-accounts", ["form_token": token, "name": "x", "role": "viewer", "days": "1"])
            #expect(answer.status == .forbidden)
            #expect(try await !browser.get("/").text.contains("/service-accounts"))
        }
    }
}
