import Evidence
import Testing

@testable import SourceCode

@Suite("Texts to tokens")
struct LexerTests {
    private func python(_ text: String) -> [Token] { Lexer.tokens(of: text, file: "a.py", rules: .python) }
    private func javascript(_ text: String) -> [Token] { Lexer.tokens(of: text, file: "a.js", rules: .javascript) }
    private func words(_ tokens: [Token]) -> [String] { tokens.map(\.text) }

    @Test("words, numbers, strings and marks, with line and column")
    func basics() {
        let tokens = python("x = getenv('A', 10)\n  y += 1.5")
        #expect(words(tokens) == ["x", "=", "getenv", "(", "A", ",", "10", ")", "\n", "y", "+=", "1.5"])
        #expect(tokens[4].kind == .string)
        #expect(tokens[4].position.line == 1 && tokens[4].position.column == 12)
        #expect(tokens[9].position.line == 2 && tokens[9].position.column == 3)
    }

    @Test("columns count scalars, not bytes")
    func columns() {
        let tokens = javascript("/* é */ const ß = '€𝄞' + x")
        #expect(tokens.map(\.position.column) == [9, 15, 17, 19, 24, 26])
        #expect(tokens[3].text == "€𝄞")
    }

    @Test("line ends within brackets and behind a backslash are none in Python")
    func joinedLines() {
        let tokens = python("f(a,\n  b)\nx = \\\n  1\n\n\ny\r\nz")
        #expect(words(tokens) == ["f", "(", "a", ",", "b", ")", "\n", "x", "=", "1", "\n", "y", "\n", "z"])
        #expect(tokens.last?.position.line == 8)
    }

    @Test("a comment hides what is in it, and a string hides a comment")
    func comments() {
        #expect(words(python("a # 'x\nb = '# no'")) == ["a", "\n", "b", "=", "# no"])
        #expect(words(javascript("a /* ' \n \" */ + '/*' // it's\n b")) == ["a", "+", "/*", "\n", "b"])
    }

    @Test(
        "Python's string prefixes",
        arguments: [
            ("'a\\'b'", "a'b"), ("r'a\\d'", "a\\d"), ("Rb\"x\"", "x"), ("'''a\n'b'''", "a\n'b"), ("u'\\u00e9'", "é"),
            ("b'\\x41'", "A"), ("'a\\\nb'", "ab"), ("f'{{x}}'", "{x}"),
        ])
    func prefixes(text: String, value: String) {
        let tokens = python(text)
        #expect(tokens.count == 1)
        #expect(tokens.first?.text == value)
        #expect(tokens.first?.kind == .string)
    }

    @Test("an f-string holds the tokens of its expressions")
    func formattedStrings() {
        let token = python("f\"a-{getenv('B')}-{c!r:>{w}}\"")[0]
        guard token.pieces.count == 4, case .text("a-") = token.pieces[0], case .code(let call) = token.pieces[1],
            case .code(let name) = token.pieces[3]
        else {
            Issue.record("pieces: \(token.pieces)")
            return
        }
        #expect(words(call) == ["getenv", "(", "B", ")"])
        #expect(call[2].position.column == 13)
        #expect(words(name) == ["c", "!", "r", ":", ">", "{", "w", "}"])
    }

    @Test("a template in a template, with a bracket in a string")
    func templates() {
        let tokens = javascript("`a${ f('}', `b${c}`) }d` + e")
        #expect(tokens.count == 3)
        guard case .code(let inner) = tokens[0].pieces[1] else {
            Issue.record("no code")
            return
        }
        #expect(inner.map(\.text) == ["f", "(", "}", ",", "", ")"])
        #expect(tokens[0].pieces.last == .text("d"))
    }

    @Test("a slash divides behind a value and begins a regular expression elsewhere")
    func regularExpressions() {
        #expect(
            words(javascript("a = /'\"[/]/g.test(b) / 2")) == [
                "a", "=", "/regex/", ".", "test", "(", "b", ")", "/", "2",
            ])
        #expect(words(javascript("</p> it")) == ["<", "/", "p", ">", "it"])
    }

    @Test("a string that does not end, ends with its line")
    func openStrings() {
        #expect(words(python("a = 'b\nc")) == ["a", "=", "b", "\n", "c"])
        #expect(words(javascript("<p>Don't</p>\nx")) == ["<", "p", ">", "Don", "t</p>", "\n", "x"])
    }

    @Test("nested templates without end are read in linear time and bounded depth")
    func hostileTemplates() {
        let text = String(repeating: "`${", count: 20_000)
        #expect(!javascript(text).isEmpty)
        let brackets = String(repeating: "(", count: 100_000)
        #expect(javascript(brackets).count == 100_000)
    }

    @Test("rules for here documents and for characters that are no strings")
    func otherLanguages() {
        let ruby = LexicalRules(
            lineComments: ["#"], blockComments: [],
            strings: [.init(open: "\"", close: "\"", spansLines: true, interpolation: .hashBrace)],
            marks: ["<<"], linesMatter: true, hereDocuments: ["<<~", "<<-"])
        #expect(
            words(Lexer.tokens(of: "a = <<~EOS\n  key: 'x\n  EOS\nb", file: "a.rb", rules: ruby))
                == ["a", "=", "  key: 'x", "\n", "b"])
        let rust = LexicalRules(
            strings: [.init(open: "\"", close: "\""), .init(open: "'", close: "'", isCharacter: true)], marks: ["::"])
        #expect(
            words(Lexer.tokens(of: "f<'a>(x: &'a str) = '\\'' + 'b'", file: "a.rs", rules: rust))
                == ["f", "<", "'", "a", ">", "(", "x", ":", "&", "'", "a", "str", ")", "=", "'", "+", "b"])
    }

    @Test("the first line of a script and a byte order mark are passed over")
    func beginnings() {
        #expect(words(javascript("#!/usr/bin/env node\nx")) == ["x"])
        #expect(javascript("\u{FEFF}x").first?.position.column == 1)
    }
}
