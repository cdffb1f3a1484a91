import Evidence
import Testing

@testable import Manifests

@Suite("A value in a compose file")
struct ComposeVariableTests {
    static let known: [String: BoundValue] = [
        "SET": .literal("value"), "EMPTY": .empty, "ALIAS": .variable("OTHER"), "DOUBT": .opaque("$(…)"),
    ]

    static let bindings: [(text: String, value: BoundValue)] = [
        ("plain", .literal("plain")), ("$$X", .literal("$X")), ("", .empty),
        ("$SET", .literal("value")), ("${SET}", .literal("value")), ("a${SET}b", .literal("avalueb")),
        ("$X", .variable("X")), ("${X}", .variable("X")), ("${X:?no}", .variable("X")), ("${X?other}", .variable("X")),
        ("${SET:?no}", .literal("value")), ("${EMPTY?no}", .empty),
        ("${X:-d}", .variable("X", default: .literal("d"))),
        ("${X-d}", .variable("X", default: .literal("d"), emptyCounts: false)),
        ("${X:-}", .variable("X", default: .empty)),
        ("${SET:-d}", .literal("value")), ("${EMPTY:-d}", .literal("d")), ("${EMPTY-d}", .empty),
        ("${X:-${Y:-z}}", .variable("X", default: .variable("Y", default: .literal("z")))),
        ("${X:-${SET}}", .variable("X", default: .literal("value"))),
        ("${X:-{\"keys\":[]}}", .variable("X", default: .literal("{\"keys\":[]}"))),
        ("${EMPTY:-${X}}", .variable("X")),
        ("${SET:+r}", .literal("r")), ("${SET+r}", .literal("r")), ("${EMPTY:+r}", .empty),
        ("${EMPTY+r}", .literal("r")),
        ("${X:+r}", .opaque("${X:+…}")), ("${X+r}", .opaque("${X+…}")),
        ("${ALIAS}", .variable("OTHER")), ("${ALIAS:-d}", .variable("OTHER", default: .literal("d"))),
        ("${DOUBT:-d}", .opaque("$(…)")), ("${DOUBT:+d}", .opaque("${DOUBT:+…}")),
        (
            "{\"key\":\"${X}\"}",
            BoundValue([
                .text("{\"key\":\""), .reference(.init(.variable, "X"), default: nil, emptyCounts: true), .text("\"}"),
            ])
        ),
    ]

    @Test("keeps what the files do not say as a reference with its default", arguments: bindings)
    func binding(text: String, value: BoundValue) throws {
        #expect(try Interpolation.bind(text) { Self.known[$0] } == value)
    }

    @Test(
        "that can't be read is refused, as it is where it is filled in",
        arguments: ["$", "${", "${}", "$1", "${X:=y}", "${X:-${Y}"])
    func malformed(text: String) {
        #expect(throws: Interpolation.Fault.malformed) { try Interpolation.bind(text) { _ in nil } }
    }

    @Test("nested without end is refused before it costs anything")
    func nesting() {
        let text = String(repeating: "${A:-", count: 100_000) + String(repeating: "}", count: 100_000)
        #expect(throws: Interpolation.Fault.malformed) { try Interpolation.bind(text) { _ in nil } }
        #expect(throws: Interpolation.Fault.malformed) { try Interpolation.expand(text) { _ in nil } }
    }

    @Test("resolves through .env, and tells both places")
    func dotEnv() throws {
        let tree = ComposeTree(
            service: "environment:\n  JWT_SECRET: ${SECRET}\n  PASSED:\n  UNKNOWN: ${ELSEWHERE}\n",
            files: [".env": "# c\nSECRET=s3\nexport PASSED=p\n"])
        let assignment = try #require(tree.workload()?["JWT_SECRET"])
        #expect(assignment.value == .literal("s3"))
        #expect(assignment.position == SourcePosition(file: "docker-compose.yml", line: 5, column: 7))
        #expect(assignment.valuePosition == SourcePosition(file: ".env", line: 2, column: 1))
        #expect(tree.workload()?["PASSED"]?.valuePosition == SourcePosition(file: ".env", line: 3, column: 8))
        #expect(tree.value("PASSED") == .literal("p"))
        #expect(tree.value("UNKNOWN") == .variable("ELSEWHERE"))
    }

    @Test("is the same for everyone who uses the same variable")
    func identity() {
        let tree = ComposeTree([
            "compose.yaml": """
            services:
              rest: {image: x, environment: {PGRST_JWT_SECRET: "${JWT_SECRET}"}}
              api: {build: ./api, environment: ["SECRET_KEY=${JWT_SECRET:?set it}"]}
              old: {image: x, environment: [JWT_SECRET]}
            """
        ])
        let values = [("rest", "PGRST_JWT_SECRET"), ("api", "SECRET_KEY"), ("old", "JWT_SECRET")].map {
            tree.value($0.1, of: $0.0)
        }
        #expect(values.allSatisfy { $0 == .variable("JWT_SECRET") })
    }

    static let scalars: [(written: String, value: BoundValue)] = [
        ("text", .literal("text")), ("'!quoted'", .literal("!quoted")), ("8000", .literal("8000")),
        ("1.50", .literal("1.5")),
        ("010", .literal("8")), ("0x10", .literal("16")), ("1_000", .literal("1000")), ("-5", .literal("-5")),
        ("+5", .literal("5")), ("1.0", .literal("1")), ("true", .literal("true")), ("True", .literal("true")),
        ("yes", .literal("yes")), ("off", .literal("off")), ("\"010\"", .literal("010")),
        ("2026-01-01", .literal("2026-01-01")),
        ("\"\"", .empty), ("", .variable("N")), ("~", .variable("N")), ("null", .variable("N")),
        ("'null'", .literal("null")),
        ("99999999999999999999", .literal("99999999999999999999")), ("1e3", .literal("1e3")),
        ("${A}$$", BoundValue([.reference(.init(.variable, "A"), default: nil, emptyCounts: true), .text("$")])),
    ]

    @Test("is printed as compose prints what YAML made of it", arguments: scalars)
    func scalar(written: String, value: BoundValue) {
        #expect(ComposeTree(service: "environment:\n  N: \(written)\n").value("N") == value)
    }

    @Test("that is malformed names its line, proves nothing, and hides nothing")
    func malformedValue() throws {
        let tree = ComposeTree(service: "environment:\n  A: hush$ x\n  B: ok\n  C: [hush]\n")
        #expect(tree.value("A")?.isOpaque == true)
        #expect(tree.value("B") == .literal("ok"))
        #expect(tree.reading.unread.map(\.position.line) == [5, 7])
        #expect(!tree.reading.unread.contains { $0.reason.contains("hush") })
    }
}
