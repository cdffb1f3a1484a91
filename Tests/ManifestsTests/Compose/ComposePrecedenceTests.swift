import Evidence
import Testing

@testable import Manifests

@Suite("A variable of a compose service")
struct ComposePrecedenceTests {
    @Test("of environment wins over env_file, which wins over the image")
    func precedence() throws {
        let tree = ComposeTree([
            "compose.yml": """
            services:
              a:
                build: ./api
                env_file: [one.env, two.env]
                environment: {A: environment}
            """,
            "one.env": "A=one\nB=one\nC=one\n", "two.env": "\nB=two\n",
            "api/Dockerfile": "FROM x\nENV A=image B=image C=image \\\n    D=image\n",
        ])
        let workload = try #require(tree.workload())
        #expect(["A", "B", "C", "D"].map { workload[$0]?.value.literal } == ["environment", "two", "one", "image"])
        #expect(["A", "B", "C", "D"].map { workload[$0]?.origin } == [.manifest, .file, .file, .image])
        #expect(workload["B"]?.position == SourcePosition(file: "two.env", line: 2))
        #expect(workload["D"]?.position == SourcePosition(file: "api/Dockerfile", line: 3, column: 5))
        #expect(workload.assignments.count == 4)
        #expect(workload.overridden.compactMap(\.value.literal).sorted() == ["image", "image", "image", "one", "one"])
        #expect(workload.sourceDirectory == "api")
        #expect(workload.dockerfile == "api/Dockerfile")
    }

    @Test("of an env_file does not feed ${}, while .env does")
    func envFileIsNoScope() {
        let tree = ComposeTree(
            service: "env_file: app.env\nenvironment:\n  FROM_FILE: ${ONLY_APP}\n  FROM_DOT: ${ONLY_DOT}\n",
            files: ["app.env": "ONLY_APP=x\n", ".env": "ONLY_DOT=y\n"])
        #expect(tree.value("FROM_FILE") == .variable("ONLY_APP"))
        #expect(tree.value("FROM_DOT") == .literal("y"))
        #expect(tree.value("ONLY_APP") == .literal("x"))
        #expect(tree.value("ONLY_DOT") == nil)
    }

    @Test("that is present but empty is not absent")
    func empty() {
        let tree = ComposeTree(
            service: "env_file: app.env\nenvironment:\n  - A=\n  - B=${EMPTY}\n  - C=${NONE:-}\n",
            files: ["app.env": "A=file\nB=file\nD=\n", ".env": "EMPTY=\n"])
        #expect(tree.value("A") == .empty)
        #expect(tree.value("B") == .empty)
        #expect(tree.value("C") == .variable("NONE", default: .empty))
        #expect(tree.value("D") == .empty)
        #expect(tree.value("E") == nil)
    }

    @Test(
        "may be missing because an env_file is, whose example is named",
        arguments: [
            (".env", ".env.example"), (".env", ".env.sample"), (".env", "example.env"), (".env", ".env.template"),
            (".env", ".env.dist"), ("prod.env", "prod.env.example"), ("conf/prod.env", "conf/prod.example.env"),
            (".env.production", ".env.production.sample"), (".env.production", ".env.example"),
        ])
    func missingFile(file: String, example: String) throws {
        let tree = ComposeTree(service: "env_file:\n  - \(file)\n", files: [example: "A=1\n"])
        let gap = try #require(tree.workload()?.gaps.first)
        #expect(gap.reason == "env_file \(file) is not in the tree")
        #expect(gap.position == SourcePosition(file: "docker-compose.yml", line: 5, column: 9))
        #expect(gap.example == example)
        #expect(tree.reading.unread.isEmpty)
    }

    static let forms: [(text: String, names: [String], gaps: Int)] = [
        ("env_file: app.env", ["A", "B"], 0),
        ("env_file: [app.env, ./other.env]", ["A", "B", "C"], 0),
        ("env_file:\n  - path: app.env\n    required: true\n  - path: none.env\n    required: false", ["A", "B"], 1),
        ("env_file:\n  - path: app.env\n    format: raw", ["A", "B"], 0),
        ("env_file: ${WHERE:-app.env}", ["A", "B"], 0),
        ("env_file: ${WHERE}.env", [], 1),
        ("env_file: /etc/app.env", [], 1),
        ("env_file: ../app.env", [], 1),
    ]

    @Test("of an env_file in each form", arguments: forms)
    func envFileForms(text: String, names: [String], gaps: Int) throws {
        let tree = ComposeTree(service: text, files: ["app.env": "A=1\nB='2'\n", "other.env": "C=3"])
        let workload = try #require(tree.workload())
        #expect(workload.assignments.map(\.name) == names)
        #expect(workload.gaps.count == gaps)
    }

    @Test("of a raw env_file keeps its quotes and dollars")
    func raw() {
        let tree = ComposeTree(
            service: "env_file:\n  - {path: app.env, format: raw}", files: ["app.env": "# c\nA='x'$Y\n=z\nno\n"])
        #expect(tree.value("A") == .literal("'x'$Y"))
        #expect(tree.workload()?.assignments.count == 1)
    }

    @Test("of an env_file that is malformed names the line and not the value")
    func malformedFile() {
        let tree = ComposeTree(
            service: "env_file: vars", files: ["vars": "A=1\nB C=hush\nD=\"hush\nE=2\n"])
        #expect(tree.value("A") == .literal("1"))
        #expect(tree.value("E") == .literal("2"))
        #expect(tree.reading.unread.map(\.position.line) == [2, 3])
        #expect(!tree.reading.unread.contains { $0.reason.contains("hush") })
    }

    @Test("stands where an anchor is defined, and own keys win over merged ones")
    func anchors() throws {
        let tree = ComposeTree([
            "docker-compose.yml": """
            x-env: &env
              JWT_SECRET: ${JWT_SECRET}
              LEVEL: info
            services:
              a:
                image: x
                environment:
                  <<: *env
                  LEVEL: debug
              b:
                image: x
                environment: *env
            """
        ])
        let a = try #require(tree.workload("a"))
        let b = try #require(tree.workload("b"))
        #expect(a["JWT_SECRET"]?.position == SourcePosition(file: "docker-compose.yml", line: 2, column: 3))
        #expect(a["JWT_SECRET"]?.value == b["JWT_SECRET"]?.value)
        #expect([a["LEVEL"]?.value.literal, b["LEVEL"]?.value.literal] == ["debug", "info"])
    }
}
