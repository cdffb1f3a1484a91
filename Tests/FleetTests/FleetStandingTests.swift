import Contracts
import HTTPKit
import Secrets
import Testing

@testable import Fleet

@Suite("An issuer that starts looks at the fleet")
struct FleetStandingTests {
    struct Row: Sendable {
        var service = "gateway"
        var instance = "g1"
        var kids: [(String, String)]
        var environment = "production"
        var issuer: String?
        var ready = true
        var status = "live"
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let rows: [Row]
        let isHeldBack: Bool
    }

    private static let ours = [(FleetSamples.kidOne, "current")]
    private static let other = [(FleetSamples.kidTwo, "current")]

    static let cases: [Case] = [
        Case(testDescription: "nobody is there", rows: [], isHeldBack: false),
        Case(
            testDescription: "all hold its key, in whatever state that verifies",
            rows: [
                Row(instance: "g1", kids: ours), Row(instance: "g2", kids: [(FleetSamples.kidOne, "next")]),
                Row(instance: "g3", kids: [(FleetSamples.kidOne, "previous")]),
            ], isHeldBack: false),
        Case(testDescription: "the one that serves holds another key", rows: [Row(kids: other)], isHeldBack: true),
        Case(
            testDescription: "the one that serves has revoked it",
            rows: [Row(kids: [(FleetSamples.kidOne, "revoked")])], isHeldBack: true),
        Case(
            testDescription: "the one that serves holds it for another environment",
            rows: [Row(kids: ours, environment: "staging")], isHeldBack: true),
        Case(
            testDescription: "as many hold it as don't: who started last is held back",
            rows: [Row(instance: "g1", kids: ours), Row(instance: "g2", kids: other)], isHeldBack: true),
        Case(
            testDescription: "one of three that is wrong does not keep an issuer from starting",
            rows: [
                Row(instance: "g1", kids: ours), Row(service: "plant", instance: "p1", kids: ours),
                Row(service: "plant", instance: "p2", kids: other),
            ], isHeldBack: false),
        Case(
            testDescription: "one that is held back itself speaks against nobody",
            rows: [Row(kids: other, ready: false)], isHeldBack: false),
        Case(
            testDescription: "one that is missing speaks against nobody", rows: [Row(kids: other, status: "missing")],
            isHeldBack: false),
        Case(
            testDescription: "its own row does not count",
            rows: [Row(service: "platform-portal", instance: "p1", kids: other, issuer: "lockstep-platform")],
            isHeldBack: false),
        Case(
            testDescription: "another replica that signs as the same issuer counts",
            rows: [Row(service: "platform-portal", instance: "p2", kids: other, issuer: "lockstep-platform")],
            isHeldBack: true),
        Case(
            testDescription: "another issuer need not hold it",
            rows: [Row(service: "customer-portal", instance: "c1", kids: other, issuer: "lockstep-customer")],
            isHeldBack: false),
    ]

    private func verdict(_ rows: [Row], ring: KeyRing = FleetSamples.ring()) -> FleetVerdict {
        let table = FleetTable(
            now: 0,
            replicas: rows.map { row in
                FleetTable.Replica(
                    report: FleetSamples.report(
                        row.service, row.instance, kids: row.kids, environment: row.environment, issuer: row.issuer,
                        ready: row.ready), status: row.status, receivedAt: 0)
            })
        return FleetStanding.judge(
            table, ring: ring, service: "platform-portal", instance: "p1", issuer: "lockstep-platform")
    }

    @Test("who holds its key", arguments: cases)
    func decisions(_ example: Case) {
        if case .disagreed = verdict(example.rows) {
            #expect(example.isHeldBack)
        } else {
            #expect(!example.isHeldBack)
        }
    }

    @Test("the verdict names both sides: replicas, kids, sources, environments")
    func names() {
        let rows = (1...7).map { Row(instance: "g\($0)", kids: Self.other) }
        guard case .disagreed(let reason, let comparison) = verdict(rows) else {
            Issue.record("agreed")
            return
        }
        #expect(reason.contains("7 of 7"))
        for word in [
            "gateway g1", FleetSamples.kidOne, FleetSamples.kidTwo, "/run/secrets/jwt", "file B", "production",
            "and 2 more",
        ] { #expect(comparison.contains(word)) }
    }

    @Test("a key that others know by an alias is the same key")
    func alias() {
        var report = FleetSamples.report(kids: [("a-name-of-its-own", "current")])
        report.keys[0].aliases = [FleetSamples.kidOne]
        let table = FleetTable(now: 0, replicas: [.init(report: report, status: "live", receivedAt: 0)])
        #expect(
            FleetStanding.judge(table, ring: FleetSamples.ring(), service: "p", instance: "p1", issuer: "i") == .agreed)
    }

    @Test("a keeper that can't be asked is no verdict")
    func silence() async {
        let keeper = FleetKeeper(
            label: "http://portal", report: { _ throws(FleetFault) in throw FleetFault(reason: "down") },
            forget: { _, _, _ throws(FleetFault) in throw FleetFault(reason: "down") },
            table: { () throws(FleetFault) in throw FleetFault(reason: "down") })
        let check = FleetCheck(keeper: keeper, service: "p", instance: "p1", issuer: "i")
        #expect(check.label == "http://portal/internal/v1/fleet")
        #expect(await check.judge(FleetSamples.ring()) == .unreachable("the fleet keeper can't be asked: down"))
    }
}
