import Evidence
import Testing

@testable import Manifests

@Suite("What a compose file brings from elsewhere")
struct ComposeFollowTests {
    @Test("extends takes the other service, of the same file or of another, and puts its own over it")
    func extends() throws {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              base: {image: x, environment: {A: base, B: base}}
              a:
                extends: {service: base}
                environment: {B: own}
              b:
                extends: {file: common/common.yml, service: app}
                environment: [D=own]
              c: {extends: base}
            """,
            "common/common.yml": """
            services:
              root: {build: ./app, env_file: app.env, environment: {S: "${S}"}}
              app:
                extends: {service: root}
                environment: {D: app}
            """,
            "common/app.env": "E=file", "common/app/Dockerfile": "FROM x\nENV F=image", ".env": "S=project",
            "common/.env": "S=common",
        ])
        #expect(tree.workload("a")?.assignments.map(\.value.literal) == ["base", "own"])
        #expect(tree.workload("a")?.position.line == 3)
        let b = try #require(tree.workload("b"))
        #expect(["F", "E", "S", "D"].map { b[$0]?.value.literal } == ["image", "file", "project", "own"])
        #expect(b.sourceDirectory == "common/app")
        #expect(tree.value("A", of: "c") == .literal("base"))
        #expect(tree.names == ["compose.yml"])
    }

    @Test("extends that leads nowhere leaves a gap and hides nothing")
    func extendsMissing() {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              a: {image: x, extends: {file: ../shared.yml, service: s}, environment: {A: "1"}}
              b: {image: x, extends: {service: none}}
            """
        ])
        #expect(tree.value("A") == .literal("1"))
        #expect(tree.workload()?.gaps.count == 1)
        #expect(tree.reading.unread.map(\.position.line) == [3])
    }

    static let circles: [[String: String]] = [
        ["compose.yml": "services: {a: {image: x, extends: {service: a}}}"],
        ["compose.yml": "services: {a: {image: x, extends: {service: b}}, b: {image: x, extends: {service: a}}}"],
        [
            "compose.yml": "services: {a: {image: x, extends: {service: b, file: o.yml}}}",
            "o.yml": "services: {b: {image: x, extends: {service: a, file: compose.yml}}}",
        ],
        ["compose.yml": "include: [compose.yml]\nservices: {a: {image: x}}"],
        [
            "compose.yml": "include: [o.yml]\nservices: {a: {image: x}}",
            "o.yml": "include: [compose.yml]\nservices: {b: {image: x}}",
        ],
    ]

    @Test("a circle ends, and names itself", arguments: circles)
    func circle(files: [String: String]) {
        let tree = ComposeTree(files)
        #expect(tree.workload()?.image == "x")
        #expect(tree.reading.unread.contains { $0.reason.contains("circle") })
    }

    @Test("a long chain of extends ends, and names itself")
    func chain() {
        let services = (0..<5000).map { "  s\($0): {image: x, extends: {service: s\($0 + 1)}}\n" }.joined()
        let tree = ComposeTree(["compose.yml": "services:\n\(services)  s5000: {image: x}\n"])
        #expect(tree.reading.stacks.first?.workloads.count == 5001)
        #expect(!tree.reading.unread.isEmpty)
    }

    @Test("include brings services with their own folder and variables, under those of the project")
    func include() throws {
        let tree = ComposeTree([
            "compose.yml": """
            include:
              - auth/compose.yml
              - path: [mail/compose.yml, mail/over.yml]
                project_directory: mail/home
                env_file: mail/own.env
            services:
              a: {image: x, environment: {S: "${S}"}}
            """,
            ".env": "S=outer",
            "auth/compose.yml":
                "services: {auth: {image: x, env_file: a.env, environment: {S: \"${S}\", T: \"${T}\"}}}",
            "auth/a.env": "U=auth", "auth/.env": "S=inner\nT=inner",
            "mail/compose.yml": "services: {mail: {image: x, env_file: m.env, environment: {T: \"${T}\"}}}",
            "mail/over.yml": "services: {mail: {environment: {V: over}}}",
            "mail/own.env": "T=mail", "mail/home/m.env": "U=mail",
        ])
        let stack = try #require(tree.stack("compose.yml"))
        #expect(stack.workloads.map(\.name) == ["auth", "mail", "a"])
        let auth = try #require(tree.workload("auth", in: "compose.yml"))
        #expect(["S", "T", "U"].map { auth[$0]?.value.literal } == ["outer", "inner", "auth"])
        let mail = try #require(tree.workload("mail", in: "compose.yml"))
        #expect(["T", "U", "V"].map { mail[$0]?.value.literal } == ["mail", "mail", "over"])
        #expect(stack.files == ["compose.yml", "auth/compose.yml", "mail/compose.yml", "mail/over.yml"])
    }

    @Test("include of what is not in the tree names itself")
    func includeMissing() {
        let tree = ComposeTree(["compose.yml": "include:\n  - none.yml\nservices: {a: {image: x}}"])
        #expect(tree.reading.unread.map(\.position) == [SourcePosition(file: "compose.yml", line: 2, column: 5)])
        #expect(tree.workload() != nil)
    }

    @Test("includes that double with every file end")
    func includesDouble() {
        var files: [String: String] = [:]
        for level in 0..<40 {
            let next = "\(level + 1)/compose.yml"
            files["\(level)/compose.yml"] = "include: [../\(next), ../\(next)]\nservices: {s\(level): {image: x}}"
        }
        files["40/compose.yml"] = "services: {end: {image: x}}"
        let tree = ComposeTree(files)
        #expect(tree.workload("s39", in: "39/compose.yml") != nil)
        #expect(tree.reading.unread.contains { $0.reason.contains("more than") })
    }

    @Test("neighbours are depends_on, links, and hosts in variables")
    func neighbours() {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              a:
                image: x
                depends_on: [db]
                links: ["cache:c"]
                environment:
                  DATABASE_URL: postgres://u:p@db:5432/x
                  BACKEND: http://backend:8000/api
                  PLAIN: mail:25,other
                  NOT: "a mail for backend2"
              db: {image: x}
              cache: {image: x}
              backend: {image: x}
              mail: {image: x}
              other: {image: x}
            """
        ])
        #expect(tree.workload()?.neighbours == ["db", "cache", "backend", "mail"])
    }

    @Test(
        "sources are where the build says, or what is mounted under the working folder",
        arguments: [
            ("build: ./api", "api"), ("build: {context: api}", "api"),
            ("build: {context: ., dockerfile: api/Dockerfile}", "api"),
            ("build: {context: ., dockerfile: docker/Dockerfile}", ""), ("build: https://example.com/x.git", nil),
            ("build: {context: \"${DIR}\"}", nil), ("volumes: [\"./web:/app\"]\nworking_dir: /app", "web"),
            ("volumes: [\".:/src\"]\nworking_dir: /src/web", "web"), ("volumes: [\"./web:/app\"]", nil),
        ] as [(String, String?)])
    func sources(text: String, folder: String?) {
        let tree = ComposeTree(
            service: text, files: ["api/Dockerfile": "FROM x", "docker/Dockerfile": "FROM x", "Dockerfile": "FROM x"])
        #expect(tree.workload()?.sourceDirectory == folder)
    }
}
