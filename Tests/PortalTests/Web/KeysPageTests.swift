import Contracts
import Fleet
import Foundation
import HTTPKit
import HTTPTypes
import HummingbirdTesting
import Secrets
import TestSupport
import Testing
import Tokens

@testable import Portal

@Suite("The keys page")
struct KeysPageTests {
    private static func browser(_ client: Client) async throws -> Browser {
        var browser = Browser(client)
        _ = try await browser.signIn()
        return browser
    }

    private static func keep(_ portal: TestPortal, kid: String, instance: String = "host-1") async throws {
        var report = FleetRoutesTests.report("gateway", instance)
        report.keys = [FleetKey(kid: kid, algorithm: "HS256", state: "current", verified: true)]
        _ = try await portal.stores.fleet?.keep(report, now: portal.clock.now)
    }

    @Test(
        "a replica that reports another key is named with both kids and sources, and on every page an alarm leads here")
    func drift() async throws {
        let portal = try await TestPortal()
        let own = try #require(portal.ring.current?.id.rawValue)
        try await Self.keep(portal, kid: own)
        try await portal.test { client in
            var browser = try await Self.browser(client)
            #expect(try await browser.get("/keys").text.contains("Every service holds the key"))
            let calm = try await browser.get("/account").text
            #expect(!calm.contains("class=\"alarm\""))
            try await Self.keep(portal, kid: "k1")
            let keys = try await browser.get("/keys").text
            for part in ["1 of 2 services needs attention", "host-1", own, "k1", "file A", "JWT_SECRET", "0.1.0"] {
                #expect(keys.contains(part))
            }
            for path in ["/", "/account"] {
                let page = try await browser.get(path).text
                #expect(page.contains("class=\"alarm\" role=\"alert\"><a href=\"/keys\">"))
            }
        }
    }

    @Test("what a replica reports is text on the page, whatever it is")
    func markup() async throws {
        let portal = try await TestPortal()
        try await Self.keep(portal, kid: "<img src=x onerror=alert(1)>")
        try await portal.test { client in
            var browser = try await Self.browser(client)
            let page = try await browser.get("/keys").text
            #expect(!page.contains("<img src=x"))
            #expect(page.contains("&lt;img src=x"))
        }
    }

    @Test("refused tokens are told by reason with what it means, how many, where and naming which key")
    func refused() async throws {
        let portal = try await TestPortal()
        var report = FleetRoutesTests.report("gateway", "host-1")
        let now = portal.clock.now
        report.refusals = [
            FleetRefusals(code: "unknown_key", kid: "k9", count: 41, firstAt: now - 60, lastAt: now),
            FleetRefusals(code: "something_new", count: 1, firstAt: now, lastAt: now),
        ]
        _ = try await portal.stores.fleet?.keep(report, now: now)
        try await portal.test { client in
            var browser = try await Self.browser(client)
            let page = try await browser.get("/keys").text
            for part in ["unknown_key", "different secrets", "gateway host-1: 41, naming k9", "something_new"] {
                #expect(page.contains(part))
            }
        }
    }

    @Test("a browser's token that is renewed is no refused token; one that a client sends too late is")
    func renewedIsNotRefused() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let late = try await client.tokens().accessToken
            var browser = try await Self.browser(client)
            portal.clock.advance(3600)
            #expect(try await browser.get("/keys").status == .ok)
            #expect(portal.refusals.recent(now: portal.clock.now).isEmpty)
            #expect(try await client.get("me", as: late).status == .unauthorized)
            #expect(portal.refusals.recent(now: portal.clock.now).map(\.code) == ["expired"])
        }
    }

    @Test("each code that a token can be refused with has its explanation")
    func explained() throws {
        let texts = try Texts(json: WebFiles.texts)
        let errors: [TokenError] = [
            .malformed(""), .unsupportedAlgorithm(""), .unknownKey(KeyID("k")), .badSignature(nil),
            .expired(at: 0), .notYetValid(at: 0), .wrongIssuer(""), .wrongAudience, .roleNotAllowed(""),
            .tokenTooLong(bytes: 0), .revoked(KeyID("k")),
        ]
        for error in errors { #expect(texts.known("refused.\(error.code)") != nil) }
    }

    @Test("where the ring can't be written to, the page says why, and no form begins a rotation")
    func notWritable() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            var browser = try await Self.browser(client)
            let page = try await browser.get("/keys")
            #expect(page.text.contains("can’t be written to from here"))
            #expect(!page.text.contains("/keys/rotation/begin"))
            let token = try Browser.formToken(in: page)
            let answer = try await browser.post("/keys/rotation/begin", ["form_token": token])
            #expect(answer.status == .conflict)
        }
    }

    @Test("a token is looked into without a trace of it in answer, log or audit trail")
    func inspector() async throws {
        let portal = try await TestPortal()
        try await portal.test { client in
            let token = try await client.tokens().accessToken
            var browser = try await Self.browser(client)
            let form = try Browser.formToken(in: await browser.get("/keys"))
            let answer = try await browser.post("/keys/inspect", ["token": token, "form_token": form])
            #expect(answer.status == .ok)
            #expect(answer.text.contains(">valid<"))
            #expect(answer.text.contains("lockstep-platform"))
            let signature = String(token.split(separator: ".")[2])
            #expect(!answer.text.contains(signature))
            #expect(!portal.log.text.contains(signature))
            let audited = try await portal.stores.audit.latest(100)
            #expect(!audited.contains { "\($0)".contains(signature) })
            let broken = try await browser.post(
                "/keys/inspect", ["token": "<script>alert(1)</script>", "form_token": form])
            #expect(broken.text.contains("malformed_token"))
            #expect(!broken.text.contains("<script>alert"))
            let another = try await browser.post("/keys/inspect", ["token": token, "form_token": "x"])
            #expect(another.status == .forbidden)
        }
    }

    /// How often `news` looked at `script` until it had news, three looks being fifteen seconds.
    private static func looks(_ script: Script, shown: Int? = nil, times: Int) async throws -> [Int] {
        let news = LiveNews(every: .seconds(5), shown: shown, sleep: { _ in }, look: { try await script.next() })
        var looks: [Int] = []
        for _ in 0..<times {
            let before = await script.looks
            #expect(try await news.next())
            looks.append(await script.looks - before)
        }
        return looks
    }

    @Test("what is seen first is news, as the page may be older, then what is not as it was; or fifteen seconds are")
    func news() async throws {
        let looks = try await Self.looks(Script([1, 1, 2, 2, 2, 2, 3]), times: 4)
        #expect(looks == [1, 2, 3, 1])
    }

    @Test("what can't be looked at is no news")
    func away() async throws {
        let looks = try await Self.looks(Script([nil, 1, nil, 1, nil, nil]), times: 3)
        #expect(looks == [2, 3, 3])
    }

    @Test("a page that waits for one thing hears of it alone, though it came before anybody listened")
    func shown() async throws {
        let looks = try await Self.looks(Script([1, 2]), shown: 1, times: 1)
        #expect(looks == [2])
    }

    private actor Script {
        private var values: [Int?]
        private(set) var looks = 0
        init(_ values: [Int?]) { self.values = values }

        func next() throws -> Int {
            looks += 1
            guard !values.isEmpty, let value = values.removeFirst() else { throw CancellationError() }
            return value
        }
    }

    @Test("without a session there are no news")
    func closed() async throws {
        try await TestPortal().test { client in
            let answer = try await client.send(.get, "/keys/live")
            #expect(answer.status == .unauthorized)
        }
    }
}
