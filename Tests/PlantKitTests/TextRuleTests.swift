import Testing

@testable import PlantKit

@Suite("Rules for texts")
struct TextRuleTests {
    @Test(
        "addresses that people have",
        arguments: [
            "ada@example.com", "a.b+c@sub.example.co.uk", "x@localhost", "o'neil@example.com", "jörg@müller.de",
            "1@2.cd",
        ])
    func emails(_ text: String) {
        #expect(TextRule.emailProblem(in: text) == nil)
    }

    @Test(
        "what is no address",
        arguments: [
            "", "ada", "@example.com", "ada@", "ada@@example.com", "a@b@c.de", "ada@example", "ada@.com", "ada@a..b",
            "ada@-a.de", "ada @example.com", "ada@exam ple.com", "ada@example.com\n", "<ada@example.com>",
            "ada,eve@example.com", "\"ada\"@example.com", "ada\u{202E}@example.com",
            String(repeating: "x", count: 65) + "@example.com", "a@" + String(repeating: "x.", count: 130) + "de",
        ])
    func noEmails(_ text: String) {
        #expect(TextRule.emailProblem(in: text) != nil)
    }

    @Test(
        "phone numbers",
        arguments: [
            ("+49 30 123456", true), ("(030) 12-34.56", true), ("110", true), ("12", false), ("+", false),
            ("12+34567", false), ("٣٤٥٦", false), ("123456789012345678901", false), ("0123x", false),
        ])
    func phones(_ text: String, _ isOne: Bool) {
        #expect((TextRule.phoneProblem(in: text) == nil) == isOne)
    }

    @Test("length counts scalars, so that a pile of accents is no short name")
    func length() {
        let zalgo = "a" + String(repeating: "\u{0301}", count: 300)
        #expect(zalgo.count == 1)
        #expect(TextRule.problem(in: zalgo, length: 1...200, multiline: false) != nil)
    }

    @Test(
        "identifiers",
        arguments: [
            ("c-1", true), ("A.b_C-9", true), ("", false), ("a b", false), ("a/b", false), ("é", false),
            (String(repeating: "x", count: 128), true), (String(repeating: "x", count: 129), false),
        ])
    func identifiers(_ text: String, _ isOne: Bool) {
        #expect(TextRule.isIdentifier(text) == isOne)
    }
}
