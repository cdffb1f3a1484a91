import Evidence
import Secrets
import Testing

@testable import Manifests

@Suite("ECS task definitions")
struct TaskDefinitionTests {
    static func read(_ files: [String: String]) -> ManifestReading {
        ManifestReaders.read(SourceTree(files), readers: [TaskDefinitionReader()])
    }

    @Test("containers with their variables, each at its place")
    func task() throws {
        let reading = Self.read([
            "ecs/task-prod.json": """
            {
              "family": "acme",
              "containerDefinitions": [
                {
                  "name": "backend",
                  "image": "r/backend:1",
                  "environment": [
                    {"name": "JWT_SECRET", "value": "in-the-open"},
                    {"name": "OTHER", "value": "${OTHER}"}
                  ],
                  "dependsOn": [{"containerName": "portal", "condition": "START"}]
                },
                {
                  "name": "portal",
                  "secrets": [
                    {"name": "JWT_SECRET",
                     "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:jwt-AbCdE1:key::"},
                    {"name": "DB", "valueFrom": "/prod/db"}
                  ]
                }
              ]
            }
            """
        ])
        let stack = try #require(reading.stacks.first)
        #expect(stack.target == .ecs)
        #expect(stack.environment?.environment == .production)
        #expect(stack.workloads.map(\.name) == ["acme/backend", "acme/portal"])
        #expect(spelled(stack.workloads[0].assignments) == ["JWT_SECRET=in-the-open", "OTHER=<env:OTHER>"])
        #expect(spelled(stack.workloads[0].assignments[0].position) == "ecs/task-prod.json:8:18")
        #expect(
            spelled(stack.workloads[1].assignments) == [
                "JWT_SECRET=<aws:eu-west-1:123456789012/jwt#key>", "DB=<ssm:eu-west-1:123456789012//prod/db>",
            ])
        #expect(stack.workloads[0].neighbours == ["acme/portal"])
    }

    @Test(
        "placeholders are no values",
        arguments: [
            ("\"$JWT\"", "<env:JWT>"), ("\"${JWT}\"", "<env:JWT>"), ("\"${JWT:-d}\"", "<env:JWT|d>"),
            ("\"<JWT>\"", "<?>"),
            ("\"{{ jwt }}\"", "<?>"), ("\"__JWT__\"", "<?>"), ("\"#{JWT}#\"", "<?>"), ("${JWT}", "<env:JWT>"),
            ("\"pa$$word$\"", "pa$$word$"), ("\"x${JWT}y\"", "x<env:JWT>y"), ("8080", "8080"),
            ("\"a\\u00e9\\ud83d\\ude00\\/\"", "aé😀/"),
        ])
    func placeholders(value: String, expected: String) throws {
        let reading = Self.read([
            "t.json":
                #"{"family": "f", "containerDefinitions": [{"name": "c", "environment": [{"name": "V", "value": \#(value)}]}]}"#
        ])
        #expect(try spelled(#require(reading.stacks.first?.workloads.first?["V"]).value) == expected)
    }

    @Test("one container is named by itself, or by its family where its name says nothing")
    func names() {
        func name(_ container: String) -> String? {
            Self.read(["t.json": #"{"family": "billing", "containerDefinitions": [{"name": "\#(container)"}]}"#])
                .stacks.first?.workloads.first?.name
        }
        #expect(name("backend") == "backend")
        #expect(name("app") == "billing")
    }

    @Test("a file of variables in a bucket leaves the list open")
    func files() {
        let reading = Self.read([
            "t.json":
                #"{"containerDefinitions": [{"name": "c", "environmentFiles": [{"value": "arn:x", "type": "s3"}]}]}"#
        ])
        #expect(reading.stacks.first?.workloads.first?.gaps.count == 1)
    }

    @Test(
        "what is no JSON is named with its line",
        arguments: [
            "{\"containerDefinitions\": [\n{", "{\"containerDefinitions\": [\n{\"a\" 1}]}",
            "{\"containerDefinitions\": [\n\"\\u12\"]}",
        ])
    func faults(text: String) {
        let reading = Self.read(["t.json": text, "u.json": #"{"containerDefinitions": [{"name": "c"}]}"#])
        #expect(reading.unread.map(\.position.line) == [2])
        #expect(reading.stacks.count == 1)
    }

    @Test("nested without end it is refused")
    func depth() {
        let text = "{\"containerDefinitions\": " + String(repeating: "[", count: 100_000)
        #expect(Self.read(["t.json": text]).unread.count == 1)
    }
}
