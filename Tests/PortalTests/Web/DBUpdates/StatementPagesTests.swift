import Foundation
import HTTPTypes
import HummingbirdTesting
import Storage
import TestSupport
import Testing

@testable import Portal

@Suite("Statements in a browser") struct StatementPagesTests {
    @Test("what reads runs at once, through the gateway, with the opened token and its limits; the answer is shown")
    func reads() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("SELECT id\r\nFROM skills", ["max_rows": "7", "seconds": "2"])
            #expect(address.hasPrefix("/db-updates/runs/"))
            #expect(!address.contains("SELECT"))
            let body = try #require(stage.statements.first)
            let order = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            #expect(order["sql"] as? String == "SELECT id\nFROM skills")
            #expect(order["confirm"] as? Bool == true)
            #expect(order["max_rows"] as? Int == 7)
            #expect(order["timeout_ms"] as? Int == 2000)
            let tokens = Set(
                stage.gateway.requests.filter { $0.path.hasPrefix("/api/v1/admin") }
                    .flatMap { $0.values("authorization") })
            #expect(tokens.count == 1)
            // The history is read with the session's own token.
            let own = stage.gateway.requests.first { $0.path == "/api/v1/audit" }?.values("authorization").first
            #expect(own.map(tokens.contains) == false)
            for shown in [
                "3 rows · 0 rows changed · 12 ms", "<em class=\"quiet\">null</em>", "blob, 4 bytes", "9007199254740993",
                "<td class=\"number\">NaN</td>", "<td class=\"number\">-2.5</td>", "empty text",
                "\nSELECT id\nFROM skills</textarea>",
                "value=\"7\"",
            ] { #expect(page.text.contains(shown), "\(shown)") }
            // Looked at again and as a file: it ran once.
            _ = try await browser.get(address)
            _ = try await browser.get(address + "/csv")
            #expect(stage.statements.count == 1)
            #expect(stage.gateway.requests.count { $0.path == FakeDatabase.connectionPath } == 1)
        }
    }

    @Test(
        "anything else is shown whole before it runs, with what will happen",
        arguments: [
            "DELETE FROM skills", "update skills set level = 1", "INSERT INTO skills (id) VALUES ('x') RETURNING id",
            "WITH gone AS (DELETE FROM skills RETURNING id) SELECT id FROM gone", "-- note\nSELECT 1", "(SELECT 1)",
            "SELECTED", "\u{FEFF}DELETE FROM skills",
        ])
    func asks(_ sql: String) async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run(sql, ["max_rows": "3"])
            #expect(stage.statements.isEmpty)
            #expect(page.text.contains("<pre class=\"statement\""))
            #expect(page.text.contains(PageText(sql).renderText))
            #expect(page.text.contains("3 rows"))
            #expect(page.text.contains("/data/"))
            let form = ["form_token": try Browser.formToken(in: page)]
            let sent = try await browser.post(address + "/confirm", form)
            #expect(sent.status == .seeOther)
            #expect(sent.headers[.location] == address)
            #expect(stage.statements.count == 1)
            #expect(try await browser.get(address).text.contains("0 rows changed"))
        }
    }

    @Test("a confirmed statement runs once: sent again, one after the other or at the same time, it does not run again")
    func once() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("DELETE FROM skills")
            let form = ["form_token": try Browser.formToken(in: page)]
            let hands = browser
            try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        var hand = hands
                        return try await hand.post(address + "/confirm", form).status
                    }
                }
                for try await status in group { #expect(status == .seeOther) }
            }
            for _ in 0..<2 { #expect(try await browser.post(address + "/confirm", form).status == .seeOther) }
            #expect(stage.statements.count == 1)
            let ended = try await browser.get(address).text
            #expect(!ended.contains("/confirm"))
        }
    }

    @Test("it is open at every replica of the portal, and what is confirmed at two of them runs once")
    func replicas() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("DELETE FROM skills")
            let form = ["form_token": try Browser.formToken(in: page)]
            let here = browser
            let second = try await TestPortal(
                extra: stage.portal.variables, database: stage.portal.database, clock: stage.portal.clock)
            try await second.test { client in
                var there = Browser(client)
                there.plant("lockstep_platform_session", try #require(here.sessionCookie))
                #expect(try await there.get(address).text.contains("DELETE FROM skills"))
                _ = try await there.post(address + "/confirm", form)
                var again = here
                _ = try await again.post(address + "/confirm", form)
                #expect(try await again.get(address).text.contains("0 rows changed"))
                #expect(stage.statements.count == 1)
            }
        }
    }

    @Test("a read does not run again by its confirmation either")
    func readOnce() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("SELECT 1")
            _ = try await browser.post(address + "/confirm", ["form_token": try Browser.formToken(in: page)])
            #expect(stage.statements.count == 1)
        }
    }

    @Test("typed while it was closed, a statement waits for the password and then for its author's word")
    func closedMeanwhile() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let token = try Browser.formToken(in: try await browser.get("/db-updates"))
            stage.portal.clock.advance(300)
            let sent = try await browser.post(
                "/db-updates/runs", ["sql": "SELECT name FROM skills", "form_token": token])
            let address = try #require(sent.headers[.location])
            let asked = try await browser.get(address)
            #expect(asked.text.contains("name=\"return_to\" value=\"\(address)\""))
            #expect(try await browser.post(address + "/confirm", ["form_token": token]).status == .seeOther)
            #expect(stage.statements.isEmpty)
            #expect(try await browser.openDBUpdates(returnTo: address).headers[.location] == address)
            let page = try await browser.get(address)
            #expect(page.text.contains("SELECT name FROM skills"))
            #expect(stage.statements.isEmpty)
            _ = try await browser.post(address + "/confirm", ["form_token": token])
            #expect(stage.statements.count == 1)
        }
    }

    static let refusals: [(UpstreamServer.Answer, [String])] = [
        (
            FakeDatabase.problem(
                422, "statement_invalid",
                "The database says: near \"FORM\" <img src=x onerror=alert(1)> (at character 12)."),
            [
                "does not understand", "&lt;img src=x onerror=alert(1)&gt;", "Line 2, column 5", "Mend the statement",
            ]
        ),
        (
            FakeDatabase.problem(403, "statement_refused", "Not allowed here: audit_log."),
            ["Not allowed here", "audit_log"]
        ),
        (FakeDatabase.problem(422, "statement_limit", "It took longer than it may."), ["takes more than it may"]),
        (
            FakeDatabase.problem(503, "db_updates_not_ready", "Set DB_UPDATES_DATABASE_URL."),
            ["DB_UPDATES_DATABASE_URL"]
        ),
        (FakeDatabase.problem(500, "outcome_unknown", "The connection was lost."), ["Whether it was committed"]),
        (FakeDatabase.problem(401, "unknown_key", "d"), ["unknown_key"]),
        (FakeDatabase.problem(404, "not_found", "d"), ["ENABLE_DB_UPDATES=true"]),
        (.close, ["it may have run"]), (.json("{}"), ["can’t be read", "It may have run"]),
        (.respond(status: 502, body: Array("<b>gateway</b>".utf8)), ["http_502"]),
    ]

    @Test(
        "what the database or the plant refuses is said, with the place and what to do, and what was typed stays",
        arguments: refusals)
    func refused(_ answer: UpstreamServer.Answer, _ words: [String]) async throws {
        try await FakeDatabase.visit(.init(answer: answer)) { browser, stage in
            _ = try await browser.openDBUpdates()
            let (_, page) = try await browser.run("SELECT\n1, FORM skills")
            #expect(page.status == .ok)
            for word in words { #expect(page.text.contains(word), "\(word)") }
            #expect(page.text.contains("\nSELECT\n1, FORM skills</textarea>"))
            #expect(!page.text.contains("<img src=x"))
            #expect(!page.text.contains("<b>gateway"))
            #expect(stage.statements.count == 1)
        }
    }

    @Test("markup in columns, values, statements, the database's name and the history is text")
    func markup() async throws {
        try await FakeDatabase.visit { browser, _ in
            _ = try await browser.openDBUpdates()
            let typed = "SELECT '</textarea><script>alert(1)</script>' AS \"<img src=x>\""
            let (_, page) = try await browser.run(typed)
            let (_, confirmation) = try await browser.run("DELETE FROM \"</pre><img src=x onerror=alert(1)>\"")
            #expect(page.text.contains("<th scope=\"col\">\(FakeDatabase.escaped)</th>"))
            #expect(page.text.contains("<td>\(FakeDatabase.escaped)</td>"))
            #expect(page.text.contains("&lt;/textarea&gt;&lt;script&gt;"))
            #expect(confirmation.text.contains("&lt;/pre&gt;&lt;img src=x onerror=alert(1)&gt;"))
            for html in [page.text, confirmation.text] {
                #expect(!html.contains("<img src=x"))
                #expect(!html.contains("<script>"))
            }
        }
    }

    @Test("what can't be accepted marks its field, and stays as it was typed")
    func faults() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let token = try Browser.formToken(in: try await browser.get("/db-updates"))
            func send(_ fields: [String: String]) async throws -> TestResponse {
                var visitor = browser
                return try await visitor.post("/db-updates/runs", fields.merging(["form_token": token]) { $1 })
            }
            let empty = try await send(["sql": " \r\n "])
            #expect(empty.status == .unprocessableContent)
            #expect(empty.text.contains("id=\"sql-fault\""))
            let numbers = try await send(["sql": "SELECT 1", "max_rows": "many", "seconds": "99"])
            #expect(numbers.text.contains("id=\"max_rows-fault\""))
            #expect(numbers.text.contains("id=\"seconds-fault\""))
            #expect(numbers.text.contains("value=\"many\""))
            #expect(numbers.text.contains("\nSELECT 1</textarea>"))
            let long = try await send(["sql": String(repeating: "x", count: Statement.maximumBytes + 1)])
            #expect(long.text.contains("longer than 64 KiB"))
            let whole = try await send(["sql": "DELETE " + String(repeating: "ä", count: 32_000)])
            #expect(whole.status == .seeOther)
            let endless = try await send(["sql": String(repeating: "x", count: DBUpdatesPages.formBytes)])
            #expect(endless.status == .contentTooLarge)
            #expect(stage.statements.isEmpty)
        }
    }

    @Test(
        "a form from elsewhere, or without the session's token, runs nothing",
        arguments: [
            ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "", "Origin": "https://evil.example"], [:],
        ])
    func forged(_ headers: [String: String]) async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let (address, page) = try await browser.run("DELETE FROM skills")
            let token = headers.isEmpty ? "AAAA" : try Browser.formToken(in: page)
            var fields = HTTPFields()
            for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
            let forms = [
                ("/db-updates/runs", ["sql": "SELECT 1"]), (address + "/confirm", [:]), ("/db-updates/close", [:]),
                ("/db-updates/open", ["password": TestPortal.adminPassword]),
            ]
            for (path, form) in forms {
                let answer = try await browser.post(path, form.merging(["form_token": token]) { $1 }, headers: fields)
                #expect(answer.status == .forbidden, "\(path)")
            }
            // No address runs anything by being opened.
            #expect(try await browser.get(address + "/confirm").status.code / 100 == 4)
            #expect(stage.statements.isEmpty)
            #expect(try await browser.get("/db-updates").text.contains("name=\"sql\""))
        }
    }

    @Test("the person's statements are listed from the plant's audit log, each once, and put into the editor again")
    func history() async throws {
        try await FakeDatabase.visit { browser, stage in
            _ = try await browser.openDBUpdates()
            let page = try await browser.get("/db-updates").text
            #expect(page.contains("1 row changed"))
            #expect(page.contains("The database does not understand it"))
            #expect(page.contains("not known: look at the rows"))
            #expect(page.contains("SELEC &lt;img src=x&gt;"))
            let links = page.matches(of: /href="\/db-updates\?entry=(\d+)"/).map { String($0.1) }
            #expect(links == ["14", "12", "10"])
            let asked = try #require(stage.gateway.requests.last { $0.path == "/api/v1/audit" }).target
            let user = try await stage.portal.stores.audit.latest(20).compactMap(\.actor).first
            #expect(asked.contains("actor=\(try #require(user))"))
            #expect(asked.contains("action=db.execute"))
            let again = try await browser.get("/db-updates?entry=10")
            #expect(again.text.contains("\nUPDATE skills\nSET level = 3</textarea>"))
            #expect(again.text.contains("first 7 KiB"))
            #expect(
                stage.gateway.requests.contains { $0.target.contains("before=11") && $0.target.contains("limit=1") })
            #expect(stage.statements.isEmpty)
            #expect(try await browser.get("/db-updates?entry=99").text.contains("none of your statements"))
        }
    }

    @Test(
        "a history that does not come keeps nobody from the editor, nor does a plant that tells nothing of its database"
    )
    func halfThere() async throws {
        var facts = FakeDatabase.Facts()
        facts.audit = FakeDatabase.problem(403, "forbidden", "d")
        facts.connection = FakeDatabase.problem(404, "not_found", "d")
        try await FakeDatabase.visit(facts) { browser, _ in
            _ = try await browser.openDBUpdates()
            let page = try await browser.get("/db-updates")
            #expect(page.status == .ok)
            #expect(page.text.contains("name=\"sql\""))
            #expect(page.text.contains("DB updates are off at the plant"))
            #expect(try await browser.run("DELETE FROM x").page.text.contains("Run this statement?"))
        }
    }

    @Test("a session keeps its last ten statements, for half an hour")
    func bounded() async throws {
        try await FakeDatabase.visit(extra: ["DB_UPDATES_TOKEN_SECONDS": "900"]) { browser, stage in
            _ = try await browser.openDBUpdates()
            let (first, _) = try await browser.run("SELECT 1")
            for number in 2...11 {
                stage.portal.clock.advance(1)
                _ = try await browser.run("SELECT \(number)")
            }
            #expect(try await browser.get(first).status == .notFound)
            let kept = try await stage.portal.database.read { try await $0.query("SELECT id FROM db_updates_runs", []) }
            #expect(kept.count == 10)
        }
    }
}
