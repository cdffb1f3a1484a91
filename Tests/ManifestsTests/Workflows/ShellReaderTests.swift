import Evidence
import Testing

@testable import Manifests

@Suite("the shell of workflows")
struct ShellReaderTests {
    static func script(_ text: String) -> ShellScript { ShellReader.read(EmbeddedText(text, file: "s")) }

    /// Words with `|` between them, commands with ` / `.
    static func words(_ text: String) -> String {
        let variables = ShellVariables([
            "SET": .init(value: .literal("v"), position: .init(file: "s", line: 1), isExported: false)
        ])
        return script(text).pipelines.flatMap(\.commands).map { command in
            (command.settings.map { "\($0.name):=\(spelled(variables.text($0.value).bound))" }
                + command.words.map { spelled(variables.text($0).bound) }
                + command.redirects.map { "\($0.sign)\(spelled(variables.text($0.target).bound))" })
                .joined(separator: "|")
        }.joined(separator: " / ")
    }

    @Test(
        "words are cut as a shell cuts them",
        arguments: [
            ("a b  c", "a|b|c"), ("a 'b c' d", "a|b c|d"), (#"a "b c" d"#, "a|b c|d"), (#"a b\ c"#, "a|b c"),
            ("a \\\n  b", "a|b"), ("a # b\nc", "a / c"), ("a#b", "a#b"), ("a; b && c || d", "a / b / c / d"),
            ("a | b |& c", "a / b / c"), ("a & b", "a / b"), ("a > f", "a|>f"), ("a >> f 2>&1", "a|>>f|2>&1"),
            ("A=1 B=2 c", "A:=1|B:=2|c"), ("A=", "A:="), ("a ''", "a|"), ("--set=A=$SET", "--set=A=v"),
            (#"a "$SET""#, "a|v"), ("a '$SET'", "a|$SET"), (#"a "\$SET""#, "a|$SET"), ("a ${SET}b", "a|vb"),
            ("a $NONE", "a|<env:NONE>"), ("a ${NONE:-d}", "a|<env:NONE|d>"), ("a ${NONE-d}", "a|<env:NONE-d>"),
            ("a ${SET:-d}", "a|v"), (#"a ${NONE:-"d e"}"#, #"a|<env:NONE|"d e">"#), ("a ${NONE:?no}", "a|<env:NONE>"),
            ("a $(b 'c)' d) e", "a|<?>|e"), ("a `b c` d", "a|<?>|d"), ("a ${SET%x}", "a|<?>"), ("a $1 $@", "a|<?>|<?>"),
            ("a ${{ secrets.X }} b", "a|<?>|b"), ("a '${{ secrets.X }}'", "a|<?>"), ("(a; b) > f", "a|>f / b|>f"),
            ("{ a; b; } >> f", "a|>>f / b|>>f"), ("if a; then b; fi", "a / b / "), ("echo $", "echo|$"),
            ("a=b=c", "a:=b=c"), ("größe 'ü'", "größe|ü"),
        ])
    func words(text: String, expected: String) { #expect(Self.words(text) == expected) }

    @Test(
        "here-documents are taken to their delimiter, quoted or not, with what follows them",
        arguments: [
            ("cat > f <<EOF\nA=$SET\nEOF\nb", "A=v"), ("cat <<'EOF' > f\nA=$SET\nEOF\nb", "A=$SET"),
            ("cat <<-EOF > f\n\tA=1\n\tEOF\nb", "A=1"), ("cat > f <<EOF && b\nA=1\nEOF", "A=1"),
            ("cat <<\"END\" | b\n# A\nEND", "# A"), ("cat <<EOF\n$(x) \\$SET\nEOF\nb", "<?> $SET"),
        ])
    func heredocs(text: String, expected: String) throws {
        let commands = Self.script(text).pipelines.flatMap(\.commands)
        #expect(commands.count == 2 || commands.last?.words.first?.literal == "b" || commands.count == 1)
        let redirect = try #require(commands[0].redirects.first { $0.heredoc != nil })
        let variables = ShellVariables([
            "SET": .init(value: .literal("v"), position: .init(file: "s", line: 1), isExported: false)
        ])
        let lines = try variables.lines(of: #require(redirect.heredoc), isLiteral: redirect.isLiteral)
        #expect(lines.map { spelled($0.bound) }.joined(separator: "\n") == expected)
    }

    @Test("a command behind a here-document on the same line is read")
    func commandAfterHeredoc() {
        #expect(Self.words("cat > f <<EOF && b c\nA=1\nEOF\nd") == "cat|>f|<<EOF / b|c / d")
    }

    @Test("each word knows its line and column")
    func places() {
        let script = Self.script("a \\\n  --set \"B=1\"")
        let word = script.pipelines[0].commands[0].words[2]
        #expect(spelled(word.position) == "s:2:10")
    }

    @Test(
        "a quote that is never closed ends the script, and what stands before it counts", arguments: ["'", "\"", "${A"])
    func unclosed(sign: String) {
        let script = Self.script("a b\nc \(sign) d\ne")
        #expect(script.breakOff?.line == 2)
        #expect(script.pipelines.first?.commands.first?.words.count == 2)
    }

    @Test(
        "any text is read to an end",
        arguments: [
            "))) ((( <<<", "<<", "a <<", "\\", "$", "`", "<<EOF", "|||;;&&", "\u{0}\u{FFFF}", "${${${",
            "a <<A <<B\n1\nA\n2\nB\nc",
        ])
    func anyText(text: String) {
        _ = Self.script(text)
        _ = Self.script(String(repeating: text, count: 500))
    }
}
