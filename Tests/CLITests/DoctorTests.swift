import Contracts
import Foundation
import HTTPKit
import Secrets
import Testing

@testable import CLI

@Suite("lockstep doctor")
struct DoctorTests {
    private static func report(
        _ service: String, kid: String = "kid-a", environment: String = "production", source: String = "file /run/jwt",
        issuers: [IssuerAgreement] = []
    ) -> KeyReport {
        KeyReport(
            service: service, instance: "\(service)-1",
            secrets: SecretDiagnostics(
                environment: environment, environmentDetectedFrom: "ENVIRONMENT=\(environment)", sources: [],
                winner: source, ringVersion: 3,
                keys: [.init(kid: kid, aliases: [], algorithm: "HS256", state: "current", retireAt: nil)],
                warnings: []), issuers: issuers)
    }

    private static func service(
        _ role: String, _ keys: DoctorObservation.Service.Keys, isReady: Bool? = true,
        checks: [DoctorObservation.Service.Check] = [], clockOffset: Int64? = 0
    ) -> DoctorObservation.Service {
        .init(
            role: role, url: "http://\(role)", keys: keys, isReady: isReady, checks: checks, clockOffset: clockOffset,
            milliseconds: 3)
    }

    private static func row(
        _ service: String, status: String = "live", agreement: String = "agreed", detail: String? = nil,
        clockOffset: Int64? = 4, lagging: [String] = []
    ) -> FleetTable.Replica {
        var report = FleetReport(
            service: service, instance: "\(service)-1", environment: "production", source: "file /run/jwt",
            delivery: "watched", ringVersion: 3, ringAge: 0, keys: [], leeway: 60, agreement: agreement, detail: detail,
            clockOffset: clockOffset, build: "0.1.0", startedAt: 0)
        report.lagging = lagging
        return .init(report: report, status: status, receivedAt: 90)
    }

    private static let goodHops: [DoctorObservation.Hop] = [
        .init(name: "issue", url: "http://portal", status: 200, milliseconds: 2),
        .init(name: "through the gateway", url: "http://gateway", status: 200, milliseconds: 5),
    ]

    private static func observation(
        portal: DoctorObservation.Service? = nil, gateway: DoctorObservation.Service? = nil,
        rows: [FleetTable.Replica]? = [row("gateway")], hops: [DoctorObservation.Hop] = goodHops
    ) -> DoctorObservation {
        DoctorObservation(
            services: [
                portal ?? service("portal", .report(report("platform-portal"))),
                gateway ?? service("gateway", .report(report("gateway"))),
            ], fleet: rows.map { FleetTable(now: 100, replicas: $0) }, hops: hops, leeway: 60)
    }

    @Test("where all agree there is nothing to say")
    func well() {
        let report = DoctorReport(Self.observation())
        #expect(report.findings == [])
        #expect(report.verdict == "well")
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let code: String
        let verdict: String
        let observation: DoctorObservation
        /// What cause and next step must tell.
        let says: [String]
        var testDescription: String { "\(code), \(says.first ?? "")" }
    }

    static let cases: [Case] = [
        Case(
            code: "key_disagreement", verdict: "wrong",
            observation: observation(
                gateway: service("gateway", .report(report("gateway", kid: "kid-b", source: "variable JWT_SECRET")))),
            says: ["kid-a", "kid-b", "file /run/jwt", "variable JWT_SECRET", "redeploy gateway"]),
        Case(
            code: "environment", verdict: "wrong",
            observation: observation(gateway: service("gateway", .report(report("gateway", environment: "staging")))),
            says: ["staging", "production", "ENVIRONMENT=staging"]),
        Case(
            code: "unreachable", verdict: "unknown",
            observation: observation(gateway: service("gateway", .unreachable("no connection"), isReady: nil)),
            says: ["no connection", "http://gateway"]),
        Case(
            code: "internal_token", verdict: "unknown",
            observation: observation(gateway: service("gateway", .refused)), says: ["LOCKSTEP_INTERNAL_TOKEN"]),
        Case(
            code: "not_ready", verdict: "wrong",
            observation: observation(
                gateway: service(
                    "gateway", .report(report("gateway")), isReady: false,
                    checks: [.init(name: "keys", status: "not_ready", code: "key_disagreement", detail: "why")])),
            says: ["key_disagreement", "why", "lockstep secret diagnose"]),
        Case(
            code: "clock", verdict: "well",
            observation: observation(
                gateway: service("gateway", .report(report("gateway")), clockOffset: 40)), says: ["40 s ahead", "60 s"]),
        Case(
            code: "clock", verdict: "wrong",
            observation: observation(
                gateway: service("gateway", .report(report("gateway")), clockOffset: -300)),
            says: ["300 s behind", "refused"]),
        Case(
            code: "clock", verdict: "wrong", observation: observation(rows: [row("plant", clockOffset: 301_000)]),
            says: ["301 s behind"]),
        Case(
            code: "missing_replica", verdict: "well", observation: observation(rows: [row("plant", status: "missing")]),
            says: ["10 s ago", "still serves"]),
        Case(
            code: "lagging_replica", verdict: "well",
            observation: observation(rows: [row("plant", lagging: ["kid-n"])]),
            says: ["kid-n", "lockstep rotate status"]),
        Case(
            code: "key_disagreement", verdict: "wrong",
            observation: observation(rows: [row("plant", agreement: "disagreed", detail: "both sides")]),
            says: ["both sides"]),
        Case(code: "no_fleet", verdict: "unknown", observation: observation(rows: nil), says: ["--portal"]),
        Case(
            code: "token_refused", verdict: "wrong",
            observation: observation(hops: [
                goodHops[0],
                .init(
                    name: "through the gateway", url: "http://gateway", status: 401, code: "unknown_key",
                    detail: "no such key", milliseconds: 1),
                .init(name: "straight to the plant", url: "http://plant", status: 200, milliseconds: 1),
            ]), says: ["unknown_key", "it is the gateway", "lockstep explain"]),
    ]

    @Test("each thing that can be wrong is named, with its cause and the next command", arguments: cases)
    func findings(_ expected: Case) throws {
        let report = DoctorReport(expected.observation)
        #expect(report.verdict == expected.verdict)
        let finding = try #require(report.findings.first { $0.code == expected.code })
        for word in expected.says { #expect("\(finding.cause) \(finding.next)".contains(word), "\(word)") }
        let lines = report.lines(colours: false).joined(separator: "\n")
        #expect(lines.contains(finding.cause))
        #expect(!lines.contains("\u{1B}"))
    }

    @Test("problems come before what is unknown, and that before warnings")
    func order() {
        var observation = Self.observation(
            gateway: Self.service("gateway", .unreachable("gone"), isReady: nil),
            rows: [Self.row("plant", status: "missing")])
        observation.services.append(
            Self.service("plant", .report(Self.report("plant", kid: "kid-b")), clockOffset: 40))
        #expect(observation.findings.map(\.severity) == [.problem, .unknown, .warning, .warning])
    }

    @Test("a Date header is read, and what is none is not")
    func dates() {
        #expect(DoctorClient.time("Sat, 21 Nov 2026 06:45:00 GMT")?.timeIntervalSince1970 == 1_795_243_500)
        #expect(DoctorClient.time("yesterday") == nil)
        #expect(DoctorClient.time("Sat, 21 Foo 2026 06:45:00 GMT") == nil)
    }

    @Test("with no address at all the local stack is asked, the platform portal first")
    func localStack() throws {
        let named = DoctorCommand.addresses(of: try LocalStackTests.plan())
        #expect(named.map(\.0) == ["portal", "portal", "gateway", "plant"])
        #expect(named.map(\.1) == [8080, 8081, 8000, 8001].map { "http://127.0.0.1:\($0)" })
    }

    @Test("nobody to ask is a wrong call, and nobody who answers is no answer")
    func exitCodes() async throws {
        let trial = try Trial(["ENVIRONMENT": "development"])
        #expect(await trial.run("doctor").status == ExitStatus.usage.rawValue)
        #expect(
            await trial.run("doctor", "--portal", "http://127.0.0.1:1").status == ExitStatus.undetermined.rawValue)
    }
}
