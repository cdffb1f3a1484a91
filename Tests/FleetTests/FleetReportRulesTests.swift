import Contracts
import Testing

@testable import Fleet

@Suite("What a keeper takes")
struct FleetReportRulesTests {
    struct Attack: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: String
        let change: @Sendable (inout FleetReport) -> Void
    }

    static let attacks: [Attack] = [
        Attack(testDescription: "a line break in the service's name", field: "service") { $0.service = "gate\nway" },
        Attack(testDescription: "an escape sequence", field: "service") { $0.service = "\u{1B}[2Jgateway" },
        Attack(testDescription: "a path in the instance's name", field: "instance") { $0.instance = "../x" },
        Attack(testDescription: "a name that is a path", field: "instance") { $0.instance = ".." },
        Attack(testDescription: "no name", field: "service") { $0.service = "" },
        Attack(testDescription: "a name without end", field: "instance") {
            $0.instance = String(repeating: "a", count: 129)
        },
        Attack(testDescription: "a NUL", field: "source") { $0.source = "a\u{0}b" },
        Attack(testDescription: "text that runs backwards", field: "detail") { $0.detail = "a\u{202E}b" },
        Attack(testDescription: "a detail without end", field: "detail") {
            $0.detail = String(repeating: "x", count: 4097)
        },
        Attack(testDescription: "an environment of its own", field: "environment") { $0.environment = "moon" },
        Attack(testDescription: "an agreement of its own", field: "agreement") { $0.agreement = "great" },
        Attack(testDescription: "a delivery of its own", field: "delivery") { $0.delivery = "pigeon" },
        Attack(testDescription: "a key in a state of its own", field: "keys[0]") { $0.keys[0].state = "golden" },
        Attack(testDescription: "a key without a name", field: "keys[0]") { $0.keys[0].kid = "" },
        Attack(testDescription: "keys without end", field: "keys") {
            $0.keys = Array(repeating: $0.keys[0], count: 65)
        },
        Attack(testDescription: "aliases without end", field: "keys[0]") {
            $0.keys[0].aliases = Array(repeating: "a", count: 9)
        },
        Attack(testDescription: "layouts of its own", field: "layouts") { $0.layouts = ["xml"] },
        Attack(testDescription: "what lags without end", field: "lagging") {
            $0.lagging = Array(repeating: "a", count: 17)
        },
        Attack(testDescription: "a negative time", field: "started_at") { $0.startedAt = -1 },
        Attack(testDescription: "an offset that no number holds", field: "clock_offset_ms") {
            $0.clockOffset = .min
        },
        Attack(testDescription: "a version that no reader holds", field: "ring_version") { $0.ringVersion = .max },
        Attack(testDescription: "a leeway of years", field: "leeway") { $0.leeway = 1 << 40 },
    ]

    @Test("is refused by field", arguments: attacks)
    func refuses(_ attack: Attack) {
        var report = FleetSamples.report()
        #expect(FleetReportRules.faults(in: report).isEmpty)
        attack.change(&report)
        #expect(Array(FleetReportRules.faults(in: report).keys) == [attack.field])
    }

    @Test(
        "names of any text become names that a keeper takes",
        arguments: [
            ("host-17", "host-17"), ("my host", "my-host"), ("a/b\n", "a-b-"), ("", "unnamed"), ("..", "unnamed"),
        ])
    func names(_ text: String, _ name: String) {
        #expect(FleetText.name(text) == name)
        #expect(FleetText.isName(name))
    }

    @Test("texts are cut at whole characters and lose what can't be shown")
    func clean() {
        #expect(FleetText.clean("a\nb\u{202E}c", limit: 10) == "a b c")
        #expect(FleetText.clean("ééé", limit: 5) == "éé")
    }
}
