import Evidence
import Testing

@testable import Manifests

@Suite("a compose file that can't be run")
struct ComposeFaultTests {
    static func service(_ lines: String...) -> String {
        "services:\n  a:\n    x-lockstep: {executable: portal}\n"
            + lines.map { "    \($0)\n" }.joined()
    }

    static let faults: [(text: String, line: Int, words: String)] = [
        ("services:\n  a: [\n", 3, "not YAML"),
        ("services:\n  a: {}\n  a: {}\n", 2, "twice"),
        ("", 1, "empty"),
        ("- a\n", 1, "not a mapping"),
        ("x-a: 1\n", 1, "no services"),
        ("services: {a: {}}\ninclude: [b.yml]\n", 2, "include is not understood"),
        ("services:\n  a: *none\n", 2, "alias"),
        ("services:\n  a: !reset null\n", 2, "tag"),
        ("services:\n  a:\n    <<: 5\n", 3, "no mapping"),
        ("services:\n  a: 5\n", 2, "not a mapping"),
        (service("extends: {service: b}"), 4, "extends of a is not understood"),
        (service("configs: [x]"), 4, "configs of a is not understood"),
        (service("cammand: x"), 4, "cammand of a is not understood"),
        (service("environment:", "  A: ${NEEDED:?run make env}"), 5, "NEEDED is required: run make env"),
        (service("environment:", "  A: ${", "  B: $ x"), 5, "starts nothing"),
        (service("environment:", "  A: true"), 5, "A is a boolean"),
        (service("environment:", "  A: 010"), 5, "A is a number"),
        (service("environment:", "  A: 1_000"), 5, "A is a number"),
        (service("environment:", "  A: 1.50"), 5, "A is a number"),
        (service("environment:", "  A: 12:30"), 5, "A is a number"),
        (service("environment:", "  A: 2026-01-01"), 5, "A is a date"),
        (service("environment:", "  A: [x]"), 5, "A is a list"),
        (service("environment:", "  - A B=x"), 5, "blank"),
        (service("environment: text"), 4, "environment is a string"),
        (service("env_file: gone.env"), 4, "gone.env can't be read"),
        (service("env_file: bad.env"), 2, "closed"),
        (service("ports: [\"8000-8010:8000-8010\"]"), 4, "port is not understood"),
        (service("ports: [\"53:53/udp\"]"), 4, "port is not understood"),
        (service("ports: [\"70000:80\"]"), 4, "port is not understood"),
        (service("ports: [22:22]"), 4, "without quotes"),
        (service("ports:", "  - {target: 80, publish: 81}"), 5, "publish of a port"),
        (service("depends_on: [b]"), 4, "depends on b, which is not in this file"),
        (service("depends_on:", "  a: {condition: ready}"), 5, "condition of a"),
        (service("healthcheck: {interval: 10}"), 4, "interval is no duration"),
        (service("healthcheck:", "  retries: none"), 5, "retries"),
        (service("healthcheck:", "  every: 5s"), 5, "every of healthcheck"),
        (service("restart: sometimes"), 4, "restart policy"),
        (service("stop_grace_period: soon"), 4, "stop_grace_period is no duration"),
        (service("stop_signal: SIGNOTHING"), 4, "stop_signal"),
        (service("volumes: [\"a:b:c:d\"]"), 4, "volume is not understood"),
        (service("volumes: [data:relative]"), 4, "volume is not understood"),
        (service("volumes: [\"../x:/\"]"), 4, "volume is not understood"),
        (service("secrets: [gone]"), 4, "secret is not in the file"),
        (service("command: \"a 'b\""), 4, "never closed"),
        (service("scale: 2"), 4, "replica"),
        (service("deploy:", "  replicas: 3"), 5, "replica"),
        ("services:\n  a:\n    x-lockstep: portal\n", 3, "names no executable"),
        ("services:\n  a:\n    x-lockstep: {executable: portal, args: []}\n", 3, "args of x-lockstep"),
        ("services:\n  a:\n    x-lockstep: {executable: bin/portal}\n", 3, "is a path"),
        ("secrets: {a: {environment: X}}\nservices: {a: {}}\n", 1, "secret a names no file"),
    ]

    @Test("is told of with its line and how to mend it", arguments: faults)
    func fault(text: String, line: Int, words: String) throws {
        let faults = try #require(throws: ManifestFaults.self) {
            try ComposeReader.read(text, file: "c.yml", directory: "/x", variables: [:]) {
                $0 == "/x/bad.env" ? "A=1\nB='" : nil
            }
        }.faults
        #expect(faults.contains { $0.position.line == line && $0.problem.contains(words) }, "\(faults)")
        #expect(faults.allSatisfy { !$0.mend.isEmpty })
    }

    @Test("is told of with all its faults at once, in order")
    func allAtOnce() throws {
        let text = Self.service("restart: sometimes", "ports: [x]", "extends: {}", "scale: 4")
        let faults = try #require(throws: ManifestFaults.self) {
            try ComposeReader.read(text, file: "c.yml", directory: "/x", variables: [:]) { _ in nil }
        }.faults
        #expect(faults.map(\.position.line) == [4, 5, 6, 7])
        #expect(faults.first?.description.hasPrefix("c.yml:4: ") == true)
    }

    @Test("does not grow without end through aliases")
    func aliasBomb() throws {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...8 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let faults = try #require(throws: ManifestFaults.self) { try YAMLDocument.parse(text, file: "bomb.yml") }
        #expect(faults.description.contains("too large"))
    }

    @Test("no fault repeats a value, as it may be a secret")
    func noValues() throws {
        let text = Self.service("environment:", "  A: [hush-1]", "  B: \"${X:-hush-2}${\"", "ports: [hush-3]")
        let faults = try #require(throws: ManifestFaults.self) {
            try ComposeReader.read(text, file: "c.yml", directory: "/x", variables: [:]) { _ in nil }
        }
        #expect(!faults.description.contains("hush"))
    }

    @Test("keys of a service that is not run here are no fault")
    func skippedService() throws {
        let text = "services:\n  db:\n    image: postgres\n    extends: {service: b}\n    cammand: x\n"
        let compose = try ComposeReader.read(text, file: "c.yml", directory: "/x", variables: [:]) { _ in nil }
        #expect(compose.service("db")?.executable == nil)
    }
}
