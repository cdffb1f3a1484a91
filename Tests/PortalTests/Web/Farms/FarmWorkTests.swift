import Foundation
import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite struct FarmWorkTests {
    /// The hidden and visible fields of a form on a page, as a browser would send them.
    private static func fields(of form: String, in page: String) throws -> [String: String] {
        let start = try #require(page.range(of: "id=\"form-\(form)\""))
        let end = try #require(page.range(of: "</form>", range: start.upperBound..<page.endIndex))
        let html = String(page[start.upperBound..<end.lowerBound])
        var fields: [String: String] = [:]
        for match in html.matches(of: /name="([a-z_]+)"[^>]*?value="([^"]*)"/) {
            fields[String(match.1)] = String(match.2)
        }
        return fields
    }

    private static func body(_ request: UpstreamServer.Received) throws -> [String: String] {
        let object = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
        return (object ?? [:]).mapValues { "\($0)" }
    }

    private static func lastBody(_ gateway: UpstreamServer) throws -> [String: String] {
        try body(try #require(posts(gateway).last))
    }

    private static func posts(_ gateway: UpstreamServer) -> [UpstreamServer.Received] {
        gateway.requests.filter { $0.method == "POST" }
    }

    @Test("a block's state is changed: with note and day, under a key, and back to the page with a word about it")
    func move() async throws {
        try await FakePlant.visit { browser, _, gateway in
            let page = try await browser.get(FakePlant.blockPath)
            var form = try Self.fields(of: "move", in: page.text)
            form["state"] = "harvesting"
            form["note"] = "early & good"
            form["day"] = "2026-12-31"
            let answer = try await browser.post(FakePlant.blockPath + "/state", form)
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == FakePlant.blockPath + "?notice=block_moved")
            let post = try #require(Self.posts(gateway).last)
            #expect(post.path == "/api/v1/farm/blocks/\(FarmAnswers.blockID)/status")
            #expect(
                try Self.body(post)
                    == ["state": "harvesting", "note": "early & good", "at": "2026-12-31T23:59:59Z"])
            #expect(post.values("idempotency-key") == [form["once"] ?? ""])
            // The plant compares again: somebody may have been quicker than the page.
            #expect(post.values("if-match") == ["\"v7\""])
            let done = try await browser.get(FakePlant.blockPath + "?notice=block_moved")
            #expect(done.text.contains("The state is changed."))
        }
    }

    @Test("who has not seen the newest change is told so, and changes nothing")
    func changedMeanwhile() async throws {
        try await FakePlant.visit { browser, plant, gateway in
            var form = try Self.fields(of: "move", in: await browser.get(FakePlant.blockPath).text)
            form["note"] = "mine"
            plant.set { $0.version = 8 }
            let answer = try await browser.post(FakePlant.blockPath + "/state", form)
            #expect(answer.status == .conflict)
            #expect(answer.text.contains("Somebody changed this block"))
            #expect(answer.text.contains(">mine</textarea>"))
            #expect(Self.posts(gateway).isEmpty)
            // With the page that says so the next attempt is one.
            let again = try Self.fields(of: "move", in: answer.text)
            #expect(again["version"] == "8")
            #expect(try await browser.post(FakePlant.blockPath + "/state", again).status == .seeOther)
        }
    }

    @Test(
        "what can't be undone is asked about first, also without script",
        arguments: [("harvesting", "cleaning"), ("planned", "empty"), ("alert", "growing")])
    func confirmation(state: String, target: String) async throws {
        var facts = FakePlant.Facts()
        facts.state = state
        facts.allowed = [target, "alert"]
        try await FakePlant.visit(facts) { browser, _, gateway in
            var form = try Self.fields(of: "move", in: await browser.get(FakePlant.blockPath).text)
            form["state"] = target
            form["note"] = "kept <b>"
            let question = try await browser.post(FakePlant.blockPath + "/state", form)
            #expect(question.status == .ok)
            #expect(question.text.contains("Change F001-005 to \(target)?"))
            #expect(question.text.contains("kept &lt;b&gt;"))
            #expect(Self.posts(gateway).isEmpty)
            form["confirmed"] = "yes"
            #expect(try await browser.post(FakePlant.blockPath + "/state", form).status == .seeOther)
            #expect(Self.posts(gateway).count == 1)
        }
    }

    @Test("a harvest is recorded, with a comma as people write it")
    func harvest() async throws {
        var facts = FakePlant.Facts()
        facts.state = "harvesting"
        facts.allowed = ["cleaning", "alert"]
        try await FakePlant.visit(facts) { browser, _, gateway in
            var form = try Self.fields(of: "harvest", in: await browser.get(FakePlant.blockPath).text)
            form["quantity_kg"] = "12,5"
            form["grade"] = "b"
            let answer = try await browser.post(FakePlant.blockPath + "/harvests", form)
            #expect(answer.headers[.location] == FakePlant.blockPath + "?notice=harvest_recorded")
            let post = try #require(Self.posts(gateway).last)
            #expect(post.path == "/api/v1/farm/harvests")
            #expect(
                try Self.body(post)
                    == ["block_id": FarmAnswers.blockID, "quantity_kg": "12.5", "grade": "b"])
        }
    }

    @Test("an empty block is planted or planned, with what stands to choose from")
    func plant() async throws {
        var facts = FakePlant.Facts()
        facts.state = "empty"
        facts.allowed = ["planned", "planted", "growing", "alert"]
        facts.hasAlert = false
        try await FakePlant.visit(facts) { browser, _, gateway in
            var form = try Self.fields(of: "plant", in: await browser.get(FakePlant.blockPath).text)
            form.merge(
                ["state": "planned", "crop_id": FarmAnswers.cropID, "plants": "60", "planned_day": "2027-02-01"]
            ) { $1 }
            #expect(try await browser.post(FakePlant.blockPath + "/state", form).status == .seeOther)
            let post = try #require(Self.posts(gateway).last)
            #expect(
                try Self.body(post)
                    == ["state": "planned", "crop_id": FarmAnswers.cropID, "plants": "60", "planned_day": "2027-02-01"])
        }
    }

    @Test("alerts are raised of a farm and of a block, and resolved")
    func alerts() async throws {
        try await FakePlant.visit { browser, _, gateway in
            for (page, block) in [(FakePlant.farmPath, nil), (FakePlant.blockPath, FarmAnswers.blockID)] {
                var form = try Self.fields(of: "alert", in: await browser.get(page).text)
                form.merge(["severity": "high", "title": "No water"]) { $1 }
                #expect(try await browser.post(page + "/alerts", form).status == .seeOther)
                #expect(try Self.lastBody(gateway)["block_id"] == block)
            }
            let form = try Self.fields(
                of: "resolve-\(FarmAnswers.alertID)", in: await browser.get(FakePlant.blockPath).text)
            let answer = try await browser.post(
                FakePlant.farmPath + "/alerts/\(FarmAnswers.alertID)/resolve", form)
            #expect(answer.headers[.location] == FakePlant.blockPath + "?notice=alert_resolved")
            #expect(Self.posts(gateway).last?.path == "/api/v1/farm/alerts/\(FarmAnswers.alertID)/resolve")
        }
    }

    @Test("farms and blocks are added")
    func added() async throws {
        try await FakePlant.visit { browser, _, gateway in
            var farm = try Self.fields(of: "farm", in: await browser.get("/farms").text)
            farm.merge(["name": "North", "code": "NRT1", "location": ""]) { $1 }
            #expect(try await browser.post("/farms", farm).headers[.location] == "/farms?notice=farm_added")
            #expect(try Self.lastBody(gateway) == ["name": "North", "code": "NRT1"])
            var block = try Self.fields(of: "block", in: await browser.get(FakePlant.farmPath).text)
            block.merge(["type": "hydroponic", "max_plants": "250"]) { $1 }
            #expect(try await browser.post(FakePlant.farmPath + "/blocks", block).status == .seeOther)
            #expect(
                try Self.lastBody(gateway) == ["type": "hydroponic", "max_plants": "250"])
        }
    }

    @Test("what the plant can't accept stands beside its field, and what was typed is kept")
    func fieldFaults() async throws {
        var facts = FakePlant.Facts()
        facts.state = "harvesting"
        facts.allowed = ["cleaning"]
        facts.work = .json(
            FarmAnswers.problem(
                422, "invalid_input", "Some.",
                fields: #"{"at":"must not be before harvesting began","quantity_kg":"<b>too much"}"#), status: 422)
        try await FakePlant.visit(facts) { browser, _, _ in
            var form = try Self.fields(of: "harvest", in: await browser.get(FakePlant.blockPath).text)
            form.merge(["quantity_kg": "99", "grade": "waste", "note": "\"><i>", "day": "2026-01-01"]) { $1 }
            let answer = try await browser.post(FakePlant.blockPath + "/harvests", form)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains(#"id="harvest-day-fault">must not be before harvesting began"#))
            #expect(answer.text.contains("&lt;b&gt;too much"))
            #expect(answer.text.contains(#"value="99""#))
            #expect(answer.text.contains(#"<option value="waste" selected"#))
            #expect(answer.text.contains("&quot;&gt;&lt;i&gt;</textarea>"))
        }
    }

    @Test("what can't be read is told beside its field, and the plant is not asked")
    func unreadable() async throws {
        var facts = FakePlant.Facts()
        facts.state = "harvesting"
        facts.allowed = ["cleaning"]
        try await FakePlant.visit(facts) { browser, _, gateway in
            var form = try Self.fields(of: "harvest", in: await browser.get(FakePlant.blockPath).text)
            form["quantity_kg"] = "lots"
            let answer = try await browser.post(FakePlant.blockPath + "/harvests", form)
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("is not a number such as 12.5"))
            #expect(Self.posts(gateway).isEmpty)
        }
    }

    @Test(
        "work that is not done is told on the page, with what was typed",
        arguments: [
            (409, "conflict", HTTPResponse.Status.conflict, "is growing already"),
            (422, "idempotency_key_reused", .conflict, "This form was sent before"),
            (403, "forbidden", .forbidden, "do not allow this"),
            (503, "unavailable", .serviceUnavailable, "Try again in"),
            (500, "outcome_unknown", .badGateway, "Look whether it is there"),
            (401, "unknown_key", .badGateway, "unknown_key"),
        ])
    func notDone(sent: Int, code: String, status: HTTPResponse.Status, says: String) async throws {
        var facts = FakePlant.Facts()
        facts.work = .json(FarmAnswers.problem(sent, code, "The block is growing already."), status: sent)
        try await FakePlant.visit(facts) { browser, _, _ in
            var form = try Self.fields(of: "move", in: await browser.get(FakePlant.blockPath).text)
            form.merge(["state": "harvesting", "note": "typed with care"]) { $1 }
            let answer = try await browser.post(FakePlant.blockPath + "/state", form)
            #expect(answer.status == status)
            #expect(answer.text.contains(says))
            #expect(answer.text.contains("typed with care</textarea>"))
        }
    }

    @Test("a form's key is the same while nothing changes, and another after that")
    func onceKey() async throws {
        try await FakePlant.visit { browser, plant, _ in
            func key() async throws -> String? {
                try Self.fields(of: "move", in: await browser.get(FakePlant.blockPath).text)["once"]
            }
            let first = try await key()
            #expect(first != nil)
            #expect(try await key() == first)
            plant.set { $0.version = 8 }
            #expect(try await key() != first)
        }
    }

    @Test(
        "another site's form, or one without the session's token, does nothing at the plant",
        arguments: [
            FakePlant.blockPath + "/state", FakePlant.blockPath + "/harvests", FakePlant.blockPath + "/alerts",
            FakePlant.farmPath + "/alerts", FakePlant.farmPath + "/alerts/\(FarmAnswers.alertID)/resolve",
            FakePlant.farmPath + "/blocks", "/farms",
        ])
    func forged(path: String) async throws {
        try await FakePlant.visit { browser, _, gateway in
            let form = try Self.fields(of: "move", in: await browser.get(FakePlant.blockPath).text)
            let before = gateway.otherRequests.count
            let crossSite = try await browser.post(
                path, form, headers: [HTTPField.Name("Sec-Fetch-Site") ?? .origin: "cross-site"])
            #expect(crossSite.status == .forbidden)
            var without = form
            without["form_token"] = nil
            #expect(try await browser.post(path, without).status == .forbidden)
            #expect(gateway.otherRequests.count == before)
        }
    }
}
