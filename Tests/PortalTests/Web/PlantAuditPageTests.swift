import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite("The plant's audit log on the page")
struct PlantAuditPageTests {
    private static func entry(
        actor: String = "lockstep-plant", issuer: String = "x", action: String = "customers.createCustomer",
        outcome: String = "done", details: String = "{}"
    ) -> String {
        """
        {"position":7,"at":"2026-01-02T03:04:05Z","actor":"\(actor)","issuer":"\(issuer)","roles":["admin"],\
        "action":"\(action)","resource_kind":"customers","resource_id":"c-1","outcome":"\(outcome)",\
        "request_id":"r-1","address":"192.0.2.7","details":"\(details)","hash":"h"}
        """
    }

    /// A portal whose plant tells these entries.
    private static func visit(
        _ entries: @Sendable @escaping (UpstreamServer.Received) -> [String], next: String = "null",
        _ body: @Sendable @escaping (inout Browser, UpstreamServer) async throws -> Void
    ) async throws {
        try await UpstreamServer.with({ request in
            request.path == "/api/v1/audit/head"
                ? .json(#"{"head":"log:7:abc"}"#)
                : .json("{\"data\":[\(entries(request).joined(separator: ","))],\"next\":\(next)}")
        }) { gateway in
            let variables = ["PLANT_GATEWAY_URL": gateway.url, "PORTAL_SERVICE_URLS": "http://127.0.0.1:9"]
            try await TestPortal(extra: variables).test { client in
                var browser = Browser(client)
                _ = try await browser.signIn()
                try await body(&browser, gateway)
            }
        }
    }

    /// Of the last question for entries.
    private static func query(_ gateway: UpstreamServer) -> String? {
        gateway.requests.last { $0.path == "/api/v1/audit" }?.target.split(separator: "?").last.map(String.init)
    }

    @Test("entries stand with who, what and outcome, the log's head below, older ones behind a link")
    func shown() async throws {
        try await Self.visit({ _ in [Self.entry(), Self.entry(outcome: "refused:forbidden")] }, next: "7") {
            browser, _ in
            let page = try await browser.get("/audit/plant?action=customers").text
            for part in [
                "customers.createCustomer", "lockstep-plant", "192.0.2.7", "#7", "log:7:abc", ">forbidden</span>",
                "2026-01-02T03:04:05Z", "href=\"/audit/plant?request=r-1\"",
                "href=\"/audit/plant?action=customers&amp;before=7\"",
            ] { #expect(page.contains(part), "\(part)") }
        }
    }

    @Test("an address is asked for as the subject it has here; what else is asked for goes as it is")
    func questions() async throws {
        try await Self.visit({ _ in [] }) { browser, gateway in
            let page = try await browser.get(
                "/audit/plant?by=\(TestPortal.adminEmail)&action=skills&outcome=refused&about=s-1&request=r%262&before=9"
            ).text
            #expect(page.contains("Nothing is recorded that fits"))
            let asked = try #require(Self.query(gateway))
            #expect(asked.hasPrefix("actor="))
            #expect(!asked.contains("%40"))
            #expect(
                asked.hasSuffix(
                    "&action=skills&outcome=refused&resource_id=s-1&request_id=r%262&before=9&limit=50"))
            _ = try await browser.get("/audit/plant?by=nobody@example.com&outcome=odd&before=-1")
            let other = try #require(Self.query(gateway))
            #expect(other == "actor=nobody%40example.com&limit=50")
            // As a browser sends the form.
            _ = try await browser.get("/audit/plant?by=&action=&outcome=&about=spring+sheet&request=")
            #expect(Self.query(gateway) == "resource_id=spring%20sheet&limit=50")
        }
    }

    @Test("who acted is named by the address of this portal's account, and only where this portal issued the token")
    func names() async throws {
        try await Self.visit({ request in
            let subject = request.target.firstMatch(of: /actor=([^&]+)/).map { String($0.1) } ?? ""
            return [PortalKind.platform.defaultIssuer, "another-portal"].map { Self.entry(actor: subject, issuer: $0) }
        }) { browser, gateway in
            let page = try await browser.get("/audit/plant?by=\(TestPortal.adminEmail)").text
            let subject = try #require(Self.query(gateway)?.firstMatch(of: /actor=([^&]+)/)?.1)
            let who = page.matches(of: /data-label="By">([^<]+)</).map { String($0.1) }
            #expect(who == [TestPortal.adminEmail, String(subject)])
        }
    }

    @Test("what the plant recorded is text on the page")
    func markup() async throws {
        let attack = "<img src=x onerror=alert(1)>"
        let entry = Self.entry(actor: attack, action: attack, outcome: "refused:\(attack)", details: attack)
        try await Self.visit({ _ in [entry] }) { browser, _ in
            let page = try await browser.get("/audit/plant?by=%3Cscript%3E").text
            #expect(!page.contains("<img src=x"))
            #expect(!page.contains("<script>"))
            #expect(page.contains("&lt;img src=x"))
        }
    }

    @Test("the portal's own trail leads to the plant's; without a gateway there is none")
    func beside() async throws {
        try await Self.visit({ _ in [] }) { browser, _ in
            let page = try await browser.get("/audit").text
            #expect(page.contains("href=\"/audit/plant\""))
        }
        try await TestPortal().test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let page = try await browser.get("/audit").text
            #expect(!page.contains("/audit/plant"))
            let answer = try await browser.get("/audit/plant")
            #expect(answer.status == .notFound)
        }
    }
}
