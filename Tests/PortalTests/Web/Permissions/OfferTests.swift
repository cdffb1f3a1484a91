import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite("What pages offer is what the plant's roles may do")
struct OfferTests {
    /// The addresses that the page's forms go to, without the one to sign out.
    private static func forms(_ page: TestResponse) -> Set<String> {
        Set(page.text.matches(of: /<form method="post" action="([^"]+)"/).map { String($0.1) }).subtracting(["/logout"])
    }

    private static func expectForms(
        _ forms: Set<String>, at path: String, _ browser: inout Browser,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let shown = Self.forms(try await browser.get(path))
        #expect(shown == forms, sourceLocation: sourceLocation)
    }

    private static let (farm, block) = (FakePlant.farmPath, FakePlant.blockPath)

    @Test(
        "an administrator whose role lost a permission sees none of its forms",
        arguments: [
            (["farm.view"], [], [], []),
            (["farm.view", "farm.manage"], ["/farms"], [farm + "/blocks"], []),
            (
                ["farm.view", "farm.operate"], [],
                [farm + "/alerts", farm + "/alerts/\(FarmAnswers.alertID)/resolve"],
                [
                    block + "/state", block + "/alerts", farm + "/alerts/\(FarmAnswers.alertID)/resolve",
                ]
            ),
            (["roles.change", "farm.operated"], [], [], []),
        ])
    func farms(permissions: [String], list: [String], farm: [String], block: [String]) async throws {
        var facts = FakePlant.Facts()
        facts.permissions = PlantRoles.telling(permissions)
        try await FakePlant.visit(facts) { browser, _, _ in
            try await Self.expectForms(Set(list), at: "/farms", &browser)
            try await Self.expectForms(Set(farm), at: Self.farm, &browser)
            try await Self.expectForms(Set(block), at: Self.block, &browser)
        }
    }

    @Test("a role that the plant gives a permission sees its form, whatever its name", arguments: PortalKind.allCases)
    func given(kind: PortalKind) async throws {
        var facts = FakePlant.Facts()
        facts.permissions = PlantRoles.telling(["farm.manage", "farm.view"])
        try await FakePlant.visit(facts, kind: kind) { browser, _, _ in
            try await Self.expectForms(["/farms"], at: "/farms", &browser)
        }
    }

    @Test("what was decided at the plant shows within half a minute, taken or given, and pages meanwhile ask nothing")
    func withinTheTime() async throws {
        let clock = ManualClock()
        try await FakePlant.visit(clock: clock) { browser, plant, gateway in
            try await Self.expectForms(["/farms"], at: "/farms", &browser)
            plant.set { $0.permissions = PlantRoles.telling(["farm.view"]) }
            clock.advance(PermissionCache.lifetime - 1)
            try await Self.expectForms(["/farms"], at: "/farms", &browser)
            #expect(try await browser.get(Self.farm).status == .ok)
            #expect(gateway.requests(to: PlantRoles.path).count == 1)
            clock.advance(1)
            try await Self.expectForms([], at: "/farms", &browser)
            plant.set { $0.permissions = nil }
            try await Self.expectForms([], at: "/farms", &browser)
            clock.advance(PermissionCache.lifetime)
            try await Self.expectForms(["/farms"], at: "/farms", &browser)
            #expect(gateway.requests(to: PlantRoles.path).count == 3)
        }
    }

    @Test(
        "where the plant does not tell what the roles may do, no page offers anything, and it is said why",
        arguments: [
            (UpstreamServer.Answer.close, HTTPResponse.Status.badGateway, "can’t reach the gateway"),
            (.json(FarmAnswers.problem(503, "unavailable"), status: 503), .serviceUnavailable, "Try again in 5 s."),
            (.json(#"{"data":"farm.manage"}"#), .badGateway, "is not the plant’s API"),
            (.json(FarmAnswers.problem(403, "customer_suspended"), status: 403), .forbidden, "suspended"),
        ])
    func untold(answer: UpstreamServer.Answer, status: HTTPResponse.Status, says: String) async throws {
        var facts = FakePlant.Facts()
        facts.permissions = answer
        try await FakePlant.visit(facts) { browser, plant, _ in
            for path in ["/farms", Self.farm, Self.block] {
                let page = try await browser.get(path)
                #expect(page.status == status)
                #expect(page.text.contains(says))
                #expect(Self.forms(page).isEmpty)
            }
            plant.set { $0.permissions = nil }
            #expect(try await browser.get("/farms").status == .ok)
        }
        var records = RecordPlant.Facts()
        records.permissions = answer
        try await RecordPlant.visit(records) { browser, _, _ in
            for path in [
                "/skills", "/skills/new", RecordPlant.skill, RecordPlant.skill + "/remove", "/customers",
                "/customers/new", RecordPlant.customer, RecordPlant.customer + "/edit", RecordPlant.customer + "/erase",
            ] {
                let page = try await browser.get(path)
                #expect(page.status == status, "\(path)")
                #expect(Self.forms(page).isEmpty)
            }
        }
    }

    @Test("a plant that does not know the question yet is shown, and nothing is offered on its pages")
    func olderPlant() async throws {
        var facts = FakePlant.Facts()
        facts.permissions = FakePlant.missing
        try await FakePlant.visit(facts) { browser, _, _ in
            for path in ["/farms", Self.farm, Self.block] {
                let page = try await browser.get(path)
                #expect(page.status == .ok)
                #expect(Self.forms(page).isEmpty)
            }
        }
    }

    @Test("a form that was sent after its permission was taken says so, also where it could not be read")
    func takenMeanwhile() async throws {
        let clock = ManualClock()
        try await FakePlant.visit(clock: clock) { browser, plant, gateway in
            let form = try SentForm.fields(of: "farm", in: await browser.get("/farms").text)
            plant.set {
                $0.permissions = PlantRoles.telling(["farm.view"])
                $0.work = .json(FarmAnswers.problem(403, "forbidden"), status: 403)
            }
            clock.advance(PermissionCache.lifetime)
            for (path, sent) in [
                ("/farms", form), ("/farms", ["form_token": form["form_token"] ?? ""]),
                (Self.farm + "/blocks", form), (Self.block + "/harvests", form),
            ] {
                let answer = try await browser.post(path, sent)
                #expect(answer.status == .forbidden, "\(path)")
                #expect(answer.text.contains("Your roles at the plant do not allow this."))
                #expect(Self.forms(answer).isEmpty)
            }
            #expect(gateway.requests.contains { $0.method == "POST" })
        }
    }

    @Test(
        "each of the plant's permissions opens what it is for at a customer, and nothing beside it",
        arguments: [
            ("customers.change", "edit plan trial remove"), ("customers.suspend", "suspend"),
            ("customers.merge", "merge"), ("customers.erase", "erase"), ("customers.export", "export"),
            ("customers.view", ""), ("farm.view", ""),
        ])
    func customers(permission: String, words: String) async throws {
        var facts = RecordPlant.Facts()
        facts.permissions = PlantRoles.telling([permission, "customers.view"])
        try await RecordPlant.visit(facts) { browser, _, _ in
            let page = try await browser.get(RecordPlant.customer)
            let links = page.text.matches(
                of: try Regex("href=\"\(RecordPlant.customer)/([a-z-]+)\"", as: (Substring, Substring).self)
            ).map { String($0.output.1) }
            #expect(Set(links) == Set(words.split(separator: " ").map(String.init)))
            #expect(page.text.contains("href=\"\(FakePlant.farmPath)\"") == (permission == "farm.view"))
            let list = try await browser.get("/customers").text
            #expect(list.contains("href=\"/customers/new\"") == (permission == "customers.change"))
            for act in CustomerAct.allCases {
                let path = CustomerForms.address(RecordAnswers.customerID, act)
                let isOffered =
                    links.contains(act.segment) || act == .endTrial && links.contains("plan")
                    || act == .reactivate && links.contains("suspend")
                #expect(try await browser.get(path).status == (isOffered ? .ok : .forbidden), "\(path)")
            }
        }
    }

    @Test("the catalogue is to be changed by those whom the plant lets, and by nobody else", arguments: [true, false])
    func skills(may: Bool) async throws {
        var facts = RecordPlant.Facts()
        facts.permissions = PlantRoles.telling(may ? ["skills.change"] : ["customers.change", "skills.view"])
        try await RecordPlant.visit(facts, as: may ? "viewer" : "agent_orchestrator") { browser, _, _ in
            let list = try await browser.get("/skills")
            #expect(list.text.contains("href=\"/skills/new\"") == may)
            try await Self.expectForms(may ? [RecordPlant.skill] : [], at: RecordPlant.skill, &browser)
            for path in ["/skills/new", RecordPlant.skill + "/remove"] {
                #expect(try await browser.get(path).status == (may ? .ok : .forbidden))
            }
            let sent = ["form_token": try Browser.formToken(in: list), "name": "typed"]
            let answer = try await browser.post(RecordPlant.skill, sent)
            #expect(answer.status == (may ? .unprocessableContent : .forbidden))
            #expect(answer.text.contains("do not allow") == !may)
        }
    }
}
