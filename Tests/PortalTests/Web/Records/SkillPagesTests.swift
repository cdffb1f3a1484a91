import HTTPTypes
import HummingbirdTesting
import TestSupport
import Testing

@testable import Portal

@Suite struct SkillPagesTests {
    @Test("the catalogue is listed with levels as words, and each skill has a page")
    func shown() async throws {
        try await RecordPlant.visit { browser, _, _ in
            let list = try await browser.get("/skills")
            #expect(list.status == .ok)
            #expect(list.text.contains("3 of 5: after a season"))
            #expect(list.text.contains("1 skill<"))
            #expect(list.text.contains("href=\"\(RecordPlant.skill)\""))
            let skill = try await browser.get(RecordPlant.skill)
            #expect(skill.status == .ok)
            #expect(skill.text.contains("irrigation"))
        }
    }

    @Test("an empty catalogue says what a skill is for; one that nothing fits says how to look again")
    func empty() async throws {
        var facts = RecordPlant.Facts()
        facts.isEmpty = true
        try await RecordPlant.visit(facts) { browser, _, _ in
            let page = try await browser.get("/skills").text
            #expect(page.contains("A skill is what work on a farm may ask for"))
            let nothing = try await browser.get("/skills?q=welding").text
            #expect(nothing.contains("No skill fits this."))
            #expect(!nothing.contains("A skill is what work"))
        }
    }

    @Test(
        "search, category, order and page go along with the question, and what is none of them is left out",
        arguments: [
            (
                "?q=drip+line&category=irrigation&sort=-level&page=2",
                ["q=drip%20line", "category=irrigation", "sort=-level", "page=2"]
            ),
            ("?q=&sort=password&page=x&perPage=500&admin=1", ["sort=name", "page=1"]),
        ])
    func filters(query: String, asked: [String]) async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let page = try await browser.get("/skills" + query)
            #expect(page.status == .ok)
            let targets = gateway.requests(to: "/api/v1/skills").map(\.target)
            let pairs = targets.map { Set($0.drop { $0 != "?" }.dropFirst().split(separator: "&").map(String.init)) }
            #expect(pairs.contains(Set(asked + ["perPage=25"])))
        }
    }

    @Test("a skill is added under the form's key, and its page is where one goes")
    func added() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "skill_new", in: await browser.get("/skills/new").text)
            #expect(form["category"] == "general")
            form.merge(
                ["name": " Pruning ", "category": "plants", "level": "2", "description": "one\r\ntwo"]
            ) { $1 }
            let answer = try await browser.post("/skills", form)
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == RecordPlant.skill + "?notice=skill_added")
            let post = gateway.changes.last
            #expect(post?.values("idempotency-key") == [form["once"] ?? ""])
            #expect(
                try SentForm.members(post)
                    == ["name": "Pruning", "category": "plants", "level": "2", "description": "one\ntwo"])
        }
    }

    @Test("two forms never have the same key, and one that was not accepted keeps its own")
    func onceKeys() async throws {
        var facts = RecordPlant.Facts()
        facts.work = .json(
            FarmAnswers.problem(409, "conflict", "Taken.", fields: #"{"name":"is taken by another skill"}"#),
            status: 409)
        try await RecordPlant.visit(facts) { browser, plant, _ in
            var form = try SentForm.fields(of: "skill_new", in: await browser.get("/skills/new").text)
            let other = try SentForm.fields(of: "skill_new", in: await browser.get("/skills/new").text)
            #expect(form["once"] != other["once"])
            form["name"] = "Pruning"
            let refused = try await browser.post("/skills", form)
            #expect(refused.status == .conflict)
            #expect(refused.text.contains("id=\"skill_new-name-fault\">is taken by another skill"))
            let again = try SentForm.fields(of: "skill_new", in: refused.text)
            #expect(again["once"] == form["once"])
            #expect(again["name"] == "Pruning")
            // What was done before with other content is another piece of work.
            plant.set { $0.work = .json(FarmAnswers.problem(422, "idempotency_key_reused"), status: 422) }
            let reused = try await browser.post("/skills", form)
            #expect(reused.status == .conflict)
            #expect(try SentForm.fields(of: "skill_new", in: reused.text)["once"] != form["once"])
        }
    }

    @Test("a change goes with the version that was seen, and what is left empty is taken away")
    func changed() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "skill", in: await browser.get(RecordPlant.skill).text)
            #expect(form["name"] == FarmAnswers.markup)
            #expect(form["level"] == "3")
            form.merge(["name": "Drip lines", "level": "", "description": ""]) { $1 }
            let answer = try await browser.post(RecordPlant.skill, form)
            #expect(answer.headers[.location] == RecordPlant.skill + "?notice=skill_changed")
            let put = gateway.changes.last
            #expect(put?.method == "PUT")
            #expect(put?.values("if-match") == ["\"v3\""])
            #expect(try SentForm.members(put) == ["name": "Drip lines", "category": "irrigation"])
        }
    }

    @Test("a conflict shows what the other one wrote beside what was typed, and the next attempt goes on from there")
    func conflict() async throws {
        try await RecordPlant.visit { browser, plant, _ in
            var form = try SentForm.fields(of: "skill", in: await browser.get(RecordPlant.skill).text)
            form["description"] = "typed with care"
            plant.set {
                $0.skill = RecordAnswers.skill(version: 4, description: "<b>theirs</b>")
                $0.work = .json(FarmAnswers.problem(412, "precondition_failed", "It has changed."), status: 412)
            }
            let answer = try await browser.post(RecordPlant.skill, form)
            #expect(answer.status == .conflict)
            #expect(answer.text.contains("Somebody changed this since you opened it. What stands there now"))
            #expect(answer.text.contains("id=\"skill-description-fault\">It reads “&lt;b&gt;theirs&lt;/b&gt;” now."))
            #expect(answer.text.contains(">typed with care</textarea>"))
            #expect(!answer.text.contains("id=\"skill-category-fault\""))
            #expect(try SentForm.fields(of: "skill", in: answer.text)["version"] == "4")
        }
    }

    @Test("removing asks first, on a page of its own, and then goes with the version that was seen")
    func removed() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            let question = try await browser.get(RecordPlant.skill + "/remove")
            #expect(question.text.contains("can’t be brought back"))
            #expect(gateway.changes.isEmpty)
            let form = try SentForm.fields(of: "skill_remove", in: question.text)
            let answer = try await browser.post(RecordPlant.skill + "/remove", form)
            #expect(answer.headers[.location] == "/skills?notice=skill_removed")
            #expect(gateway.changes.last?.method == "DELETE")
            #expect(gateway.changes.last?.values("if-match") == ["\"v3\""])
        }
    }

    @Test("a form without the version that was seen changes nothing")
    func withoutVersion() async throws {
        try await RecordPlant.visit { browser, _, gateway in
            var form = try SentForm.fields(of: "skill", in: await browser.get(RecordPlant.skill).text)
            form["version"] = "3\", \"v4"
            #expect(try await browser.post(RecordPlant.skill, form).status == .unprocessableContent)
            #expect(gateway.changes.isEmpty)
        }
    }

    @Test(
        "who may only look has no forms, and is told so where one is asked for",
        arguments: ["viewer", "industry_manager"])
    func readers(role: String) async throws {
        let samples = try await SamplePages()
        let reader = try samples.visitor(role)
        let skill: SkillDocument = try FarmSamples.decode(RecordAnswers.skill())
        func page(of visitor: Visitor) throws -> String {
            try samples.parts.pages.html(
                SkillPage(
                    parts: samples.parts, visitor: visitor, rights: .init(PlantRoles.permissions(of: visitor)),
                    skill: skill))
        }
        let html = try page(of: reader)
        let forms = html.matches(of: /<form method="post" action="([^"]+)"/).map { String($0.1) }
        #expect(forms == ["/logout"])
        #expect(!html.contains("/remove"))
        let written = try page(of: samples.visitor("agent_orchestrator"))
        #expect(written.contains("action=\"\(RecordPlant.skill)\""))
    }
}
