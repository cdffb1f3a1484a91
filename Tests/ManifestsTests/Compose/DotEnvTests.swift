import Evidence
import Testing

@testable import Manifests

@Suite(".env")
struct DotEnvTests {
    @Test(
        "values are read as docker compose documents it",
        arguments: [
            ("A=plain", "plain"), ("A=", ""), ("A = spaced ", "spaced"), ("export A=exported", "exported"),
            ("  A=indented", "indented"), ("A=val # comment", "val"), ("A=val#none", "val#none"), ("A=#all", ""),
            ("A=a b  c", "a b  c"), ("A=x=y=z", "x=y=z"), ("A=\"quoted\" # comment", "quoted"),
            ("A=\"a # b\"", "a # b"), ("A=\"line\\nbreak\\ttab\"", "line\nbreak\ttab"), ("A=\"a\\\"b\"", "a\"b"),
            ("A=\"back\\\\slash\"", "back\\slash"), ("A='single $X \\n'", "single $X \\n"), ("A='it\\'s'", "it's"),
            ("A='# no comment'", "# no comment"), ("A=\"two\nlines\"", "two\nlines"), ("A='two\nlines'", "two\nlines"),
            ("B=one\nA=${B}-two", "one-two"), ("B=one\nA=\"${B}-two\"", "one-two"), ("A=${NONE:-dflt}", "dflt"),
            ("A=one\nA=two", "two"), ("A=crlf\r\nB=x\r\n", "crlf"), ("\u{FEFF}A=bom", "bom"),
            ("A=$HOST_ONLY", "from-shell"), ("A=a$$b", "a$b"), ("A=\"a\\$b\"", "a$b"), ("A", nil),
            ("A: colon", "colon"),
            ("# A=comment\n\n\nA=after", "after"), ("A='${NONE}'", "${NONE}"),
        ] as [(String, String?)])
    func values(text: String, expected: String?) throws {
        let parsed = try DotEnv.parse(text, file: ".env", environment: ["HOST_ONLY": "from-shell"])
        #expect(parsed.value("A") == expected)
    }

    @Test(
        "what can't be read is told with its line",
        arguments: [
            ("A=1\nB C=2", 2), ("=x", 1), ("A=1\n\n1B=x", 3), ("A=\"never\nclosed", 1), ("A='never closed", 1),
            ("A=\"x\"y", 1), ("A=1\nB=${", 2), ("A=${NONE:?needed}", 1), ("A B", 1), ("Ä=1", 1),
        ])
    func faults(text: String, line: Int) throws {
        let faults = try #require(throws: ManifestFaults.self) { try DotEnv.parse(text, file: "x.env") }
        #expect(faults.faults.map(\.position) == [SourcePosition(file: "x.env", line: line)])
    }

    @Test("all faults are told at once, and none of them repeats a value")
    func allFaults() throws {
        let faults = try #require(throws: ManifestFaults.self) {
            try DotEnv.parse("A=\"hush-1\"x\nB C=hush-2\nD=hush-3${\n", file: ".env")
        }
        #expect(faults.faults.map(\.position.line) == [1, 2, 3])
        #expect(!faults.description.contains("hush"))
    }

    @Test("the environment wins over earlier lines when a value is filled in")
    func environmentFirst() throws {
        let parsed = try DotEnv.parse("B=file\nA=$B", file: ".env", environment: ["B": "shell"])
        #expect(parsed.value("A") == "shell")
    }

    @Test(
        "lines that compose 1 and compose 2 read differently are warned of",
        arguments: ["A=$B", "A: b", "A='${B}'", "A=a$$b"])
    func warnings(text: String) throws {
        #expect(try DotEnv.parse(text, file: ".env").warnings.map(\.position.line) == [1])
        #expect(try DotEnv.parse("A=${B:-c}\nC='$x'\nD=plain", file: ".env").warnings.isEmpty)
    }
}
