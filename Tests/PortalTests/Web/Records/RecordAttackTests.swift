import Contracts
import Foundation
import HTTPKit
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

/// What others could try on the pages of customers and skills.
@Suite struct RecordAttackTests {
    private static let customer = RecordPlant.customer

    @Test(
        "markup in every field that people fill is text on every page",
        arguments: [
            "/skills", RecordPlant.skill, RecordPlant.skill + "/remove", "/customers", customer, customer + "/edit",
            customer + "/suspend", customer + "/erase", customer + "/merge?q=a",
            customer + "/merge?into=\(RecordAnswers.otherID)",
        ])
    func markup(path: String) async throws {
        try await RecordPlant.visit { browser, _, _ in
            let page = try await browser.get(path)
            #expect(page.status == .ok)
            #expect(!page.text.contains("<img src=x"))
            #expect(page.text.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;"))
        }
    }

    @Test(
        "markup in a filter is text in its field",
        arguments: ["/skills?q=", "/skills?category=", "/customers?q=", "/customers?plan=", customer + "/merge?q="])
    func markupInFilter(path: String) async throws {
        try await RecordPlant.visit { browser, _, _ in
            let page = try await browser.get(path + "%22%3E%3Cscript%3E")
            #expect(page.status == .ok)
            #expect(page.text.contains("value=\"&quot;&gt;&lt;script&gt;\""))
        }
    }

    @Test("markup that was typed and not accepted is text in its field again")
    func markupTyped() async throws {
        var facts = RecordPlant.Facts()
        facts.work = .json(FarmAnswers.problem(422, "invalid_input"), status: 422)
        try await RecordPlant.visit(facts) { browser, _, _ in
            var form = try SentForm.fields(of: "customer", in: await browser.get(Self.customer + "/edit").text)
            for name in ["name", "email", "phone", "notes"] { form[name] = "\"></textarea><script>\(name)" }
            let page = try await browser.post(Self.customer + "/edit", form).text
            #expect(!page.contains("<script>"))
            #expect(page.matches(of: /&quot;&gt;&lt;\/textarea&gt;&lt;script&gt;/).count == 4)
        }
    }

    @Test(
        "another site's form, or one without the session's token, does nothing at the plant",
        arguments: ["/skills", RecordPlant.skill, RecordPlant.skill + "/remove", "/customers", customer + "/edit"]
            + CustomerAct.allCases.map { CustomerForms.address(RecordAnswers.customerID, $0) })
    func forged(path: String) async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "customer", in: await browser.get(Self.customer + "/edit").text)
            form["into"] = RecordAnswers.otherID
            let before = gateway.otherRequests.count
            let crossSite = try await browser.post(
                path, form, headers: [HTTPField.Name("Sec-Fetch-Site") ?? .origin: "cross-site"])
            #expect(crossSite.status == .forbidden)
            form["form_token"] = nil
            #expect(try await browser.post(path, form).status == .forbidden)
            #expect(gateway.otherRequests.count == before)
        }
    }

    @Test("what does something at the plant is never done by looking at it", arguments: CustomerAct.allCases)
    func looking(_ act: CustomerAct) async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let address = CustomerForms.address(RecordAnswers.customerID, act)
            _ = try await browser.get(address + "?confirm=x&days=9&plan=p&reason=r&into=\(RecordAnswers.otherID)")
            #expect(gateway.changes.isEmpty)
        }
    }

    @Test(
        "an address that is none is not found, and asks the plant for nothing",
        arguments: [
            "/customers/..%2f..%2finternal", "/customers/a%3Fb", "/customers/%2e%2e/export", "/skills/..%2froles",
            "/customers/\(RecordAnswers.customerID)/unsuspend",
        ])
    func noAddress(path: String) async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let page = try await browser.get(path)
            #expect(page.status == .notFound)
            #expect(gateway.otherRequests.isEmpty)
        }
    }

    @Test("an identifier that the plant answers and that is none becomes no address")
    func foreignIdentifiers() async throws {
        let samples = try await SamplePages()
        let hostile = RecordAnswers.customer(.init(id: "../../logout", duplicateOf: "//evil.example/x"))
        let customer: CustomerDocument = try FarmSamples.decode(hostile)
        let html = try samples.parts.pages.html(
            CustomerPage(
                parts: samples.parts, visitor: samples.visitor, rights: samples.customerRights, customer: customer,
                farms: nil))
        #expect(!html.contains("href=\"/customers/.."))
        #expect(!html.contains("href=\"//evil"))
        #expect(!html.contains("into="))
    }

    @Test("the token is on no page, in no file and in no address that the browser sees")
    func noToken() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var said = ""
            for path in ["/skills", "/customers", Self.customer, Self.customer + "/export", Self.customer + "/edit"] {
                let answer = try await browser.get(path)
                said += answer.text + answer.headers.map(\.value).joined(separator: " ")
            }
            let bearer = try #require(gateway.requests.first?.values("authorization").first)
            #expect(!said.contains(bearer.dropFirst("Bearer ".count)))
            #expect(!said.contains("eyJ"))
        }
    }

    @Test("the areas are open to those whom the plant lets see them, and to nobody else")
    func areas() {
        let seers = [
            Role.superAdmin, Role.admin, Role.operator, Role.viewer, Role.subscriptionManager, Role.helpdeskAgent,
        ]
        #expect(Set(Role.platform.filter { Area.customers.isOpen(to: [$0]) }) == Set(seers))
        #expect(Role.platform.allSatisfy { Area.skills.isOpen(to: [$0]) })
        for role in Role.customers + [Role.diagnostic, "somebody"] {
            #expect(!Area.customers.isOpen(to: [role]))
            #expect(!Area.skills.isOpen(to: [role]))
        }
    }

    @Test(
        "each role is offered what the plant lets it do, and no more",
        arguments: [
            (Role.superAdmin, "edit export suspend plan trial merge remove erase"),
            (Role.admin, "edit export suspend plan trial merge remove erase"),
            (Role.subscriptionManager, "edit export suspend plan trial remove"),
            (Role.operator, "edit suspend plan trial remove"), (Role.helpdeskAgent, ""), (Role.viewer, ""),
        ])
    func offered(role: String, words: String) async throws {
        let samples = try await SamplePages()
        let visitor = try samples.visitor(role)
        let customer: CustomerDocument = try FarmSamples.decode(RecordAnswers.customer())
        let html = try samples.parts.pages.html(
            CustomerPage(
                parts: samples.parts, visitor: visitor, rights: .init(PlantRoles.permissions(of: visitor)),
                customer: customer, farms: nil))
        let links = html.matches(of: try Regex("href=\"\(Self.customer)/([a-z-]+)\"", as: (Substring, Substring).self))
            .map { String($0.output.1) }
        #expect(Set(links) == Set(words.split(separator: " ").map(String.init)))
        #expect(html.contains("Your roles let you look") == words.isEmpty)
    }

    @Test(
        "a form that a role is not offered is not shown to it by its address either",
        arguments: [Role.viewer, Role.helpdeskAgent])
    func notShown(role: String) async throws {
        try await RecordPlant.visit(as: role) { browser, _, gateway in
            let page = try await browser.get(Self.customer)
            #expect(page.status == .ok)
            let asked = gateway.otherRequests.count
            let acts = CustomerAct.allCases.map { CustomerForms.address(RecordAnswers.customerID, $0) }
            for path in ["/customers/new", Self.customer + "/edit", "/skills/new", RecordPlant.skill + "/remove"] + acts
            {
                let form = try await browser.get(path)
                #expect(form.status == .forbidden, "\(path)")
            }
            #expect(gateway.otherRequests.count == asked)
        }
    }

    @Test("a form that was sent all the same is refused by the plant, and the page says so")
    func sentAllTheSame() async throws {
        var facts = RecordPlant.Facts()
        facts.work = .json(FarmAnswers.problem(403, "forbidden"), status: 403)
        try await RecordPlant.visit(facts, as: Role.viewer) { browser, _, gateway in
            let form = [
                "form_token": try Browser.formToken(in: await browser.get(Self.customer)), "once": "k", "version": "5",
            ]
            let answer = try await browser.post(Self.customer + "/suspend", form)
            #expect(answer.status == .forbidden)
            #expect(answer.text.contains("Your roles at the plant do not allow this."))
            #expect(gateway.changes.count == 1)
        }
    }

    @Test("who has nothing to do with customers is refused, and the plant is asked for no customer")
    func notTheirs() async throws {
        try await RecordPlant.visit(as: Role.agentOrchestrator) { browser, _, gateway in
            for path in ["/customers", Self.customer, Self.customer + "/export"] {
                let page = try await browser.get(path)
                #expect(page.status == .forbidden)
            }
            #expect(gateway.otherRequests.isEmpty)
            let skills = try await browser.get("/skills/new")
            #expect(skills.status == .ok)
        }
    }

    @Test("a page that is asked for without a session leads to the sign-in, and asks the plant for nothing")
    func signedOut() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var guest = Browser(browser.client)
            for path in ["/customers", Self.customer, Self.customer + "/export", "/skills"] {
                let answer = try await guest.get(path)
                #expect(answer.status == .seeOther)
                #expect(answer.headers[.location]?.hasPrefix("/login?return_to=") == true)
            }
            #expect(gateway.requests.isEmpty)
        }
    }
}
