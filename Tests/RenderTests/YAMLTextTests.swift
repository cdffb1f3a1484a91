import Manifests
import Testing

@testable import Render

@Suite("what is written as YAML is read back as it was")
struct YAMLTextTests {
    @Test(
        "a text stays a text, whatever YAML would see in it",
        arguments: [
            "true", "no", "on", "Off", "y", "null", "~", "", "1", "0x10", "1e3", "12:30:45", "2026-11-21", "0.1.0", "=",
            "- dash", "a: b", "a #b", "# c", "[x]", "{x}", "*a", "&a", "!t", "|", ">", "%d", "@at", "`tick", " lead",
            "trail ", "end:", "quo\"te", "back\\slash", "line\nbreak", "tab\there", "ü", "${{ vars.X }}", "$(X)", "'s'",
            "http://a:80,http://b:81", "\u{7}", "<<", "---", "...",
        ])
    func scalars(text: String) throws {
        let written = YAMLText.of(["key": .text(text), "list": [.text(text)]])
        let read = try YAMLDocument.parse(written, file: "x.yaml")
        #expect(read["key"]?.scalar?.text == text)
        #expect(read["key"]?.scalar?.kind == .string)
        #expect(read["list"]?.list?.first?.scalar?.text == text)
    }

    @Test("a value of one long word is folded, so that no line is longer than 80")
    func folding() throws {
        let word = "arn:aws:secretsmanager:eu-central-1:100000000001:secret:a-name-that-is-long-enough::v1:"
        let written = YAMLText.of(["outer": ["list": [["name": "X", "valueFrom": .text(word)]]]])
        #expect(written.contains(">-"))
        let entry = try YAMLDocument.parse(written, file: "x.yaml")["outer"]?["list"]?.list?.first
        #expect(entry?["valueFrom"]?.scalar?.text == word)
    }

    @Test("absent members leave no key, and empty mappings and lists stay what they are")
    func emptiness() throws {
        let read = try YAMLDocument.parse(
            YAMLText.of(["a": .absent, "b": [:], "c": [], "d": [.absent], "e": ["x": .absent], "f": 1]), file: "x.yaml")
        #expect(read["a"] == nil)
        #expect(read["b"]?.map?.isEmpty == true)
        #expect(read["c"]?.list?.isEmpty == true)
        #expect(read["d"]?.list?.isEmpty == true)
        #expect(read["e"]?.map?.isEmpty == true)
        #expect(read["f"]?.scalar?.text == "1")
    }

    @Test("comments stand above what they explain, and do not change it")
    func comments() throws {
        let written = YAMLText.of(["a": .explained("why a", ["b": .explained("why b", [.explained("first", "x")])])])
        #expect(written == "# why a\na:\n  # why b\n  b:\n    # first\n    - x\n")
        #expect(try YAMLDocument.parse(written, file: "x")["a"]?["b"]?.list?.first?.scalar?.text == "x")
    }

    @Test("a script is a literal block, line by line")
    func lines() throws {
        let read = try YAMLDocument.parse(YAMLText.of(["run": .lines(["a \\", "  --b '#' c: d", "", "e"])]), file: "x")
        #expect(read["run"]?.scalar?.text == "a \\\n  --b '#' c: d\n\ne\n")
    }

    @Test("the same as JSON: quotes, backslashes and control characters are escaped")
    func json() throws {
        let text = "a\"b\\c\nd\u{1}"
        let written = JSONDocument.of([
            "key": .text(text), "on": true, "n": 3, "l": [.text("x"), .absent], "no": .absent,
        ])
        let read = try YAMLDocument.parse(written, file: "x.json")
        #expect(read["key"]?.scalar?.text == text)
        #expect(read["l"]?.list?.count == 1)
        #expect(read["no"] == nil)
    }
}
