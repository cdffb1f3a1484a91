import Evidence
import Foundation
import Testing

@testable import CLI
@testable import Manifests

@Suite("the plan")
struct PlanTests {
    /// A folder with executables of these names.
    static func search() throws -> ExecutableSearch {
        let folder = try TemporaryFolder.make()
        for name in ["portal", "gateway", "plant"] {
            try Executable.make("\(folder)/\(name)")
        }
        return ExecutableSearch(folders: ["/nowhere", folder])
    }

    static func plan(_ text: String, variables: [String: String] = [:], profiles: Set<String> = []) throws -> StackPlan
    {
        let compose = try ComposeReader.read(text, file: "c.yml", directory: "/x", variables: variables) { _ in nil }
        return try PlanBuilder.plan(
            compose, search: try search(), inherited: ["PATH": "/bin", "HOME": "/root"], profiles: profiles)
    }

    static let stack = """
        services:
          gateway-1:
            x-lockstep: {executable: gateway}
            command: [gateway, --verbose, http://plant-backend:8001]
            environment:
              PLANT: http://plant-backend:8001/api?x=http://pp-backend:8080
              PORTALS: http://pp-backend:8080,http://cp-backend:8081
              BARE: plant-backend:8001
              NAME: plant-backend
              DB_HOST: db
              DATABASE_URL: postgres://user:pass@db:5432/x
              DEFAULT_PORT: http://web/x
              OTHER: http://my-plant-backend:8001/plant-backend/x
              PREFIX: http://plant-backend-2:8001
              TOKEN_URL: http://pp-backend:8080/token
              JWT_SECRET: x/plant-backend:8001/data/x
              PORT: "8000"
              HOST: 0.0.0.0
            ports: ["9000:8000"]
            volumes: [data:/data, ./conf:/etc/gw]
            depends_on: [plant-backend]
          plant-backend:
            x-lockstep: {executable: plant}
            environment:
              PORT: 8001
              A: sqlite:////data/x.db
              B: sqlite:///data/x.db
              C_FILE: /run/secrets/ring
              D: /database/x
              E: a:/data:/data/b
              F: http://data/x
              G: /var/data
              H: "{\\"path\\":\\"/data/x\\"}"
              I: /data/deep/y
            ports: ["9001:8001"]
            volumes: [plant:/data, deep:/data/deep, /cache]
            secrets: [ring]
          pp-backend:
            x-lockstep: {executable: portal}
            ports: ["127.0.0.1:9080:8080"]
          cp-backend:
            x-lockstep: {executable: portal}
            environment: {PORT: 8081}
          web: {image: x, ports: ["7000:80"]}
          db: {image: postgres, ports: ["15432:5432"]}
        secrets: {ring: {file: ring.json}}
        """

    @Test("sends every address of the compose network to loopback and the published port")
    func addresses() throws {
        let gateway = try #require(try Self.plan(Self.stack).service("gateway-1"))
        let expected = [
            "PLANT": "http://127.0.0.1:9001/api?x=http://127.0.0.1:9080",
            "PORTALS": "http://127.0.0.1:9080,http://127.0.0.1:8081",
            "BARE": "127.0.0.1:9001", "NAME": "plant-backend", "DB_HOST": "127.0.0.1",
            "DATABASE_URL": "postgres://user:pass@127.0.0.1:15432/x", "DEFAULT_PORT": "http://127.0.0.1:7000/x",
            "OTHER": "http://my-plant-backend:8001/plant-backend/x", "PREFIX": "http://plant-backend-2:8001",
            "TOKEN_URL": "http://127.0.0.1:9080/token", "JWT_SECRET": "x/plant-backend:8001/data/x",
            "PORT": "9000", "HOST": "127.0.0.1", "PATH": "/bin", "HOME": "/root",
        ]
        #expect(gateway.environment == expected)
        #expect(gateway.arguments == ["--verbose", "http://127.0.0.1:9001"])
        #expect(gateway.address == "http://127.0.0.1:9000")
    }

    @Test("sends container paths to folders beside the compose file")
    func paths() throws {
        let plan = try Self.plan(Self.stack)
        let plant = try #require(plan.service("plant-backend"))
        let data = "/x/.lockstep/volumes/plant"
        #expect(plant.environment["A"] == "sqlite:///\(data)/x.db")
        #expect(plant.environment["B"] == "sqlite://\(data)/x.db")
        #expect(plant.environment["C_FILE"] == "/x/ring.json")
        #expect(plant.environment["D"] == "/database/x")
        #expect(plant.environment["E"] == "a:\(data):\(data)/b")
        #expect(plant.environment["F"] == "http://data/x")
        #expect(plant.environment["G"] == "/var/data")
        #expect(plant.environment["H"] == "{\"path\":\"\(data)/x\"}")
        #expect(plant.environment["I"] == "/x/.lockstep/volumes/deep/y")
        #expect(
            plan.folders.sorted() == [
                "/x/.lockstep/volumes/data", "/x/.lockstep/volumes/deep", "/x/.lockstep/volumes/plant",
                "/x/.lockstep/volumes/plant-backend-cache", "/x/conf",
            ])
    }

    @Test("takes PORT from what is published, and leaves an unpublished one as it is")
    func ports() throws {
        let plan = try Self.plan(Self.stack)
        #expect(plan.service("pp-backend")?.environment["PORT"] == "9080")
        #expect(plan.service("cp-backend")?.environment["PORT"] == "8081")
        #expect(plan.services.map(\.ports) == [[9001], [9000], [9080], [8081]])
    }

    @Test("puts dependencies first, skips what is no executable, and gives nothing of the shell's environment")
    func order() throws {
        let plan = try Self.plan(Self.stack, variables: ["SHELL_ONLY": "x"])
        #expect(plan.services.map(\.name) == ["plant-backend", "gateway-1", "pp-backend", "cp-backend"])
        #expect(plan.skipped.map(\.name) == ["web", "db"])
        #expect(plan.services.allSatisfy { $0.environment["SHELL_ONLY"] == nil })
    }

    static let faults: [(text: String, line: Int, words: String)] = [
        (
            "services:\n  a: {x-lockstep: {executable: portal}, depends_on: [b]}\n"
                + "  b: {x-lockstep: {executable: portal}, depends_on: [c]}\n"
                + "  c: {x-lockstep: {executable: portal}, depends_on: [a]}\n",
            2, "a -> b -> c -> a"
        ),
        (
            "services:\n  a: {x-lockstep: {executable: portal}, ports: [\"1:1\"]}\n"
                + "  b:\n    x-lockstep: {executable: portal}\n    ports: [\"1:2\"]\n",
            5, "b and a both publish port 1"
        ),
        (
            "services:\n  a: {x-lockstep: {executable: portal}}\n"
                + "  b:\n    x-lockstep: {executable: portal}\n    depends_on:\n      a: {condition: service_healthy}\n",
            6, "no healthcheck"
        ),
        (
            "services:\n  a: {x-lockstep: {executable: portal}, profiles: [p]}\n"
                + "  b:\n    x-lockstep: {executable: portal}\n    depends_on:\n      a: {}\n",
            6, "profile is not on"
        ),
        ("services:\n  a: {x-lockstep: {executable: portal}, command: sh -c x}\n", 2, "is a shell"),
        ("services:\n  a: {x-lockstep: {executable: portal}, entrypoint: tini -- portal}\n", 2, "entrypoint"),
        ("services:\n  a: {x-lockstep: {executable: portal}, ports: [\"1:1\", \"2:2\"]}\n", 2, "several ports"),
        (
            "services:\n  a: {x-lockstep: {executable: portal}, ports: [\"1:1\"], environment: {PORT: 2}}\n", 2,
            "listens on 2 and publishes 1"
        ),
        ("services:\n  a: {x-lockstep: {executable: portal}, environment: {PORT: x}}\n", 2, "PORT of a is no number"),
    ]

    @Test("refuses what would run differently here, with file and line", arguments: faults)
    func refusal(text: String, line: Int, words: String) throws {
        let faults = try #require(throws: ManifestFaults.self) { try Self.plan(text) }.faults
        #expect(faults.contains { $0.position.line == line && $0.problem.contains(words) }, "\(faults)")
    }

    @Test("an executable that is not there is exit 69, and says how to build it")
    func missingExecutable() throws {
        let failure = try #require(throws: CommandFailure.self) {
            try Self.plan("services:\n  a:\n    x-lockstep: {executable: nothing}\n")
        }
        #expect(failure.status == .unavailable)
        #expect(failure.lines.first?.hasPrefix("c.yml:3: a needs the executable nothing") == true)
        #expect(failure.lines.first?.contains("swift build --product nothing") == true)
    }

    @Test("profiles are on when they are asked for")
    func profiles() throws {
        let text =
            "services:\n  a: {x-lockstep: {executable: portal}}\n"
            + "  b: {x-lockstep: {executable: portal}, profiles: [extra]}\n"
        #expect(try Self.plan(text).services.map(\.name) == ["a"])
        #expect(try Self.plan(text, profiles: ["extra"]).services.map(\.name) == ["a", "b"])
    }

    @Test("a dependency on something that is not run here is warned of, and not waited for")
    func skippedDependency() throws {
        let plan = try Self.plan(
            "services:\n  db: {image: x}\n  a: {x-lockstep: {executable: portal}, depends_on: [db]}\n")
        #expect(plan.service("a")?.dependencies.isEmpty == true)
        #expect(plan.warnings.first?.problem.contains("db, which is not run here") == true)
    }
}
