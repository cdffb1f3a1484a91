import Foundation
import TestSupport
import Testing

@testable import CLI

@Suite("lockstep check, the command")
struct CheckCommandTests {
    private static func compose(_ other: String) -> String {
        """
        services:
          auth:
            build: ./auth
            environment:
              JWT_SECRET: ${JWT_SECRET:-a}
          api:
            build: ./api
            environment:
              JWT_SECRET: \(other)
        """
    }

    private static let broken = ["docker-compose.yml": compose("${JWT_SECRET:-b}")]
    private static let clean = ["docker-compose.yml": compose("${JWT_SECRET:-a}")]

    @Test("exit 0 when clean, 1 with findings, and each finding names its place first")
    func exits() async throws {
        let clean = try Trial(files: Self.clean)
        #expect(await clean.run("check").status == 0)
        let broken = try Trial(files: Self.broken)
        let answer = await broken.run("check")
        #expect(answer.status == 1)
        #expect(answer.out.contains { $0.contains("docker-compose.yml:9:7: error LS102") })
        #expect(!answer.text.contains("\u{1B}"))
    }

    @Test("exit 2 when a file could not be read, which hides nothing else")
    func unread() async throws {
        let trial = try Trial(
            files: Self.clean.merging(["k8s/bad.yaml": "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x\n"]) {
                $1
            })
        let answer = await trial.run("check")
        #expect(answer.status == 2)
        #expect(answer.out.contains { $0.contains("k8s/bad.yaml:") })
        #expect(answer.out.contains { $0.contains("docker-compose.yml") })
        let both = try Trial(
            files: Self.broken.merging(["k8s/bad.yaml": "kind: Deployment\napiVersion: apps/v1\nmetadata: {name: x\n"])
            { $1 })
        let second = await both.run("check")
        #expect(second.status == 1)
        #expect(second.out.contains { $0.contains("LS102") } && second.out.contains { $0.contains("k8s/bad.yaml:") })
    }

    @Test("--fail-on says what is bad enough")
    func threshold() async throws {
        let files = ["docker-compose.yml": "services:\n  api:\n    build: .\n    environment: {JWT_SECRET: short}\n"]
        let trial = try Trial(files: files)
        #expect(await trial.run("check").status == 0)
        #expect(await trial.run("check", "--fail-on", "warning").status == 1)
    }

    @Test("--env looks at one environment's stacks")
    func environment() async throws {
        let trial = try Trial(files: ["docker-compose.prod.yml": Self.compose("${JWT_SECRET:-b}")])
        #expect(await trial.run("check", "--env", "production").status == 1)
        #expect(await trial.run("check", "--env", "staging").status == 0)
    }

    @Test("--format json has the documented members, and no value")
    func json() async throws {
        let trial = try Trial(files: Self.broken)
        let answer = await trial.run("check", "--format", "json")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(answer.out.joined(separator: "\n").utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["findings", "unread", "services"])
        let finding = try #require((object["findings"] as? [[String: Any]])?.first)
        #expect(
            Set(finding.keys) == [
                "rule", "severity", "message", "environment", "stack", "services", "locations", "fix",
            ])
        let place = try #require((finding["locations"] as? [[String: Any]])?.first)
        #expect(place["file"] as? String == "docker-compose.yml" && place["line"] as? Int == 9)
        #expect((object["services"] as? [Any])?.count == 2)
    }

    @Test("--format sarif names its rules, and each result one of them")
    func sarif() async throws {
        let trial = try Trial(files: Self.broken)
        let answer = await trial.run("check", "--format", "sarif")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(answer.out.joined(separator: "\n").utf8)) as? [String: Any])
        #expect(object["version"] as? String == "2.1.0")
        let run = try #require((object["runs"] as? [[String: Any]])?.first)
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        let rules = try #require(driver["rules"] as? [[String: Any]])
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(!results.isEmpty)
        for result in results {
            let index = try #require(result["ruleIndex"] as? Int)
            #expect(rules[index]["id"] as? String == result["ruleId"] as? String)
        }
    }

    @Test("--format github escapes what would end a command")
    func github() async throws {
        let trial = try Trial(files: Self.broken)
        let answer = await trial.run("check", "--format", "github")
        #expect(answer.out.first?.hasPrefix("::error file=docker-compose.yml,line=9,col=7,title=LS102::") == true)
    }

    @Test("--explain knows every rule, and no other")
    func explain() async throws {
        let trial = try Trial()
        for id in ["LS101", "ls102", "LS114", "LS204", "LS301"] {
            let answer = await trial.run("check", "--explain", id)
            #expect(answer.status == 0 && answer.out.first?.hasPrefix(id.uppercased()) == true)
            #expect(answer.out.contains("Mended:"))
        }
        let answer = await trial.run("check", "--explain", "LS999")
        #expect(answer.status == 64 && answer.err.joined().contains("LS101"))
    }

    @Test("--fix demands the variable, after which the check is clean; nothing else changes")
    func fix() async throws {
        let trial = try Trial(files: Self.broken)
        let answer = await trial.run("check", "--fix")
        #expect(answer.err.contains("lockstep: mended docker-compose.yml"))
        #expect(
            trial.read("docker-compose.yml")
                == Self.broken["docker-compose.yml"]?.replacing(
                    "${JWT_SECRET:-a}", with: "${JWT_SECRET:?set JWT_SECRET}"
                )
                .replacing("${JWT_SECRET:-b}", with: "${JWT_SECRET:?set JWT_SECRET}"))
        #expect(await trial.run("check").status == 0)
    }

    @Test("--fix gives the one that has none what its neighbour has")
    func fixMissing() async throws {
        let declaration = """
            environments:
              production: {}
            services:
              portal:
                secrets:
                  - {name: DB_PASSWORD, secret_name: db, version: 1}
                tokens: {issues: users, verifies: [users]}
              plant:
                secrets:
                  - {name: JWT_SECRET, secret_name: jwt, version: 1}
                tokens: {issues: none, verifies: [users]}
            """
        let trial = try Trial(files: ["infrastructure.yaml": declaration])
        #expect(await trial.run("check").status == 1)
        _ = await trial.run("check", "--fix")
        #expect(await trial.run("check").status == 0)
        #expect(
            trial.read("infrastructure.yaml")?.contains(
                """
                    secrets:
                      - {name: JWT_SECRET, secret_name: jwt, version: 1}
                      - {name: DB_PASSWORD, secret_name: db, version: 1}
                """) == true)
    }

    @Test("a baseline puts off what is known, and nothing else")
    func baseline() async throws {
        let trial = try Trial(files: Self.broken)
        #expect(await trial.run("check", "--write-baseline", "known").status == 0)
        #expect(await trial.run("check", "--baseline", "known").status == 0)
        try trial.write(
            "services: {x: {build: x, environment: {JWT_SECRET: a}}, y: {build: y, environment: {JWT_SECRET: b}}}",
            to: "compose.yml")
        #expect(await trial.run("check", "--baseline", "known").status == 1)
        #expect(await trial.run("check", "--baseline", "missing").status == 66)
    }

    @Test("--graph draws in three languages, drift marked", arguments: ["svg", "mmd", "dot"])
    func graph(ending: String) async throws {
        let trial = try Trial(files: Self.broken)
        #expect(await trial.run("check", "--graph", "keys.\(ending)").status == 1)
        let text = try #require(trial.read("keys.\(ending)"))
        #expect(text.contains("auth") && text.contains("api") && text.contains("JWT_SECRET"))
        #expect(text.contains(ending == "dot" ? "#c81e1e" : "drift"))
        #expect(await trial.run("check", "--graph", "keys.png").status == 64)
    }

    @Test("what is named and not there is a fault of the call")
    func absent() async throws {
        let trial = try Trial()
        #expect(await trial.run("check", "nowhere").status == 66)
        try trial.write("version: 1\ntokens: [{issuers: [a]}]\n", to: "lockstep.yaml")
        let answer = await trial.run("check")
        #expect(answer.status == 78 && answer.err.joined().contains("lockstep.yaml:2"))
    }

    @Test("--since looks at what changed")
    func since() async throws {
        let trial = try Trial(files: Self.broken.merging(["notes.md": "x\n"]) { $1 })
        func git(_ arguments: String...) throws {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                [
                    "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", "-C",
                    trial.folder,
                ]
                + arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.start()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try git("init")
        try git("add", ".")
        try git("commit", "-m", "one")
        try trial.write("y\n", to: "notes.md")
        #expect(await trial.run("check").status == 1)
        #expect(await trial.run("check", "--since", "HEAD").status == 0)
        try trial.write(Self.compose("${JWT_SECRET:-c}"), to: "docker-compose.yml")
        #expect(await trial.run("check", "--since", "HEAD").status == 1)
        #expect(await trial.run("check", "--since", "nothing").status == 64)
    }

    @Test("init writes a declaration that the check then takes, and never over one that is there")
    func initialise() async throws {
        let trial = try Trial(files: Self.clean)
        let refused = await trial.run("init")
        #expect(refused.status == 64 && refused.err.joined().contains("--yes"))
        let answer = await trial.run("init", "--yes")
        #expect(answer.status == 0)
        #expect(trial.read("lockstep.yaml")?.contains("issuers: [auth]") == true)
        #expect(await trial.run("check").status == 0)
        #expect(await trial.run("init", "--yes").status == 64)
        try trial.write(Self.compose("other"), to: "docker-compose.yml")
        #expect(await trial.run("check", "--fail-on", "warning").status == 1)
    }
}
