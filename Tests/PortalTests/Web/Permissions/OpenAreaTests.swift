import Contracts
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite("What is in the menu is what the plant's roles may see")
struct OpenAreaTests {
    private static func hasEntry(_ area: Area, _ page: TestResponse) -> Bool {
        page.text.contains("<li><a href=\"\(area.address)\"")
    }

    /// The menu of pages that nobody holds up for the plant: it follows with a later one.
    private static func waitForEntry(_ area: Area, _ isThere: Bool, _ browser: inout Browser) async throws {
        for _ in 0..<10_000 {
            if Self.hasEntry(area, try await browser.get("/account")) == isThere { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("the menu \(isThere ? "never got" : "kept") \(area)")
    }

    @Test("a role that was given a permission finds its area and opens it; one that lost it does not")
    func givenAndTaken() async throws {
        var facts = RecordPlant.Facts()
        facts.permissions = PlantRoles.telling(["customers.view"])
        try await RecordPlant.visit(facts, as: Role.agentOrchestrator) { browser, _, _ in
            #expect(try await browser.get("/customers").status == .ok)
            try await Self.waitForEntry(.customers, true, &browser)
            #expect(try await browser.get("/farms").status == .forbidden)
        }
        var farms = FakePlant.Facts()
        farms.permissions = PlantRoles.telling(["customers.view"])
        try await FakePlant.visit(farms) { browser, _, _ in
            try await Self.waitForEntry(.farms, false, &browser)
            let refused = try await browser.get("/farms")
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("Your roles do not open this page."))
        }
    }

    @Test("who is turned away is turned away on what the plant tells now")
    func notOnOldNews() async throws {
        let clock = ManualClock()
        var facts = FakePlant.Facts()
        facts.permissions = PlantRoles.telling([])
        try await FakePlant.visit(facts, clock: clock) { browser, plant, _ in
            try await Self.waitForEntry(.farms, false, &browser)
            var statuses = [try await browser.get("/farms").status]
            plant.set { $0.permissions = nil }
            statuses.append(try await browser.get("/farms").status)
            clock.advance(PermissionCache.lifetime)
            statuses.append(try await browser.get("/farms").status)
            #expect(statuses == [.forbidden, .forbidden, .ok])
        }
    }

    @Test(
        "a plant that does not tell leaves what roles may by themselves",
        arguments: [UpstreamServer.Answer.close, FakePlant.missing, .json("{}", status: 503)])
    func untold(answer: UpstreamServer.Answer) async throws {
        var facts = RecordPlant.Facts()
        facts.permissions = answer
        try await RecordPlant.visit(facts, as: Role.agentOrchestrator) { browser, _, _ in
            #expect(try await browser.get("/customers").status == .forbidden)
            let account = try await browser.get("/account")
            #expect(Self.hasEntry(.skills, account))
            #expect(!Self.hasEntry(.customers, account))
        }
    }

    @Test("no permission shows a customer the others, and none opens what is not the plant's")
    func customers() {
        let all = PlantPermissions(Set(PlantPermission.allCases))
        for role in Role.customers {
            #expect(!Area.customers.isOpen(to: [role], permissions: all))
            #expect(Area.farms.isOpen(to: [role], permissions: all))
            #expect(!Area.farms.isOpen(to: [role], permissions: PlantPermissions([])))
        }
        for area in Area.allCases where area.permission == nil {
            for role in Role.platform + Role.customers {
                #expect(area.isOpen(to: [role], permissions: all) == area.isOpen(to: [role]))
            }
        }
    }

    @Test(
        "roles that nobody changed may see at the plant what their menu has", arguments: Role.platform + Role.customers)
    func defaults(role: String) {
        let told = PlantPermissions(names: PlantRoles.names(role))
        for area in Area.allCases {
            #expect(area.isOpen(to: [role], permissions: told) == area.isOpen(to: [role]), "\(area)")
        }
    }
}
