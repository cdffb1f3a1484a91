import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Opening DB updates in a browser") struct OpeningPagesTests {
    private static func isAsked(_ page: TestResponse) -> Bool {
        page.text.contains("action=\"/db-updates/open\"") && !page.text.contains("name=\"sql\"")
    }

    @Test("the password once more opens the editor for this session, until the token ends; the audit trail is told")
    func opens() async throws {
        try await FakeDatabase.visit { browser, stage in
            #expect(Self.isAsked(try await browser.get("/db-updates")))
            #expect(stage.gateway.otherRequests.isEmpty)
            let opened = try await browser.openDBUpdates()
            #expect(opened.status == .seeOther)
            #expect(opened.headers[.location] == "/db-updates")
            #expect(try await browser.get("/db-updates").text.contains("name=\"sql\""))
            #expect(try await stage.portal.audited(.dbUpdatesIssued) == 1)
            stage.portal.clock.advance(290)
            #expect(try await browser.get("/db-updates").text.contains("name=\"sql\""))
            stage.portal.clock.advance(10)
            #expect(Self.isAsked(try await browser.get("/db-updates")))
        }
    }

    @Test("a wrong password opens nothing, counts with those of the login, and is told")
    func wrongPassword() async throws {
        try await FakeDatabase.visit { browser, stage in
            for _ in 0..<5 {
                let refused = try await browser.openDBUpdates("not it at all")
                #expect(refused.status == .unauthorized)
                #expect(refused.text.contains("The password is wrong."))
            }
            let resting = try await browser.openDBUpdates()
            #expect(resting.status == .tooManyRequests)
            #expect(resting.headers[.retryAfter] != nil)
            #expect(Self.isAsked(try await browser.get("/db-updates")))
            #expect(try await stage.portal.audited(.dbUpdatesRefused) == 5)
            #expect(try await stage.portal.audited(.dbUpdatesIssued) == 0)
        }
    }

    @Test("who has a second factor gives a code of it too")
    func secondFactor() async throws {
        try await FakeDatabase.visit { browser, stage in
            let password = ["password": TestPortal.adminPassword]
            let page = try await browser.get("/account/security")
            let enrolment = try await browser.post(
                "/account/security/enrolment",
                password.merging(["form_token": try Browser.formToken(in: page)]) { $1 })
            let shown = try #require(enrolment.text.firstMatch(of: /<code class="secret">([A-Z2-7 ]+)<\/code>/))
            let app = Authenticator(secret: String(shown.1))
            let token = try Browser.formToken(in: enrolment)
            _ = try await browser.post(
                "/account/security/confirm", ["code": app.code(at: stage.portal.clock.now), "form_token": token])
            stage.portal.clock.advance(60)
            #expect(try await browser.get("/db-updates").text.contains("name=\"code\""))
            func open(_ more: [String: String]) async throws -> TestResponse {
                var visitor = browser
                return try await visitor.post(
                    "/db-updates/open", password.merging(["form_token": token]) { $1 }.merging(more) { $1 })
            }
            #expect(try await open([:]).status == .unauthorized)
            #expect(try await open(["code": app.wrongCode(at: stage.portal.clock.now)]).status == .unauthorized)
            #expect(Self.isAsked(try await browser.get("/db-updates")))
            #expect(try await open(["code": app.code(at: stage.portal.clock.now)]).status == .seeOther)
            #expect(try await browser.get("/db-updates").text.contains("name=\"sql\""))
        }
    }

    @Test("another session of the same person is not opened with it, nor by its row")
    func otherSession() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, _) = try await browser.run("SELECT 1")
            var other = Browser(browser.client)
            _ = try await other.signIn()
            #expect(Self.isAsked(try await other.get("/db-updates")))
            #expect(Self.isAsked(try await other.get(address)))
            #expect(Self.isAsked(try await other.get(address + "/csv")))
            // Somebody who writes in the portal's database gives a session another one's opening: it does not open.
            try await stage.portal.database.write { transaction in
                let rows = try await transaction.query(
                    "SELECT session_id, sealed_token, expires_at FROM db_updates_openings", [])
                let row = try #require(rows.first)
                _ = try await transaction.execute(
                    """
                    INSERT INTO db_updates_openings (session_id, sealed_token, expires_at)
                    SELECT id, ?, ? FROM sessions WHERE id <> ?
                    """,
                    [
                        .text(try row.text("sealed_token")), .integer(try row.integer("expires_at")),
                        .text(try row.text("session_id")),
                    ])
            }
            #expect(Self.isAsked(try await other.get("/db-updates")))
            // Nor does one with an opening of its own see what the first one's statements answered.
            _ = try await other.openDBUpdates()
            #expect(try await other.get(address).status == .notFound)
            #expect(try await other.get(address + "/csv").status == .notFound)
            #expect(try await browser.get(address).text.contains("9007199254740993"))
        }
    }

    @Test("it ends with the session, and before its time where somebody closes it")
    func ends() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("SELECT 1")
            let token = try Browser.formToken(in: page)
            #expect(try await browser.post("/db-updates/close", ["form_token": token]).status == .seeOther)
            #expect(Self.isAsked(try await browser.get(address)))
            for table in ["db_updates_openings", "db_updates_runs"] {
                #expect(
                    try await stage.portal.database.read { try await $0.query("SELECT expires_at FROM \(table)", []) }
                        .isEmpty)
            }
            let closed = try await stage.portal.stores.audit.latest(50).first { $0.kind == .dbUpdatesClosed }
            let opened = try await stage.portal.stores.audit.latest(50).first { $0.kind == .dbUpdatesIssued }
            #expect(closed?.actor != nil)
            #expect(closed?.actor == opened?.actor)
            #expect(closed?.subject == TestPortal.adminEmail)
            // Both name the session.
            #expect(opened?.detail.split(separator: " ").last == closed?.detail.split(separator: " ").last)
            // What is not open can't be closed.
            #expect(try await browser.post("/db-updates/close", ["form_token": token]).status == .seeOther)
            #expect(try await stage.portal.audited(.dbUpdatesClosed) == 1)
            _ = try await browser.openDBUpdates()
            let jar = browser
            _ = try await browser.post("/logout", ["form_token": token])
            var thief = jar
            #expect(try await thief.get("/db-updates").headers[.location]?.hasPrefix("/login") == true)
        }
    }

    @Test("the token, the statement and what it answered are in the database sealed alone, and on no page is a token")
    func sealed() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (_, page) = try await browser.run("SELECT 'a secret of mine'")
            let bearer = try #require(
                stage.gateway.requests.first { $0.path == FakeDatabase.executePath }?.values("authorization").first)
            let token = String(bearer.dropFirst("Bearer ".count))
            #expect(!(page.text + page.headers.map(\.value).joined()).contains("eyJ"))
            let rows = try await stage.portal.database.read { transaction in
                try await transaction.query(
                    "SELECT sealed_token AS a, sealed_connection AS b FROM db_updates_openings", [])
                    + transaction.query("SELECT sealed_statement AS a, sealed_outcome AS b FROM db_updates_runs", [])
            }
            #expect(rows.count == 2)
            for row in rows {
                for kept in [try row.text("a"), try row.text("b")] {
                    for secret in [token, "secret of mine", "columns", "sqlite"] { #expect(!kept.contains(secret)) }
                }
            }
            let log = stage.portal.log.text
            for secret in [token, "secret of mine"] { #expect(!log.contains(secret)) }
        }
    }

    @Test("what is over is swept away")
    func swept() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            _ = try await browser.run("SELECT 1")
            stage.portal.clock.advance(StatementRuns.kept + 1)
            try await HousekeepingStore(database: stage.portal.database).sweep(
                .init(auditRetention: 86_400, auditMaximumEvents: 1000), now: stage.portal.clock.now)
            for table in ["db_updates_openings", "db_updates_runs"] {
                #expect(
                    try await stage.portal.database.read { try await $0.query("SELECT expires_at FROM \(table)", []) }
                        .isEmpty)
            }
        }
    }

    @Test(
        "only an address of this area is gone to after it",
        arguments: ["//evil.example", "/account", "https://evil.example", ""])
    func openRedirect(_ address: String) async throws {
        try await FakeDatabase.visit { browser, _ in
            let opened = try await browser.openDBUpdates(returnTo: address)
            #expect(opened.headers[.location] == "/db-updates")
        }
    }

    @Test(
        "it is for administrators: others find no menu entry, and every path is refused",
        arguments: ["operator", "viewer"])
    func roles(_ role: String) async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("DELETE FROM skills")
            let token = try Browser.formToken(in: page)
            #expect(try await browser.get("/").text.contains("href=\"/db-updates\""))
            try await stage.portal.database.write {
                _ = try await $0.execute("UPDATE users SET roles = ?", [.text(role)])
            }
            #expect(!(try await browser.get("/").text.contains("/db-updates")))
            for path in ["/db-updates", address, address + "/csv"] {
                #expect(try await browser.get(path).status == .forbidden, "\(path)")
            }
            let forms = ["/db-updates/open", "/db-updates/close", "/db-updates/runs", address + "/confirm"]
            for path in forms {
                let answer = try await browser.post(path, ["form_token": token, "sql": "SELECT 1", "password": "x"])
                #expect(answer.status == .forbidden, "\(path)")
            }
            #expect(stage.statements.isEmpty)
        }
    }

    @Test("where they are off there is no such path and no entry in the menu", arguments: [nil, "false"])
    func off(_ setting: String?) async throws {
        var extra = ["PLANT_GATEWAY_URL": "http://127.0.0.1:9", "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"]
        extra["ENABLE_DB_UPDATES"] = setting
        let portal = try await TestPortal(extra: extra)
        #expect(!portal.routes.contains { $0.path.contains("db-updates") })
        try await portal.test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let home = try await browser.get("/")
            #expect(!home.text.contains("db-updates"))
            #expect(home.text.contains("href=\"/farms\""))
            #expect(try await browser.get("/db-updates").status == .notFound)
            let token = try Browser.formToken(in: home)
            #expect(
                try await browser.post("/db-updates/runs", ["sql": "SELECT 1", "form_token": token]).status == .notFound
            )
        }
    }

    @Test("a customer portal has none, nor one that knows no gateway")
    func elsewhere() async throws {
        let customer = try await TestPortal(
            .customer, extra: FakeDatabase.on.merging(["PLANT_GATEWAY_URL": "http://127.0.0.1:9"]) { $1 })
        #expect(!customer.routes.contains { $0.path.contains("db-updates") })
        let alone = try await TestPortal(extra: FakeDatabase.on)
        #expect(alone.routes.filter { $0.path.contains("db-updates") }.map(\.path) == ["/api/v1/auth/db-updates-token"])
    }
}
