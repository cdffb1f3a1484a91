import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite struct FarmPagesTests {
    @Test("the farms, a farm and a block are asked of the gateway in the visitor's name, and shown")
    func shown() async throws {
        try await FakePlant.visit { browser, _, gateway in
            let list = try await browser.get("/farms")
            #expect(list.status == .ok)
            #expect(list.text.contains("FCD2"))
            #expect(list.text.contains("1 active alert"))
            let farm = try await browser.get(FakePlant.farmPath)
            #expect(farm.status == .ok)
            #expect(farm.text.contains("F001-005"))
            #expect(farm.text.contains("120.5 of 200 kg") || farm.text.contains("121 of 200 kg"))
            #expect(farm.text.contains("80 of 100 plants"))
            let block = try await browser.get(FakePlant.blockPath)
            #expect(block.status == .ok)
            #expect(block.text.contains("Change state"))
            for request in gateway.requests {
                #expect(request.values("authorization").first?.hasPrefix("Bearer eyJ") == true)
                #expect(request.values("x-request-id").count == 1)
            }
        }
    }

    @Test("a block beyond the first hundred tells what stands there as well, and an empty one what would find room")
    func beyondTheFirstHundred() async throws {
        var facts = FakePlant.Facts()
        facts.listed = FarmAnswers.list(
            [FarmAnswers.listedBlock(code: "F001-101"), FarmAnswers.listedBlock("empty", code: "F001-102")], page: 2)
        try await FakePlant.visit(facts) { browser, _, gateway in
            let page = try await browser.get(FakePlant.farmPath + "?page=2").text
            let cards = page.split(separator: "<li class=\"card\">").dropFirst().prefix(2).map(String.init)
            try #require(cards.count == 2)
            #expect(cards[0].contains("F001-101"))
            #expect(cards[0].contains("<p><b>&lt;img src=x"))
            #expect(cards[0].contains("80 of 100 plants"))
            #expect(cards[0].contains("bar-fill\" width=\"80\""))
            #expect(cards[0].contains("of 200 kg"))
            #expect(cards[1].contains("F001-102"))
            #expect(cards[1].contains("room for 100 plants"))
            #expect(cards[1].contains("bar-fill\" width=\"0\""))
            // What the list of blocks tells, the dashboard is not asked for once more.
            #expect(gateway.requests.last { $0.path.contains("/dashboard/") }?.target.hasSuffix("?blocks=0") == true)
        }
    }

    @Test("the token is on no page, in no header and in no address that the browser sees")
    func noToken() async throws {
        try await FakePlant.visit { browser, _, gateway in
            var answers: [TestResponse] = []
            for path in ["/farms", FakePlant.farmPath, FakePlant.blockPath] {
                answers.append(try await browser.get(path))
            }
            let bearer = try #require(gateway.requests.first?.values("authorization").first)
            let token = String(bearer.dropFirst("Bearer ".count))
            for answer in answers {
                let whole = answer.text + answer.headers.map(\.value).joined(separator: " ")
                #expect(!whole.contains(token))
                #expect(!whole.contains("eyJ"))
            }
        }
    }

    @Test(
        "markup in every field that people fill is text on every page",
        arguments: ["/farms", FakePlant.farmPath, FakePlant.blockPath])
    func markup(path: String) async throws {
        try await FakePlant.visit { browser, _, _ in
            let page = try await browser.get(path).text
            #expect(!page.contains("<img src=x"))
            #expect(!page.contains("onerror=alert(1)>\""))
            #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;"))
        }
    }

    @Test("markup in a filter is text in its field")
    func markupInFilter() async throws {
        try await FakePlant.visit { browser, _, gateway in
            let page = try await browser.get(FakePlant.farmPath + "?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
            #expect(page.status == .ok)
            #expect(page.text.contains("value=\"&quot;&gt;&lt;script&gt;"))
            #expect(!page.text.contains("<script>alert"))
            let asked = try #require(gateway.requests.last { $0.path.hasSuffix("/blocks") })
            #expect(asked.target.contains("q=%22%3E%3Cscript%3E"))
        }
    }

    @Test(
        "filters go along with the question, and what is no filter is left out",
        arguments: [
            (
                "?state=growing&type=greenhouse&q=F001+a&page=2",
                ["state=growing", "type=greenhouse", "q=F001%20a", "page=2"]
            ),
            ("?state=sleeping&type=cellar&q=&page=x", ["page=1"]), ("?page=-5", ["page=1"]),
        ])
    func filters(query: String, asked: [String]) async throws {
        try await FakePlant.visit { browser, _, gateway in
            #expect(try await browser.get(FakePlant.farmPath + query).status == .ok)
            let target = try #require(gateway.requests.last { $0.path.hasSuffix("/blocks") }).target
            let pairs = Set(target.drop { $0 != "?" }.dropFirst().split(separator: "&").map(String.init))
            #expect(pairs == Set(asked + ["perPage=100"]))
        }
    }

    @Test("somebody without farms is told what to do: seed or add where they may, wait where they may not")
    func empty() async throws {
        var facts = FakePlant.Facts()
        facts.hasFarms = false
        try await FakePlant.visit(facts) { browser, _, _ in
            let page = try await browser.get("/farms").text
            #expect(page.contains("lockstep seed farm"))
            #expect(page.contains("action=\"/farms\""))
        }
        try await FakePlant.visit(facts, kind: .customer) { browser, _, _ in
            let page = try await browser.get("/farms").text
            #expect(page.contains("No farm is yours yet"))
            #expect(!page.contains("action=\"/farms\""))
        }
    }

    @Test("a customer sees the farms read only", arguments: ["/farms", FakePlant.farmPath, FakePlant.blockPath])
    func readOnly(path: String) async throws {
        try await FakePlant.visit(kind: .customer) { browser, _, _ in
            let page = try await browser.get(path)
            #expect(page.status == .ok)
            let forms = page.text.matches(of: /<form method="post" action="([^"]+)"/).map { String($0.1) }
            #expect(forms == ["/logout"])
        }
    }

    @Test("a viewer's pages have no forms either: they are for those who may operate")
    func viewer() async throws {
        let samples = try await SamplePages()
        let viewer = try samples.visitor("viewer")
        for page in try FarmSamples(parts: samples.parts, visitor: viewer).all where !(page is ConfirmPage) {
            let html = try samples.parts.pages.html(page)
            let forms = html.matches(of: /<form method="post" action="([^"]+)"/).map { String($0.1) }
            #expect(forms == ["/logout"], "\(page.templateName)")
        }
    }

    @Test("what is not within reach is not found, with the plant's own word for it")
    func foreignFarm() async throws {
        try await FakePlant.visit(kind: .customer) { browser, _, _ in
            let page = try await browser.get("/farms/somebody-elses")
            #expect(page.status == .notFound)
            #expect(page.text.contains("There is no such farm."))
        }
    }

    @Test(
        "an address that is none is not found, and asks the plant for nothing",
        arguments: ["/farms/..%2f..%2finternal", "/farms/a%3Fb", "/farms/\(FarmAnswers.farmID)/blocks/%2e%2e"])
    func noAddress(path: String) async throws {
        try await FakePlant.visit { browser, _, gateway in
            let page = try await browser.get(path)
            #expect(page.status == .notFound)
            #expect(gateway.otherRequests.isEmpty)
        }
    }

    @Test("a block under another farm's address is not found")
    func otherFarm() async throws {
        try await FakePlant.visit { browser, _, _ in
            let page = try await browser.get("/farms/another/blocks/\(FarmAnswers.blockID)")
            #expect(page.status == .notFound)
        }
    }

    @Test("without a session there is no farm, and the way back is kept")
    func signedOut() async throws {
        try await FakePlant.visit { browser, _, gateway in
            var visitor = Browser(browser.client)
            let answer = try await visitor.get("/farms?page=2")
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/login?return_to=%2Ffarms%3Fpage%3D2")
            #expect(gateway.requests.isEmpty)
        }
    }

    @Test("without PLANT_GATEWAY_URL there are no farms, in the menu or elsewhere")
    func noGateway() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let home = try await browser.get("/").text
            #expect(!home.contains("href=\"/farms\""))
            #expect(try await browser.get("/farms").status == .notFound)
        }
    }
}
