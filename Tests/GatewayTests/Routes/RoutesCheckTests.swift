import Gateway
import ServiceKit
import Testing

@Suite("gateway check")
struct RoutesCheckTests {
    private static func run(_ arguments: [String], file: String? = nil) -> RoutesCheck.Outcome? {
        RoutesCheck.command(arguments: arguments).map { command in
            RoutesCheck.run(command) { _ in file.map { Array($0.utf8) } }
        }
    }

    private static let good = """
        - {prefix: /api/, upstream: plant, enrichment: true, name: plant}
        - {path: "/api/v1/users/{id}", upstream: "http://u:1", methods: [GET], roles: [admin], name: users}
        - {prefix: /old, upstream: nowhere}
        """

    @Test("a good file: exit 0 and the routes in order of precedence")
    func table() {
        let outcome = Self.run(["check", "r.yaml"], file: Self.good)
        #expect(outcome?.exitCode == 0)
        #expect(outcome?.errors == "")
        #expect(
            outcome?.output == """
                r.yaml: 3 routes, in order of precedence

                HOST  PATH                METHODS  AUTH      UPSTREAM    NAME   ALSO
                any   /api/v1/users/{id}  GET      required  http://u:1  users  roles admin
                any   /api/…              all      required  plant       plant  enrichment
                any   /old[/…]            all      required  nowhere     /old

                """)
    }

    @Test("--format json: the same for programs", arguments: [["--format", "json"], ["--format=json"]])
    func json(_ format: [String]) throws {
        let outcome = try #require(Self.run(["check"] + format + ["r.yaml"], file: Self.good))
        #expect(outcome.exitCode == 0)
        #expect(outcome.output.contains(#""path" : "/api/v1/users/{id}""#))
        #expect(outcome.output.contains(#""upstream" : "http://u:1""#))
        #expect(outcome.output.contains(#""faults" : ["#))
        let first = try #require(outcome.output.firstRange(of: "users"))
        let second = try #require(outcome.output.firstRange(of: "/old"))
        #expect(first.lowerBound < second.lowerBound)
    }

    @Test("a bad file: exit 78 and every fault with file, line, column and how to mend it")
    func faults() {
        let text = "- prefix: /a\n  upstream: plant\n  auth: publik\n- prefix: b\n  upstream: plant"
        let outcome = Self.run(["check", "dir/r.yaml"], file: text)
        #expect(outcome?.exitCode == ExitCode.configuration)
        #expect(
            outcome?.output == """
                dir/r.yaml:3:9: route 0 has an "auth" that is none of required, optional, public; write "public"
                dir/r.yaml:4:11: route 1 needs a "prefix" that is a path in its canonical form; begin it with a slash; no \
                empty, . or .. segments, no query

                """)
        let json = Self.run(["check", "--format=json", "r.yaml"], file: text)
        #expect(json?.exitCode == ExitCode.configuration)
        #expect(json?.output.contains(#""line" : 3"#) == true)
        #expect(json?.output.contains(#""column" : 11"#) == true)
    }

    @Test("a file that can't be read: exit 66")
    func unreadable() {
        let outcome = Self.run(["check", "/nowhere"])
        #expect(outcome?.exitCode == 66)
        #expect(outcome?.errors == "gateway: check: /nowhere can't be read\n")
        #expect(outcome?.output == "")
    }

    @Test(
        "a wrong command line: exit 64, and where to read on",
        arguments: [
            ["check"], ["check", ""], ["check", "a", "b"], ["check", "a", "--format"],
            ["check", "a", "--format", "xml"],
            ["check", "a", "--format=xml"], ["check", "--verbose", "a"],
        ])
    func usage(_ arguments: [String]) {
        let outcome = Self.run(arguments, file: Self.good)
        #expect(outcome?.exitCode == ExitCode.usage)
        #expect(outcome?.errors.contains("gateway check --help") == true)
    }

    @Test("--help: examples and exit codes", arguments: [["check", "--help"], ["check", "r.yaml", "-h"]])
    func help(_ arguments: [String]) {
        let outcome = Self.run(arguments)
        #expect(outcome?.exitCode == 0)
        for words in ["usage: gateway check FILE", "examples:", "--format json", "exit codes: 0"] {
            #expect(outcome?.output.contains(words) == true, "\(words)")
        }
    }

    @Test("other command lines are not its business", arguments: [[], ["healthcheck"], ["--help"], ["checks"]])
    func others(_ arguments: [String]) {
        #expect(RoutesCheck.command(arguments: arguments) == nil)
    }
}
