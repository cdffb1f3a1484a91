import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("Compose files that run together")
struct ComposeStackTests {
    static let base = "services: {api: {image: x, environment: {A: base, B: base}}, db: {image: y}}\n"
    static let overlay = "services: {api: {environment: {A: over}}}\n"

    static let plans: [(files: [String: String], stacks: [String])] = [
        (["docker-compose.yml": base], ["docker-compose.yml"]),
        (["compose.yaml": base, "docker-compose.yml": base], ["docker-compose.yml", "compose.yaml"]),
        (
            ["docker-compose.yml": base, "docker-compose.override.yml": overlay],
            ["docker-compose.yml + docker-compose.override.yml"]
        ),
        (
            ["compose.yml": base, "compose.override.yaml": overlay, "compose.prod.yml": overlay],
            ["compose.yml + compose.prod.yml", "compose.yml + compose.override.yaml"]
        ),
        // It can't stand alone, so it is laid over the base, which by itself is what a developer starts.
        (
            ["docker-compose.yml": base, "docker-compose.prod.yml": overlay],
            ["docker-compose.yml + docker-compose.prod.yml", "docker-compose.yml"]
        ),
        // It stands alone, so it is a stack of its own.
        (
            ["docker-compose.yml": base, "docker-compose.prod.yml": base],
            ["docker-compose.prod.yml", "docker-compose.yml"]
        ),
        // The base can't be run without what is laid over it.
        (
            ["docker-compose.yml": "services: {api: {environment: {A: b}}}", "docker-compose.dev.yml": base],
            ["docker-compose.dev.yml", "docker-compose.yml"]
        ),
        // Its base may lie in a folder above.
        (
            ["docker-compose.yml": base, "dev/docker-compose.dev.yml": overlay],
            ["docker-compose.yml", "docker-compose.yml + dev/docker-compose.dev.yml"]
        ),
        // Scripts show what belongs together.
        (
            [
                "docker-compose.yml": base, "docker-compose.prod.yml": base,
                "Makefile": "up:\n\tdocker compose -f docker-compose.yml \\\n\t  -f docker-compose.prod.yml up -d\n",
            ], ["docker-compose.yml + docker-compose.prod.yml"]
        ),
        (
            [
                "docker-compose.yml": base, "docker-compose.prod.yml": overlay,
                "README.md":
                    "Run `docker compose up`, or `docker-compose --file=docker-compose.yml -f docker-compose.prod.yml up`.",
            ], ["docker-compose.yml", "docker-compose.yml + docker-compose.prod.yml"]
        ),
        (
            [
                "d/docker-compose.yml": base, "d/docker-compose.a.yml": overlay, "d/docker-compose.b.yml": overlay,
                "scripts/run.sh": "cd d; docker compose -f docker-compose.yml -f docker-compose.${ENV}.yml up",
            ],
            ["d/docker-compose.yml + d/docker-compose.a.yml", "d/docker-compose.yml + d/docker-compose.b.yml"]
        ),
        (
            ["docker-compose.yml": base, "x.yml": overlay, ".env": "COMPOSE_FILE=docker-compose.yml:x.yml"],
            ["docker-compose.yml"]
        ),
        (
            [
                "docker-compose.yml": base, "compose.x.yml": overlay,
                ".env": "COMPOSE_FILE=docker-compose.yml:compose.x.yml",
            ],
            ["docker-compose.yml + compose.x.yml"]
        ),
        (
            [
                "docker-compose.yml": base, ".devcontainer/docker-compose.yml": overlay,
                ".devcontainer/devcontainer.json":
                    "{\n // c\n \"dockerComposeFile\": [\"../docker-compose.yml\", \"docker-compose.yml\"],\n \"service\": \"api\"}",
            ], ["docker-compose.yml + .devcontainer/docker-compose.yml"]
        ),
        // A part of another is no stack of its own.
        (
            [
                "compose.yaml":
                    "include: [parts/db.compose.yml]\nservices: {api: {extends: {service: s, file: common.yml}}}",
                "parts/db.compose.yml": "services: {db: {image: y}}", "common.yml": "services: {s: {image: x}}",
            ], ["compose.yaml"]
        ),
        // By what it holds, whatever its name.
        (["local.yml": "services:\n  api:\n    build: .\n    environment: {A: x}\n"], ["local.yml"]),
        (["docker-stack.yml": base, "api.compose.yml": base], ["api.compose.yml", "docker-stack.yml"]),
        (["infra.yaml": "services:\n  api:\n    image: x\n    env_vars: {A: x}\n"], []),
        (["render.yaml": "services:\n  - type: web\n"], []),
        (["k.yaml": "apiVersion: v1\nkind: X\nservices: {a: {image: x}}"], []),
        ([".github/workflows/compose.yml": "on: push\njobs: {a: {steps: []}}\n"], []),
        (["docker-compose.yml": "volumes: {a: {}}\n"], []),
        // Version 1: services at the top.
        (["docker-compose.yml": "web:\n  build: .\n  links: [db]\ndb:\n  image: y\n"], ["docker-compose.yml"]),
    ]

    @Test("are a stack", arguments: plans)
    func plan(files: [String: String], stacks: [String]) {
        let tree = ComposeTree(files)
        #expect(Set(tree.names.filter { !$0.isEmpty }) == Set(stacks), "\(tree.names)")
        #expect(tree.reading.unread.isEmpty)
    }

    @Test("are merged by the specification's rules")
    func merge() throws {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              a:
                image: one
                command: [old]
                environment: [A=base, B=base]
                env_file: one.env
                depends_on: [db]
                secrets: [jwt]
                build: {context: a, args: {X: "1", Y: "1"}}
              db: {image: y}
            secrets: {jwt: {environment: BASE}}
            """,
            "compose.override.yml": """
            services:
              a:
                image: two
                command: [new]
                environment: {B: over, C: over}
                env_file: [two.env]
                depends_on: {cache: {condition: service_started}}
                build: {args: {Y: "2"}}
              cache: {image: z}
            secrets: {jwt: {environment: OVER}}
            """,
            "one.env": "D=one\nE=one", "two.env": "E=two", "a/Dockerfile": "FROM x\nARG X\nARG Y\nENV V=$X$Y",
        ])
        let workload = try #require(tree.workload())
        #expect(workload.image == "two")
        #expect(workload.command == ["new"])
        #expect(
            ["A", "B", "C", "D", "E", "V"].map { workload[$0]?.value.literal } == [
                "base", "over", "over", "one", "two", "12",
            ])
        #expect(workload["C"]?.position.file == "compose.override.yml")
        #expect(workload.overridden.map(\.name) == ["E", "B"])
        #expect(workload.neighbours == ["db", "cache"])
        #expect(workload.mounts.map(\.value) == [.variable("OVER")])
        #expect(tree.reading.stacks[0].workloads.map(\.name) == ["a", "db", "cache"])
        #expect(tree.reading.stacks[0].files == ["compose.yml", "compose.override.yml"])
    }

    @Test("take back with !reset and !override what the file below says")
    func reset() throws {
        let tree = ComposeTree([
            "compose.yml":
                "services: {a: {image: x, env_file: one.env, environment: {A: x, B: x}}, b: {image: x, environment: {A: x, B: x}}}",
            "compose.override.yml": """
            services:
              a:
                env_file: !reset null
                environment:
                  A: !reset null
                  C: "1"
              b:
                environment: !override
                  B: y
            """,
            "one.env": "D=1",
        ])
        #expect(tree.workload("a")?.assignments.map(\.name) == ["B", "C"])
        #expect(tree.workload("b")?.assignments.map(\.value) == [.literal("y")])
        #expect(tree.workload("a")?.overridden.isEmpty == true)
    }

    @Test("with profiles are a stack for each of them, and one without")
    func profiles() {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              db: {image: y}
              dev: {image: x, profiles: [dev]}
              test: {image: x, profiles: ["test"]}
              both: {image: x, profiles: [dev, test]}
            """
        ])
        #expect(tree.names == ["compose.yml", "compose.yml (profile dev)", "compose.yml (profile test)"])
        #expect(
            tree.reading.stacks.map { $0.workloads.map(\.name) } == [
                ["db"], ["db", "dev", "both"], ["db", "test", "both"],
            ])
        #expect(tree.reading.stacks.map(\.environment?.environment) == [nil, .development, .test])
    }

    @Test("with profiles alone are no stack without one; those used together are one too")
    func profilesTogether() {
        let tree = ComposeTree([
            "compose.yml": "services: {a: {image: x, profiles: [a]}, b: {image: x, profiles: [b]}}",
            "run.sh": "docker compose --profile a --profile b up\n",
        ])
        #expect(tree.names == ["compose.yml (profile a)", "compose.yml (profile b)", "compose.yml (profiles a, b)"])
    }

    @Test("with --env-file take their variables from it")
    func environmentFile() {
        let tree = ComposeTree([
            "compose.yml": "services: {a: {image: x, environment: {S: \"${S}\"}}}",
            ".env": "S=dev", ".env.prod": "S=prod",
            "Makefile": "dev:\n\tdocker compose up\nprod:\n\tdocker compose --env-file .env.prod -f compose.yml up\n",
        ])
        #expect(tree.value("S", in: "compose.yml") == .literal("dev"))
        #expect(tree.value("S", in: "compose.yml with .env.prod") == .literal("prod"))
        #expect(tree.stack("compose.yml with .env.prod")?.environment?.environment == .production)
    }

    static let environments: [(files: [String: String], stack: String, label: String?)] = [
        (["docker-compose.prod.yml": base], "docker-compose.prod.yml", "prod"),
        (["docker-compose.yml": base], "docker-compose.yml", nil),
        (["deploy/staging/compose.yml": base], "deploy/staging/compose.yml", "staging"),
        (
            ["docker-compose.yml": "services: {a: {image: x, environment: {ENVIRONMENT: production}}, b: {image: x}}"],
            "docker-compose.yml", "production"
        ),
        (
            [
                "docker-compose.yml":
                    "services: {a: {image: x, environment: {APP_ENV: \"${APP_ENV:-dev}\", NODE_ENV: production}}}"
            ],
            "docker-compose.yml", "dev"
        ),
        (
            [
                "docker-compose.yml":
                    "services: {a: {image: x, environment: {NODE_ENV: production}}, b: {image: x, environment: {NODE_ENV: test}}}"
            ],
            "docker-compose.yml", nil
        ),
        (
            ["docker-compose.local.yml": "services: {a: {image: x, environment: {NODE_ENV: production}}}"],
            "docker-compose.local.yml", "local"
        ),
    ]

    @Test("are for the environment that their files name", arguments: environments)
    func environment(files: [String: String], stack: String, label: String?) {
        #expect(ComposeTree(files).stack(stack)?.environment?.label == label)
    }
}
