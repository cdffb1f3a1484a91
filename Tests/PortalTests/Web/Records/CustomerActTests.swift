import HTTPTypes
import HummingbirdTesting
import NIOCore
import TestSupport
import Testing

@testable import Portal

@Suite struct CustomerActTests {
    struct Act: Sendable, CustomTestStringConvertible {
        var act: CustomerAct
        var typed: [String: String] = [:]
        var method = "POST"
        /// Below the customer's own at the plant.
        var path: String
        var sent: [String: String] = [:]
        /// Of its page: what nobody should do without having read.
        var says: String
        var done = RecordPlant.customer
        var query = ""
        var testDescription: String { act.rawValue }
    }

    static let acts = [
        Act(
            act: .suspend, typed: ["reason": "no payment"], path: "/suspend", sent: ["reason": "no payment"],
            says: "every gateway refuses the tokens"),
        Act(act: .reactivate, path: "/reactivate", says: "Older ones stay refused"),
        Act(act: .plan, typed: ["plan": "gold"], path: "/plan", sent: ["plan": "gold"], says: "a trial ends"),
        Act(
            act: .trial, typed: ["days": "30", "trial_plan": "gold"], path: "/trial",
            sent: ["days": "30", "plan": "gold"], says: "The days count from now"),
        Act(act: .endTrial, method: "DELETE", path: "/trial", says: "It is suspended at once"),
        Act(
            act: .merge, path: "/merge", sent: ["into": RecordAnswers.otherID], says: "This can’t be undone",
            done: "/customers/\(RecordAnswers.otherID)", query: "?into=\(RecordAnswers.otherID)"),
        Act(act: .remove, method: "DELETE", path: "", says: "can’t be brought back from here", done: "/customers"),
        Act(
            act: .erase, typed: ["confirm": "grower+12@example.com"], path: "/erase",
            sent: ["confirm": "grower+12@example.com"], says: "This can’t be undone", done: "/customers"),
    ]

    @Test("there is a page for each act that says what it means, and its form does it", arguments: acts)
    func done(_ act: Act) async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let address = CustomerForms.address(RecordAnswers.customerID, act.act)
            let question = try await browser.get(address + act.query)
            #expect(question.status == .ok)
            #expect(question.text.contains(act.says))
            #expect(question.text.contains("grower+12@example.com"))
            #expect(gateway.changes.isEmpty)
            var form = try SentForm.fields(of: CustomerForms.form(act.act), in: question.text)
            form.merge(act.typed) { $1 }
            let answer = try await browser.post(address, form)
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "\(act.done)?notice=customer_\(act.act.rawValue)")
            let change = try #require(gateway.changes.last)
            #expect(gateway.changes.count == 1)
            #expect(change.method == act.method)
            #expect(change.path == "/api/v1/customers/\(RecordAnswers.customerID)" + act.path)
            #expect(change.values("if-match") == ["\"v5\""])
            #expect(change.values("idempotency-key") == [form["once"] ?? ""])
            #expect(try SentForm.members(change) == act.sent)
            let notice = try await browser.get("/customers?notice=customer_\(act.act.rawValue)").text
            #expect(notice.contains("<p class=\"notice\" role=\"status\">"))
        }
    }

    @Test("each act is in this table")
    func complete() {
        #expect(Set(Self.acts.map(\.act)) == Set(CustomerAct.allCases))
    }

    @Test("who has not seen the newest standing is asked anew")
    func stale() async throws {
        try await RecordPlant.visit { browser, plant, _ in
            let address = CustomerForms.address(RecordAnswers.customerID, .suspend)
            var form = try SentForm.fields(of: "customer_suspend", in: await browser.get(address).text)
            form["reason"] = "no payment"
            plant.set {
                $0.customer.version = 6
                $0.work = .json(FarmAnswers.problem(412, "precondition_failed"), status: 412)
            }
            let answer = try await browser.post(address, form)
            #expect(answer.status == .conflict)
            // Of the fields that may have been changed none is on the page.
            #expect(answer.text.contains("Somebody changed this since you opened it. Here it is as it stands now"))
            #expect(answer.text.contains(">no payment</textarea>"))
            #expect(try SentForm.fields(of: "customer_suspend", in: answer.text)["version"] == "6")
        }
    }

    @Test(
        "what is not done is told on the page that asked",
        arguments: [
            (403, "forbidden", HTTPResponse.Status.forbidden, "do not allow this"),
            (409, "conflict", .conflict, "trial is over"),
            (422, "invalid_input", .unprocessableContent, "is not this customer"),
            (503, "module_unavailable", .serviceUnavailable, "Try again in"),
        ])
    func notDone(sent: Int, code: String, status: HTTPResponse.Status, says: String) async throws {
        var facts = RecordPlant.Facts()
        facts.work = .json(
            FarmAnswers.problem(
                sent, code, "The customer's trial is over.",
                fields: sent == 422 ? #"{"confirm":"is not this customer's email"}"# : "null"), status: sent)
        try await RecordPlant.visit(facts) { browser, _, _ in
            let address = CustomerForms.address(RecordAnswers.customerID, .erase)
            var form = try SentForm.fields(of: "customer_erase", in: await browser.get(address).text)
            form["confirm"] = "somebody@example.com"
            let answer = try await browser.post(address, form)
            #expect(answer.status == status)
            #expect(answer.text.contains(says))
            #expect(answer.text.contains("value=\"somebody@example.com\""))
        }
    }

    @Test("a merge looks for the other one first, and offers never the customer itself")
    func choosing() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let address = CustomerForms.address(RecordAnswers.customerID, .merge)
            #expect(try await browser.get(address).text.contains("Which other customer is it?"))
            #expect(gateway.requests(to: "/api/v1/customers").isEmpty)
            let found = try await browser.get(address + "?q=gro%26wer+%2B").text
            #expect(found.contains("href=\"\(address)?into=\(RecordAnswers.otherID)\""))
            #expect(!found.contains("into=\(RecordAnswers.customerID)"))
            #expect(gateway.requests(to: "/api/v1/customers").last?.target.contains("q=gro%26wer%20%2B") == true)
            // A form that names nobody goes back to the choice.
            let form = try SentForm.fields(
                of: "customer_merge", in: await browser.get(address + "?into=\(RecordAnswers.otherID)").text)
            let nobody = try await browser.post(address, form.merging(["into": "../x"]) { $1 })
            #expect(nobody.headers[.location] == address)
            #expect(gateway.changes.isEmpty)
        }
    }

    @Test("an export comes as a file that no browser shows as a page")
    func export() async throws {
        var facts = RecordPlant.Facts()
        facts.export = .json(#"{"notes":"<script>alert(1)</script>"}"#)
        try await RecordPlant.visit(facts) { browser, _, _ in
            let file = try await browser.get(RecordPlant.customer + "/export")
            #expect(file.status == .ok)
            #expect(file.text == #"{"notes":"<script>alert(1)</script>"}"#)
            #expect(
                file.headers[.contentDisposition]
                    == "attachment; filename=\"customer-\(RecordAnswers.customerID).json\"")
            #expect(file.headers[.contentType] == "application/json")
            #expect(file.headers[.xContentTypeOptions] == "nosniff")
            #expect(file.headers[.cacheControl] == "no-store")
            #expect(file.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
        }
    }

    @Test("an export is larger than any page may be")
    func largeExport() async throws {
        var facts = RecordPlant.Facts()
        facts.export = .stream(bytes: 3 * PlantAPI.maximumBytes)
        try await RecordPlant.visit(facts) { browser, _, _ in
            let file = try await browser.get(RecordPlant.customer + "/export")
            #expect(file.body.readableBytes == 3 * PlantAPI.maximumBytes)
        }
    }

    @Test("an export that the plant refuses is a page that says why")
    func refusedExport() async throws {
        var facts = RecordPlant.Facts()
        facts.export = .json(FarmAnswers.problem(403, "forbidden"), status: 403)
        try await RecordPlant.visit(facts) { browser, _, _ in
            let page = try await browser.get(RecordPlant.customer + "/export")
            #expect(page.status == .forbidden)
            #expect(page.headers[.contentDisposition] == nil)
            #expect(page.text.contains("do not allow this"))
        }
    }

    @Test(
        "what makes no sense as a customer stands is not offered",
        arguments: [
            ("active", nil, ["suspend", "plan", "trial", "merge", "remove", "erase"]),
            ("active", "2030-01-01T00:00:00Z", ["suspend", "plan", "trial", "end_trial", "merge", "remove", "erase"]),
            ("suspended", nil, ["reactivate", "plan", "trial", "remove", "erase"]),
            ("suspended", "1970-01-01T00:00:00Z", ["plan", "trial", "remove", "erase"]),
        ] as [(String, String?, [String])])
    func offered(status: String, trial: String?, acts: [String]) throws {
        let customer: CustomerDocument = try FarmSamples.decode(
            RecordAnswers.customer(.init(status: status, trialEndsAt: trial)))
        #expect(CustomerAct.allCases.filter { $0.makesSense(of: customer, at: 0) }.map(\.rawValue) == acts)
    }
}
