import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite("A customer's own page") struct CustomerProfileTests {
    private func save(
        _ browser: inout Browser, _ fields: [String: String]
    ) async throws -> TestResponse {
        let page = try await browser.get("/profile")
        let version = try #require(page.text.firstMatch(of: /name="version" value="([0-9]+)"/)).1
        var form = ["form_token": try Browser.formToken(in: page), "version": String(version)]
        form.merge(fields) { $1 }
        return try await browser.post("/profile", form)
    }

    @Test("shows who one is to the plant, the plan, the trial's end and the farms")
    func shown() async throws {
        let facts = OwnPlant.Facts(
            plan: "grower", trialEndsAt: "2026-05-01T00:00:00Z", farms: [FarmAnswers.farm])
        try await OwnPlant.visit(facts) { browser, _, gateway in
            let overview = try await browser.get("/")
            #expect(overview.text.contains("href=\"/profile\""))
            let page = try await browser.get("/profile")
            #expect(page.status == .ok)
            for words in [
                "value=\"Ada\"", "value=\"+49 30 1234567\"", "the plan “grower”", "2026-05-01T00:00:00Z",
                "1 farm is yours.", "/farms/\(FarmAnswers.farmID)", "/account/sessions", "/people",
            ] { #expect(page.text.contains(words), "\(words)") }
            // Asked in the visitor's name.
            let asked = try #require(gateway.requests(to: "/api/v1/customers").last)
            #expect(asked.values("Authorization").first?.hasPrefix("Bearer ey") == true)
        }
    }

    @Test("who has no farm reads how one comes to be there")
    func noFarms() async throws {
        try await OwnPlant.visit { browser, _, _ in
            let page = try await browser.get("/profile")
            #expect(page.text.contains("No farm is yours yet."))
            #expect(page.text.contains("the free plan"))
        }
    }

    @Test("what is written reaches the plant with the version that was seen; an empty phone is none")
    func saved() async throws {
        try await OwnPlant.visit { browser, plant, _ in
            let done = try await save(&browser, ["name": " Ada L. ", "phone": ""])
            #expect(done.headers[.location] == "/profile?notice=profile_saved")
            #expect(plant.now.name == "Ada L.")
            #expect(plant.now.phone == nil)
            let told = try await browser.get("/profile?notice=profile_saved")
            #expect(told.text.contains("Your profile is saved."))
        }
    }

    @Test("what somebody else wrote meanwhile is shown beside what was typed, and not overwritten unseen")
    func conflict() async throws {
        try await OwnPlant.visit { browser, plant, _ in
            plant.set { facts in
                facts.meanwhile = {
                    $0.name = "Ada & Sons"
                    $0.version = 2
                }
            }
            let page = try await save(&browser, ["name": "Ada L.", "phone": "+49 30 1234567"])
            #expect(page.status == .conflict)
            #expect(plant.now.name == "Ada & Sons")
            #expect(page.text.contains("value=\"Ada L.\""))
            // In the words of every record of the plant.
            #expect(page.text.contains("Somebody changed this since you opened it. What stands there now"))
            #expect(page.text.contains("It reads “Ada &amp; Sons” now."))
            #expect(page.text.matches(of: /It reads “/).count == 1)
            #expect(page.text.contains("aria-invalid=\"true\""))
            // Sent again, knowingly.
            let done = try await browser.post(
                "/profile",
                [
                    "form_token": try Browser.formToken(in: page), "version": "2", "name": "Ada L.",
                    "phone": "+49 30 1234567",
                ])
            #expect(done.status == .seeOther)
            #expect(plant.now.name == "Ada L.")
        }
    }

    @Test("a version that was never shown is an old one", arguments: ["", "x", "-1", "99", "9223372036854775808"])
    func versions(version: String) async throws {
        try await OwnPlant.visit { browser, plant, _ in
            let page = try await save(&browser, ["name": "Mine", "version": version])
            #expect(page.status == .conflict)
            #expect(plant.now.name == "Ada")
        }
    }

    @Test("what the plant does not accept is told beside its field, and what was typed stays")
    func invalid() async throws {
        let refusal = UpstreamServer.Answer.json(
            #"{"code":"invalid_input","detail":"Some fields can't be accepted.","fields":{"phone":"is no phone number"}}"#,
            status: 422)
        try await OwnPlant.visit(.init(refusal: refusal)) { browser, _, _ in
            let page = try await save(&browser, ["name": "Ada", "phone": "call me"])
            #expect(page.status == .unprocessableContent)
            #expect(page.text.contains("is no phone number"))
            #expect(page.text.contains("value=\"call me\""))
        }
    }

    @Test("markup in any field is text: from the plant, and as it was typed")
    func markup() async throws {
        let evil = FarmAnswers.markup
        let facts = OwnPlant.Facts(name: evil, phone: evil, email: evil, plan: evil, farms: [FarmAnswers.farm])
        try await OwnPlant.visit(facts) { browser, plant, _ in
            plant.set { $0.meanwhile = { $0.version = 9 } }
            for page in [
                try await browser.get("/profile"), try await save(&browser, ["name": evil + "2", "phone": evil]),
            ] {
                #expect(!page.text.contains("<img src=x"))
                #expect(page.text.contains("&lt;img src=x"))
            }
        }
    }

    @Test("the confirmed address of one's account is offered where the plant has another, and taken")
    func address() async throws {
        try await OwnPlant.visit(.init(email: "old@example.com")) { browser, plant, _ in
            let page = try await browser.get("/profile")
            #expect(page.text.contains("/profile/address"))
            let token = try Browser.formToken(in: page)
            let forged = try await browser.post("/profile/address", ["form_token": "x", "version": "1"])
            #expect(forged.status == .forbidden)
            let late = try await browser.post("/profile/address", ["form_token": token, "version": "7"])
            #expect(late.status == .conflict)
            // There is no field that anything could stand beside.
            #expect(late.text.contains("Somebody changed this since you opened it. Here it is as it stands now"))
            #expect(plant.now.email == "old@example.com")
            let done = try await browser.post("/profile/address", ["form_token": token, "version": "1"])
            #expect(done.headers[.location] == "/profile?notice=profile_address")
            #expect(plant.now.email == "eve@example.com")
            let after = try await browser.get("/profile")
            #expect(!after.text.contains("/profile/address"))
        }
    }

    @Test("who works for a customer is offered no such thing")
    func othersAddress() async throws {
        try await OwnPlant.visit(.init(email: "old@example.com"), role: "customer_user") { browser, _, _ in
            let page = try await browser.get("/profile")
            #expect(page.text.contains("old@example.com"))
            #expect(!page.text.contains("/profile/address"))
        }
    }

    @Test("an address that nobody confirmed is neither offered nor sent")
    func unconfirmedAddress() async throws {
        try await OwnPlant.visit(.init(email: "old@example.com"), isVerified: false) { browser, plant, gateway in
            let page = try await browser.get("/profile")
            #expect(!page.text.contains("/profile/address"))
            let refused = try await browser.post(
                "/profile/address", ["form_token": try Browser.formToken(in: page), "version": "1"])
            #expect(refused.status == .unprocessableContent)
            #expect(plant.now.email == "old@example.com")
            #expect(gateway.requests(to: "/api/v1/customers/c-1").isEmpty)
        }
    }

    @Test("another customer's id in the plant's answer never becomes a part of an address")
    func oddID() async throws {
        let body =
            #"{"data":[{"id":"../x","name":"n","email":"e","plan":"p","version":1,"created_at":"2026-01-01T08:00:00Z"}],"total":1,"page":1,"perPage":1,"totalPages":1}"#
        try await OwnPlant.visit(.init(failure: .json(body))) { browser, _, gateway in
            let page = try await save(&browser, ["name": "x"])
            #expect(page.status == .badGateway)
            #expect(gateway.requests(to: "/api/v1/x").isEmpty)
        }
    }

    @Test("a plant that is out of order, or does not know the customer yet, is said in words")
    func failures() async throws {
        let unknown = UpstreamServer.Answer.json(FarmAnswers.problem(401, "customer_unknown", ""), status: 401)
        try await OwnPlant.visit(.init(failure: unknown)) { browser, _, _ in
            let page = try await browser.get("/profile")
            #expect(page.status == .badGateway)
            #expect(page.text.contains("still being set up"))
        }
    }

    @Test("the platform's people have no such page")
    func platform() async throws {
        try await TestPortal(extra: ["PLANT_GATEWAY_URL": "http://127.0.0.1:9"]).test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            let page = try await browser.get("/profile")
            #expect(page.status == .notFound)
            let overview = try await browser.get("/")
            #expect(!overview.text.contains("href=\"/profile\""))
        }
    }
}
