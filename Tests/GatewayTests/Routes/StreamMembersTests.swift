import Gateway
import ServiceKit
import Testing

@Suite("websocket and on_token_end in a routes file")
struct StreamMembersTests {
    private static func check(_ file: String, _ more: [String] = []) -> RoutesCheck.Outcome? {
        RoutesCheck.command(arguments: ["check", "r.yaml"] + more).map { command in
            RoutesCheck.run(command) { _ in Array(file.utf8) }
        }
    }

    @Test("are read, defaults too, and gateway check shows them")
    func read() throws {
        let file = """
            version: 1
            defaults: {on_token_end: keep}
            routes:
              - {prefix: /ws/, upstream: plant, websocket: true, on_token_end: close}
              - {prefix: /exports/, upstream: plant}
              - {prefix: /open/, upstream: plant, auth: public}
            """
        let table = try RoutesFile.load(Array(file.utf8))
        let policies = table.routes.reduce(into: [:]) { $0[$1.prefix] = $1.policy }
        #expect(policies["/ws/"]?.webSocket == true)
        #expect(policies["/ws/"]?.onTokenEnd == .close)
        #expect(policies["/exports/"]?.webSocket == false)
        #expect(policies["/exports/"]?.onTokenEnd == .keep)
        #expect(Self.check(file)?.output.contains("websocket, on_token_end close") == true)
        #expect(Self.check(file, ["--format=json"])?.output.contains(#""websocket" : true"#) == true)
    }

    @Test(
        "what can't be meant is a fault, at its place",
        arguments: [
            ("websocket: yes", "websocket"), ("on_token_end: cut", "close, keep"),
            ("websocket: true, methods: [POST]", "add GET"), ("on_token_end: close, auth: public", "take it away"),
        ])
    func faults(_ members: String, _ mend: String) {
        let outcome = Self.check("- {prefix: /x/, upstream: plant, \(members)}")
        #expect(outcome?.exitCode == ExitCode.configuration)
        #expect(outcome?.output.hasPrefix("r.yaml:1:") == true)
        #expect(outcome?.output.contains(mend) == true, "\(outcome?.output ?? "")")
    }
}
