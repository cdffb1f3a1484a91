import Evidence
import Testing

@testable import Manifests

@Suite("A compose file that is no good")
struct ComposeBoundsTests {
    static let good = "services: {a: {image: x, environment: {A: \"1\"}}}"

    static let bad: [String] = [
        "services:\n  a: [\n", "services: {a: {}, a: {}}", "services:\n  a: *none\n", "\tservices: x",
        "services:\n  a: {<<: 5}", "services: \"unclosed",
    ]

    @Test("names itself, and the others are read", arguments: bad)
    func unreadable(text: String) {
        let tree = ComposeTree(["bad/docker-compose.yml": text, "good/docker-compose.yml": Self.good])
        #expect(tree.reading.unread.map(\.position.file) == ["bad/docker-compose.yml"])
        #expect(tree.reading.unread.allSatisfy { $0.reason.contains(";") })
        #expect(tree.names == ["good/docker-compose.yml"])
    }

    @Test("does not grow without end through aliases")
    func aliases() {
        var text = "x-0: &a0 {a: b, c: d, e: f}\n"
        for level in 1...12 {
            let aliases = (0..<10).map { "k\($0): *a\(level - 1)" }.joined(separator: ", ")
            text += "x-\(level): &a\(level) {\(aliases)}\n"
        }
        let tree = ComposeTree(["docker-compose.yml": text + Self.good])
        #expect(tree.reading.unread.count == 1)
    }

    static let odd: [String] = [
        "", "[]", "5", "services:", "services: []", "services: 5", "services: {a: 5}", "services: {a: }",
        "services: {a: {image: {x: y}, environment: 5, env_file: {a: b}, build: [1], command: {a: b}}}",
        "services: {a: {image: x, environment: [[1], {a: b}, \"=x\", \"\"], secrets: 5, volumes: {a: b}, extends: [1]}}",
        "services: {a: {image: x, env_file: [{}, null], profiles: {a: b}, depends_on: 5, configs: [{}]}}\ninclude: 5",
        "include: [5, {}, null]\nsecrets: 5\nconfigs: [1]\nservices: {a: {image: x, volumes: [\":\", \"\", \"a\"]}}",
    ]

    @Test("with one odd service names it, and reads the others", arguments: ["5", "[x]", "text"])
    func oddService(value: String) {
        let tree = ComposeTree(["docker-compose.yml": "services:\n  odd: \(value)\n  a: {image: x}\n"])
        #expect(tree.reading.unread.map(\.position) == [SourcePosition(file: "docker-compose.yml", line: 2, column: 3)])
        #expect(tree.reading.stacks.first?.workloads.map(\.name) == ["a"])
    }

    @Test("with an environment that is a text names it")
    func oddEnvironment() {
        #expect(ComposeTree(service: "environment: A=x").reading.unread.map(\.position.line) == [4])
    }

    @Test("of odd shapes is read as far as it goes", arguments: odd)
    func oddShapes(text: String) {
        _ = ComposeTree(["docker-compose.yml": text])
    }

    @Test("with very many services, variables and files costs no more than their number")
    func large() {
        var files: [String: String] = [:]
        for folder in 0..<100 {
            let services = (0..<4).map { service in
                "  s\(service):\n    image: x\n    environment:\n"
                    + (0..<10).map { "      V\($0): ${V\($0):-d}\n" }.joined()
            }
            files["f\(folder)/docker-compose.yml"] = "services:\n\(services.joined())"
        }
        let tree = ComposeTree(files)
        #expect(tree.reading.stacks.count == 100)
        #expect(tree.reading.stacks.allSatisfy { $0.workloads.count == 4 })
    }

    @Test("never tells a value")
    func noValues() {
        let tree = ComposeTree([
            "docker-compose.yml":
                "services: {a: {image: x, environment: {A: [hush], B: \"hush$\"}, command: \"hush$\"}}",
            "compose.yml": "services: {a: hush: hush}",
        ])
        #expect(tree.reading.unread.count == 4)
        #expect(!tree.reading.unread.contains { $0.reason.contains("hush") })
    }
}
