import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite struct CustomerPagesTests {
    @Test("customers are listed with their standing, plan and trial, and counted by standing")
    func listed() async throws {
        var facts = RecordPlant.Facts()
        facts.customer.trialEndsAt = "2030-01-01T00:00:00Z"
        try await RecordPlant.visit(facts) { browser, _, gateway in
            let page = try await browser.get("/customers")
            #expect(page.status == .ok)
            #expect(page.text.contains("2 customers"))
            #expect(page.text.contains("datetime=\"2030-01-01T00:00:00Z\""))
            #expect(page.text.contains("href=\"/customers?status=suspended\""))
            #expect(gateway.requests.contains { $0.target.contains("status=suspended&perPage=1") })
        }
    }

    @Test("a list without customers says what one is, and one that nothing fits how to look again")
    func empty() async throws {
        var facts = RecordPlant.Facts()
        facts.isEmpty = true
        try await RecordPlant.visit(facts) { browser, _, _ in
            let page = try await browser.get("/customers").text
            #expect(page.contains("A customer is somebody whose people sign in"))
            let nothing = try await browser.get("/customers?plan=gold").text
            #expect(nothing.contains("No customer fits this."))
        }
    }

    @Test(
        "search, standing, plan, order and page go along with the question; what is none of them is left out",
        arguments: [
            (
                "?q=ada&status=suspended&plan=free&sort=-updated_at&page=3",
                ["q=ada", "status=suspended", "plan=free", "sort=-updated_at", "page=3"]
            ),
            ("?status=dead&sort=notes&page=-1&email=x", ["sort=-created_at", "page=1"]),
        ])
    func filters(query: String, asked: [String]) async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let page = try await browser.get("/customers" + query)
            #expect(page.status == .ok)
            let targets = gateway.requests(to: "/api/v1/customers").map(\.target)
            let pairs = targets.map { Set($0.drop { $0 != "?" }.dropFirst().split(separator: "&").map(String.init)) }
            #expect(pairs.contains(Set(asked + ["perPage=25"])))
        }
    }

    @Test("a customer's page tells all of it, with its farms, asked in the visitor's name")
    func one() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let page = try await browser.get(RecordPlant.customer)
            #expect(page.status == .ok)
            for shown in ["grower+12@example.com", "+49 30 123", "u-1", RecordAnswers.customerID, "1 farm<", "FCD2"] {
                #expect(page.text.contains(shown), "\(shown)")
            }
            let farms = try #require(gateway.requests(to: "/api/v1/farm/farms").first)
            #expect(farms.target.contains("customer_id=\(RecordAnswers.customerID)"))
            for request in gateway.requests {
                #expect(request.values("authorization").first?.hasPrefix("Bearer eyJ") == true)
            }
        }
    }

    @Test("a customer whose farms can't be had is shown without them")
    func withoutFarms() async throws {
        let samples = try await SamplePages()
        let customer: CustomerDocument = try FarmSamples.decode(RecordAnswers.customer())
        let page = CustomerPage(
            parts: samples.parts, visitor: samples.visitor, rights: samples.customerRights, customer: customer,
            farms: nil)
        #expect(try samples.parts.pages.html(page).contains("did not tell which farms"))
    }

    @Test("a customer is added, and its page is where one goes")
    func added() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "customer_new", in: await browser.get("/customers/new").text)
            form.merge(["name": "Ada", "email": "ada@example.com", "notes": "", "phone": ""]) { $1 }
            let answer = try await browser.post("/customers", form)
            #expect(answer.headers[.location] == RecordPlant.customer + "?notice=customer_added")
            #expect(
                try SentForm.members(gateway.changes.last)
                    == ["name": "Ada", "email": "ada@example.com", "plan": "free"])
            #expect(gateway.changes.last?.values("idempotency-key") == [form["once"] ?? ""])
        }
    }

    @Test("an edit sends its fields alone with the version that was seen; what is emptied is taken away")
    func edited() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "customer", in: await browser.get(RecordPlant.customer + "/edit").text)
            #expect(form["notes"] == FarmAnswers.markup)
            form.merge(["name": "Ada", "phone": "  ", "notes": "line\r\nline"]) { $1 }
            let answer = try await browser.post(RecordPlant.customer + "/edit", form)
            #expect(answer.headers[.location] == RecordPlant.customer + "?notice=customer_changed")
            let patch = gateway.changes.last
            #expect(patch?.method == "PATCH")
            #expect(patch?.values("if-match") == ["\"v5\""])
            #expect(
                try SentForm.members(patch)
                    == [
                        "name": "Ada", "email": "grower+12@example.com", "phone": "<null>", "notes": "line\nline",
                    ])
        }
    }

    @Test("notes may be as long as the plant keeps them, in any language")
    func longNotes() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "customer", in: await browser.get(RecordPlant.customer + "/edit").text)
            form["notes"] = String(repeating: "🌱", count: 4000)
            #expect(try await browser.post(RecordPlant.customer + "/edit", form).status == .seeOther)
            #expect(try SentForm.members(gateway.changes.last)["notes"]?.count == 4000)
        }
    }

    @Test("a conflict shows what the other one wrote, and keeps what was typed")
    func conflict() async throws {
        try await RecordPlant.visit { browser, plant, _ in
            var form = try SentForm.fields(of: "customer", in: await browser.get(RecordPlant.customer + "/edit").text)
            form["notes"] = "typed with care"
            plant.set {
                $0.customer.version = 6
                $0.customer.notes = "theirs <i>"
                $0.work = .json(FarmAnswers.problem(412, "precondition_failed", "It has changed."), status: 412)
            }
            let answer = try await browser.post(RecordPlant.customer + "/edit", form)
            #expect(answer.status == .conflict)
            #expect(answer.text.contains("id=\"customer-notes-fault\">It reads “theirs &lt;i&gt;” now."))
            #expect(answer.text.contains(">typed with care</textarea>"))
            #expect(try SentForm.fields(of: "customer", in: answer.text)["version"] == "6")
        }
    }

    @Test("what the plant can't accept stands beside its field")
    func fieldFaults() async throws {
        var facts = RecordPlant.Facts()
        facts.work = .json(
            FarmAnswers.problem(422, "invalid_input", "Some.", fields: #"{"email":"is no <email>"}"#), status: 422)
        try await RecordPlant.visit(facts) { browser, _, _ in
            var form = try SentForm.fields(of: "customer_new", in: await browser.get("/customers/new").text)
            form.merge(["name": "Ada", "email": "nonsense"]) { $1 }
            let answer = try await browser.post("/customers", form)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("id=\"customer_new-email-fault\">is no &lt;email&gt;"))
            #expect(answer.text.contains("value=\"nonsense\""))
        }
    }

    @Test("one that registered with somebody's email says so, and leads to the other and to a merge")
    func duplicate() async throws {
        var facts = RecordPlant.Facts()
        facts.customer.duplicateOf = RecordAnswers.otherID
        try await RecordPlant.visit(facts) { browser, _, _ in
            let page = try await browser.get(RecordPlant.customer).text
            #expect(page.contains("href=\"/customers/\(RecordAnswers.otherID)\""))
            #expect(page.contains("href=\"\(RecordPlant.customer)/merge?into=\(RecordAnswers.otherID)\""))
        }
    }

    @Test("one that was merged away is told of in the plant's words")
    func merged() async throws {
        var facts = RecordPlant.Facts()
        facts.failure = .json(
            FarmAnswers.problem(404, "not_found", "This customer was merged into <b>x</b>."), status: 404)
        try await RecordPlant.visit(facts) { browser, _, _ in
            let page = try await browser.get(RecordPlant.customer)
            #expect(page.status == .notFound)
            #expect(page.text.contains("merged into &lt;b&gt;x&lt;/b&gt;"))
        }
    }

    @Test("without PLANT_GATEWAY_URL there are neither customers nor skills; a customer portal never has them")
    func noGateway() async throws {
        try await TestPortal().test { client in
            var browser = Browser(client)
            _ = try await browser.signIn()
            for path in ["/customers", "/skills"] {
                #expect(try await browser.get(path).status == .notFound)
                let home = try await browser.get("/").text
                #expect(!home.contains("href=\"\(path)\""))
            }
        }
        try await FakePlant.visit(kind: .customer) { browser, _, gateway in
            for path in ["/customers", "/skills"] {
                #expect(try await browser.get(path).status == .notFound)
                let home = try await browser.get("/").text
                #expect(!home.contains("href=\"\(path)\""))
            }
            #expect(gateway.otherRequests.isEmpty)
        }
    }
}
