import HTTPKit
import Secrets
import Testing

@testable import Portal

@Suite struct KeyStandingTests {
    private func diagnostics(
        _ kids: [(String, String)], environment: String = "staging", source: String? = "environment variable JWT_SECRET"
    ) -> SecretDiagnostics {
        SecretDiagnostics(
            environment: environment, environmentDetectedFrom: "ENVIRONMENT", sources: [], winner: source,
            ringVersion: 1,
            keys: kids.map {
                SecretDiagnostics.Key(kid: $0.0, aliases: [], algorithm: "HS256", state: $0.1, retireAt: nil)
            }, warnings: [])
    }

    private func judge(_ theirs: SecretDiagnostics) -> KeyStanding {
        KeyStanding.judge(
            .report(.init(service: "plant", instance: "i", secrets: theirs, issuers: [])), url: "http://plant",
            own: diagnostics([("mine", "current")]))
    }

    @Test(
        "a service that holds our key agrees, whatever state it has there", arguments: ["current", "next", "previous"])
    func agrees(state: String) {
        let standing = judge(diagnostics([("other", "current"), ("mine", state)]))
        #expect(standing.isGood)
        #expect(standing.command.isEmpty)
    }

    @Test("a service with another key is named with both kids, both sources and the next command")
    func disagrees() {
        let standing = judge(diagnostics([("theirs", "current")], source: "environment variable SECRET_KEY"))
        #expect(!standing.isGood)
        for part in ["mine", "theirs", "SECRET_KEY", "environment variable JWT_SECRET"] {
            #expect(standing.verdict.contains(part))
        }
        #expect(standing.command == "lockstep secret diagnose")
    }

    @Test("a revoked key is no agreement")
    func revoked() {
        #expect(!judge(diagnostics([("mine", "revoked")])).isGood)
    }

    @Test("another environment is drift, even with an equal key")
    func environment() {
        let standing = judge(diagnostics([("mine", "current")], environment: "production"))
        #expect(!standing.isGood)
        #expect(standing.verdict.contains("production"))
        #expect(standing.verdict.contains("staging"))
    }

    @Test("a portal whose own address is asked stands in the table once; another replica of it has its own row")
    func ownRow() {
        let keys = diagnostics([("mine", "current")])
        let own = KeyStanding.own(keys, service: "platform-portal", instance: "host-1")
        let rows = ["host-1", "host-2"].map { instance in
            KeyStanding.judge(
                .report(KeyReport(service: "platform-portal", instance: instance, secrets: keys, issuers: [])),
                url: "http://\(instance)", own: keys)
        }
        let silent = KeyStanding.judge(.unreachable, url: "http://plant", own: keys)
        #expect(
            KeyStanding.table(own: own, others: rows + [silent]).map(\.url) == ["this portal", "http://host-2", ""])
    }

    @Test("a service that says nothing is not called good")
    func silent() {
        for answer: KeyStanding.Answer in [.refused, .status(500), .unreachable, .unreadable] {
            let standing = KeyStanding.judge(answer, url: "http://plant", own: diagnostics([("mine", "current")]))
            #expect(!standing.isGood)
            #expect(!standing.verdict.isEmpty)
            #expect(!standing.badge.isEmpty)
            #expect(!standing.command.isEmpty)
        }
    }
}
