import Testing

@testable import Check

@Suite("Lines of a text that a fix changes")
struct TextLinesTests {
    @Test("what is not changed stays byte for byte", arguments: ["", "a", "a\n", "a\r\nb\r\n", "a\rb\n\n", "\r\n\r\n"])
    func unchanged(text: String) {
        #expect(Array(TextLines(text).text.utf8) == Array(text.utf8))
    }

    @Test("a line is counted, replaced and added where lines end in CR LF too")
    func endings() {
        for end in ["\n", "\r\n"] {
            var lines = TextLines(["one", "two", "three", ""].joined(separator: end))
            #expect(lines[2] == "two")
            #expect(lines[0] == nil)
            #expect(lines[5] == nil)
            let done = [
                lines.apply(.init(file: "f", line: 3, old: "three", new: ["3"])),
                lines.apply(.init(file: "f", line: 2, old: "two", isInsertion: true, new: ["1.5"])),
            ]
            #expect(done == [true, true])
            #expect(lines.text == ["one", "1.5", "two", "3", ""].joined(separator: end))
        }
    }

    @Test("a line that has changed since is left alone")
    func changed() {
        var lines = TextLines("one\ntwo\n")
        let done = [
            lines.apply(.init(file: "f", line: 2, old: "zwei", new: ["2"])),
            lines.apply(.init(file: "f", line: 9, old: "", new: ["2"])),
        ]
        #expect(done == [false, false])
        #expect(lines.text == "one\ntwo\n")
    }
}
