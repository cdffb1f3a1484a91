import Gateway
import Testing

@Suite("YAML as a routes file is written in")
struct YAMLReaderTests {
    static func read(_ text: String) throws(RoutesFile.Faults) -> YAMLNode { try YAMLReader.read(Array(text.utf8)) }

    /// Lists in [], mappings in {}, quoted texts in quotes, plain ones bare.
    static func written(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let text, isPlain: true): text
        case .scalar(let text, isPlain: false): "'\(text)'"
        case .list(let list): "[\(list.map(written).joined(separator: ","))]"
        case .map(let members): "{\(members.map { "\($0.key):\(written($0.value))" }.joined(separator: ","))}"
        }
    }

    @Test(
        "lists, mappings and texts, of lines and in brackets",
        arguments: [
            ("a: 1", "{a:1}"), ("- a\n- b", "[a,b]"), ("a:\n  - b\n  - c\nd: e", "{a:[b,c],d:e}"),
            // A list may stand at its key's own column.
            ("a:\n- b\n- c\nd: e", "{a:[b,c],d:e}"), ("- a: 1\n  b: 2\n- c: 3", "[{a:1,b:2},{c:3}]"),
            ("-\n  a: 1", "[{a:1}]"), ("- - a\n  - b\n- c", "[[a,b],c]"), ("a:\nb: ~", "{a:,b:~}"),
            ("a: [b, c: d]", ""), ("[a, [b], {c: d, 'e': \"f\"}]", "[a,[b],{c:d,e:'f'}]"),
            (#"[{"a":1,"b":[true,null]}]"#, "[{a:1,b:[true,null]}]"), ("[\n\ta,\n\tb,\n]", "[a,b]"), ("[]", "[]"),
            ("{}", "{}"), ("a: http://x:8/y#z", "{a:http://x:8/y#z}"), ("a: b # c", "{a:b}"), ("a: b#c", "{a:b#c}"),
            ("# x\n\na: 'it''s' # y", "{a:'it's'}"), (#"a: "\u00e9\ud83d\ude00\n\/""#, "{a:'é😀\n/'}"),
            ("---\na: b\n...\n", "{a:b}"), ("a: b\r\nc: d\r\n", "{a:b,c:d}"), ("\u{FEFF}a: b", "{a:b}"),
            ("a: &x [b]\nc: *x", "{a:[b],c:[b]}"), ("a: &x\n  b: c\nd: *x", "{a:{b:c},d:{b:c}}"),
            ("[&x a, *x]", "[a,a]"), ("a: -1\nb: -c", "{a:-1,b:-c}"), ("\"a b\": c", "{a b:c}"),
            ("a b: c d", "{a b:c d}"), ("a:  'x'  # y", "{a:'x'}"), ("- &x\n  a: b", "[{a:b}]"),
        ])
    func values(_ text: String, _ expected: String) throws {
        guard !expected.isEmpty else {
            #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
            return
        }
        #expect(Self.written(try Self.read(text)) == expected)
    }

    @Test("each node knows its line and column, counted in characters")
    func positions() throws {
        let node = try Self.read("é: 'ü' # x\nb:\n  - ä: {c: d}\n")
        guard case .map(let members) = node.content, case .list(let list) = members[1].value.content,
            case .map(let inner) = list[0].content, case .map(let flow) = inner[0].value.content
        else {
            Issue.record("another shape")
            return
        }
        #expect(members[0].value.position == TextPosition(line: 1, column: 4))
        #expect(members[1].position == TextPosition(line: 2, column: 1))
        #expect(list[0].position == TextPosition(line: 3, column: 5))
        #expect(inner[0].value.position == TextPosition(line: 3, column: 8))
        #expect(flow[0].value.position == TextPosition(line: 3, column: 12))
    }

    @Test(
        "what could be read in two ways, or is not read here, is refused at its place",
        arguments: [
            ("", 1, 1, "nothing in it"), ("# only\n", 2, 1, "nothing in it"),
            ("a: b\n---\nc: d", 2, 1, "second document"),
            ("%YAML 1.2\n---\na: b", 1, 1, "directive"), ("a: !!str b", 1, 4, "a tag"), ("a: !x b", 1, 4, "a tag"),
            ("a: |\n  b", 1, 4, "several lines"), ("a: >\n  b", 1, 4, "several lines"),
            ("a: b\n  c", 2, 3, "indented more"), ("a: 'b\n  c'", 1, 4, "does not end on its line"),
            ("a: \"b", 1, 4, "does not end on its line"), ("a:\n\tb: c", 2, 1, "tab indents"),
            ("-\tb: c", 1, 2, "tab stands behind the dash"), ("a: b\na: c", 2, 1, "stands twice"),
            (#"{"a": 1, "a": 2}"#, 1, 10, "stands twice"), (#"{"a": 1, "\u0061": 2}"#, 1, 10, "stands twice"),
            ("<<: {a: b}", 1, 1, "merge key"), ("a: *x", 1, 4, "names no anchor"), ("a: &", 1, 4, "anchor's name"),
            ("&x a: b", 1, 4, "begins on the line of its key or anchor"), ("a: b: c", 1, 4, "begins on the line"),
            ("a: - b", 1, 4, "list begins on its key's own line"), ("? a\n: b", 1, 1, "an indicator"),
            ("a: ?x", 1, 4, "an indicator"), ("{a: b:?c}", 1, 6, "question mark"),
            ("a: {b: c\n\t}", 2, 1, "tab indents"), ("[:x]", 1, 2, "an indicator"),
            ("a\n\t\n", 2, 1, "tab indents"), ("a: &x{}", 1, 4, "anchor's name"), ("a: - ", 1, 4, "list begins"),
            ("[a, b", 1, 6, "is not closed"), ("[a b: c]", 1, 5, "neither a comma"), ("{a}", 1, 2, "colon"),
            ("{a:1}", 1, 2, "colon"), ("[a,,b]", 1, 4, "value is missing"), ("[,]", 1, 2, "value is missing"),
            ("{a: }", 1, 5, "value is missing"), ("[a]]", 1, 4, "behind a value"), ("[a] b", 1, 5, "behind a value"),
            ("{a: b}: c", 1, 7, "behind a value"), ("'a' b", 1, 5, "behind a value"),
            ("a\nb: c", 2, 1, "nothing above"),
            ("a: b\n c: d", 2, 2, "indented more"), ("  a: b\nc: d", 2, 1, "nothing above"),
            ("a:\n    b: c\n  d: e", 3, 3, "indented more"), ("- a\nb: c", 2, 1, "nothing above"),
            ("a: b\n- c", 2, 1, "list entry stands between"), ("a: b\nc", 2, 1, "without a colon"),
            ("a: b\nc:d", 2, 1, "without a colon"), ("a: @b", 1, 4, "begins no word"),
            ("a: `b`", 1, 4, "begins no word"),
            ("a: \"\\q\"", 1, 5, "an escape"), ("a: \"\\ud800\"", 1, 5, "an escape"), ("a: \"\\", 1, 5, "an escape"),
            ("a: \"\\ud800\\u0041\"", 1, 5, "an escape"), ("a: \"\\u12\"", 1, 5, "an escape"),
            ("a: b\u{0}", 1, 5, "control character"), ("a: \u{7F}", 1, 4, "control character"),
            ("a: b\u{85}c: d", 1, 5, "control character"), ("a: b\u{2028}c", 1, 5, "control character"),
            ("a: b\rc: d", 1, 6, "carriage return"), ("a: b\r", 1, 6, "carriage return"),
            ("[a\n--- ]", 2, 1, "within brackets"),
        ])
    func refused(_ text: String, _ line: Int, _ column: Int, _ words: String) {
        let error = #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
        #expect(error?.faults.count == 1)
        #expect(error?.faults.first?.position == TextPosition(line: line, column: column))
        #expect(error?.faults.first?.problem.contains(words) == true, "\(error?.faults.first?.problem ?? "")")
    }

    @Test("bytes that are no UTF-8 are refused")
    func encoding() {
        for bytes: [UInt8] in [[0xFF], [0x61, 0x3A, 0x20, 0xC0, 0xAF], [0xED, 0xA0, 0x80]] {
            #expect(throws: RoutesFile.Faults.self) { try YAMLReader.read(bytes) }
        }
    }

    @Test("a file beyond 1 MiB is refused, one below it is read")
    func length() throws {
        let comment = Array("#".utf8) + [UInt8](repeating: 0x78, count: 1_048_571)
        _ = try YAMLReader.read(Array("a\n".utf8) + comment)
        #expect(throws: RoutesFile.Faults.self) { try YAMLReader.read(Array("a: b\n".utf8) + comment) }
    }

    @Test("depth is bounded, in brackets and in lines")
    func depth() throws {
        _ = try Self.read(String(repeating: "[", count: 16) + String(repeating: "]", count: 16))
        let lines = (0..<400).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        for text in [
            String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
            String(repeating: "[", count: 500_000), String(repeating: "{\"a\":", count: 100_000),
            String(repeating: "- ", count: 200_000), lines,
        ] {
            let error = #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
            #expect(error?.faults.first?.problem.contains("levels deep") == true)
        }
    }

    @Test("aliases that multiply are refused before they do")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<9 {
            let alias = "*a\(level - 1)"
            text += "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
        }
        let error = #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
        #expect(error?.faults.first?.problem.contains("too large") == true)
        #expect(error?.faults.first?.position.line == 5)
    }

    @Test("an alias can't make a file deeper than it may be, and an anchor never holds itself")
    func aliasDepth() {
        var text = "a0: &a0 [x]\n"
        for level in 1..<20 { text += "a\(level): &a\(level) [*a\(level - 1)]\n" }
        #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
        #expect(throws: RoutesFile.Faults.self) { try Self.read("a: &a [*a]") }
    }

    @Test("more values than a table of routes can have are refused")
    func values() {
        let text = "[" + String(repeating: "a,", count: 70_000) + "]"
        let error = #expect(throws: RoutesFile.Faults.self) { try Self.read(text) }
        #expect(error?.faults.first?.problem.contains("more than 65536 values") == true)
    }

    @Test("a megabyte on one line is read in a moment, places and all")
    func oneLine() throws {
        let text = "[" + String(repeating: "{\"äöü\": \"0123456789\"},", count: 20_000) + "{}]"
        guard case .list(let list) = try Self.read(text).content else {
            Issue.record("no list")
            return
        }
        #expect(list.count == 20_001)
        #expect(list.last?.position == TextPosition(line: 1, column: text.unicodeScalars.count - 2))
    }
}
