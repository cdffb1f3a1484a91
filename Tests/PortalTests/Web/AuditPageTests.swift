import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite("The audit trail's page")
struct AuditPageTests {
    private static func browser(_ client: Client) async throws -> Browser {
        var browser = Browser(client)
        _ = try await browser.signIn()
        return browser
    }

    private static func event(_ portal: TestPortal, _ index: Int, detail: String = "") async throws {
        try await portal.stores.audit.record(
            AuditEvent(
                id: "e-\(index / 10)\(index % 10)", at: portal.clock.now - 1000 - Int64(index / 2),
                kind: .outboxRetried,
                outcome: .success, actor: nil, subject: "message-\(index)", address: "127.0.0.1", requestID: "r",
                detail: detail))
    }

    @Test("the reuse of a stolen refresh token ends the session and stands in the trail, found by event and outcome")
    func reuse() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let stolen = try await client.tokens()
            _ = try await client.refresh(stolen.refreshToken)
            portal.clock.advance(60)
            #expect(try await client.refresh(stolen.refreshToken).status == .unauthorized)
            var browser = try await Self.browser(client)
            for query in ["", "?event=refresh.reused", "?outcome=failure", "?about=\(stolen.sessionID)"] {
                let page = try await browser.get("/audit" + query).text
                #expect(page.contains("a spent refresh token came back"))
                #expect(page.contains(stolen.sessionID))
                #expect(page.contains(TestPortal.adminEmail))
            }
            let others = try await browser.get("/audit?event=session.logout").text
            #expect(!others.contains("a spent refresh token came back"))
            #expect(others.contains("Nothing is recorded that fits"))
        }
    }

    @Test("pages go on behind the last event of the one before, each event once, also where times are equal")
    func paging() async throws {
        let portal = try await TestPortal()
        for index in 0..<60 { try await Self.event(portal, index) }
        try await portal.test { client in
            var browser = try await Self.browser(client)
            var seen: [String] = []
            var next: String? = "/audit?event=outbox.retried"
            var pages = 0
            while let path = next {
                let page = try await browser.get(path).text
                seen += page.matches(of: /message-\d+/).map { String($0.0) }
                next = page.firstMatch(of: /<a href="(\/audit\?[^"]+)"/).map {
                    String($0.1).replacing("&amp;", with: "&")
                }
                pages += 1
            }
            #expect(pages == 2)
            #expect(seen.count == 60)
            #expect(Set(seen).count == 60)
        }
    }

    @Test("what was recorded is text on the page; what was asked for is too; odd questions are no faults")
    func markup() async throws {
        let portal = try await TestPortal()
        try await Self.event(portal, 1, detail: "<img src=x onerror=alert(1)>")
        try await portal.test { client in
            var browser = try await Self.browser(client)
            let page = try await browser.get("/audit?about=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
            #expect(page.contains("&lt;script&gt;"))
            #expect(!page.contains("<script>"))
            let all = try await browser.get("/audit?event=nothing&outcome=x&before=y").text
            #expect(all.contains("&lt;img src=x"))
            #expect(!all.contains("<img src=x"))
        }
    }

    @Test("a search of two words finds, as browsers send them and as links do", arguments: ["+", "%20"])
    func twoWords(_ blank: String) async throws {
        let portal = try await TestPortal()
        for subject in ["spring sheet", "spring+sheet"] {
            try await portal.stores.audit.record(
                AuditEvent(
                    id: subject, at: 1, kind: .outboxRetried, outcome: .success, actor: nil, subject: subject,
                    address: "127.0.0.1", requestID: "r", detail: "of \(subject)"))
        }
        try await portal.test { client in
            var browser = try await Self.browser(client)
            let found = try await browser.get("/audit?event=&outcome=&about=spring\(blank)sheet").text
            #expect(found.contains("of spring sheet"))
            #expect(!found.contains("of spring+sheet"))
            #expect(found.contains("value=\"spring sheet\""))
            let plus = try await browser.get("/audit?about=spring%2Bsheet").text
            #expect(plus.contains("of spring+sheet"))
        }
    }

    @Test("the trail is for those whose business it is")
    func roles() {
        for (role, isOpen) in [
            ("super_admin", true), ("admin", true), ("infrastructure_engineer", true), ("viewer", false),
            ("helpdesk_agent", false), ("customer_admin", false),
        ] {
            #expect(Area.audit.isOpen(to: [role]) == isOpen)
        }
    }
}
