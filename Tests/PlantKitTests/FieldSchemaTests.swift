import HTTPKit
import Testing

@testable import PlantKit

@Suite("Schemas told by a reading of fields")
struct FieldSchemaTests {
    enum Colour: String, CaseIterable { case red, green }

    struct Draft {
        var name: String
        var kind: String
        var nick: String?
        var email: String?
        var level: Int64?
        var colour: Colour

        init(reading fields: inout FieldReader) {
            name = fields.text("name", length: 2...20)
            kind = fields.text("kind", length: 1...8, default: "plain")
            fields.check("kind", kind, .slug)
            nick = fields.optionalText("nick", length: 0...9, multiline: true)
            email = fields.optionalText("email", length: 3...254)
            fields.check("email", email, .email)
            level = fields.optionalInteger("level", in: 1...5)
            colour = fields.choice("colour", default: .green)
            if level == nil { fields.fault("level", FieldReader.required) }
        }
    }

    @Test("the bounds of the reading are those of the schema")
    func bounds() {
        let schema = APISchema.fields { Draft(reading: &$0) }
        let slug = APISchema.text(length: 1...8, pattern: "^[a-z0-9_-]+$").defaulting(to: "plain")
        #expect(
            schema
                == .object(
                    [
                        .required("name", .text(length: 2...20)), .optional("kind", slug),
                        .optional("nick", .text(length: 0...9).nullable),
                        .optional("email", .text(length: 3...254, format: "email").nullable),
                        .required("level", .integer(1...5)),
                        .optional("colour", .choice(["red", "green"]).defaulting(to: "green")),
                    ], isOpen: false))
    }

    @Test("a merge patch requires nothing, and null removes what may be absent")
    func patch() {
        let schema = APISchema.fields { Draft(reading: &$0) }.patch
        guard case .object(let fields, let isOpen) = schema.kind else {
            Issue.record("no object")
            return
        }
        #expect(!isOpen)
        #expect(fields.allSatisfy { !$0.isRequired && $0.schema.defaultValue == nil })
        #expect(fields.filter { !$0.schema.isNullable }.map(\.name) == ["name", "level"])
    }

    @Test("a request is read as it was before: nothing is noted, everything is enforced")
    func reading() {
        var reader = FieldReader(["name": .text("x"), "email": .text("nobody"), "level": .integer(9)])
        _ = Draft(reading: &reader)
        #expect(reader.notes == nil)
        #expect(Set(reader.faults.keys) == ["name", "email", "level"])
    }

    @Test(
        "a form's pattern takes what its rule takes",
        arguments: [
            (TextForm.slug, ["free", "a_b-1"], ["A", "ä", "a b", ""]),
            (TextForm.phone, ["+41 44 123", "(030) 12-3.4/5"], ["+", "1+2 345", "abc"]),
            (TextForm.identifier, ["c-1", "A.b_9"], ["", "a/b", "a b"]),
        ])
    func forms(_ form: TextForm, good: [String], bad: [String]) throws {
        let pattern = try Regex(try #require(form.pattern))
        for text in good {
            #expect(form.problem(text) == nil && text.wholeMatch(of: pattern) != nil, "\(text)")
        }
        for text in bad { #expect(form.problem(text) != nil || text.isEmpty, "\(text)") }
    }
}
