import Evidence
import Testing

@testable import Check

@Suite("Functions that share a folder")
struct FunctionTests {
    private static func found(_ handlers: [(String, String)]) -> [String?] {
        let facts = ["login", "token"].map { name in
            var facts = SourceFacts(file: "src/\(name).js", language: .javascript)
            facts.uses = Given.code("", .sign, Given.read("JWT_SECRET", "src")).uses
            return facts
        }
        let stack = Given.stack("serverless.yml", target: .serverless, handlers.map { ($0.0, []) }) { workload in
            workload.sourceDirectory = ""
            workload.entry = handlers.first { $0.0 == workload.name }?.1
        }
        let components = Components(facts, files: ["package.json"] + facts.map(\.file))
        return stack.workloads.map { components.component(of: $0, in: stack)?.facts.map(\.file).joined(separator: " ") }
    }

    @Test("each is the source that it starts with, and one that does nothing with tokens is none")
    func entries() {
        #expect(
            Self.found([("login", "src/login"), ("health", "src/health")]) == ["src/login.js", nil])
    }

    @Test("one alone is the whole folder, and two that start with one source are not told apart")
    func shared() {
        #expect(Self.found([("login", "src/app")]) == ["src/login.js src/token.js"])
        #expect(Self.found([("login", "src/login"), ("logout", "src/login")]) == [nil, nil])
    }
}
