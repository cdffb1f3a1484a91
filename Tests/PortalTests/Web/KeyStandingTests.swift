import Contracts
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

    private let texts: Texts

    init() throws { texts = try Texts(json: WebFiles.texts) }

    private func words(_ standing: KeyStanding) -> (badge: String, verdict: String, command: String) {
        let words = FindingWords(standing, texts)
        return (words.badge, words.verdict.renderText, words.command)
    }

    private func row(
        _ instance: String = "host-1", kids: [(String, String)] = [("mine", "current")],
        environment: String = "staging",
        agreement: String = "agreed", detail: String? = nil, clockOffset: Int64? = nil, status: String = "live"
    ) -> FleetTable.Replica {
        FleetTable.Replica(
            report: FleetReport(
                service: "gateway", instance: instance, environment: environment, source: "file A", delivery: "watched",
                ringVersion: 1, ringAge: 0,
                keys: kids.map { FleetKey(kid: $0.0, algorithm: "HS256", state: $0.1, verified: true) }, leeway: 60,
                agreement: agreement, detail: detail, clockOffset: clockOffset, build: "0.1.0", startedAt: 0),
            status: status, receivedAt: 1_800_000_000)
    }

    private func judge(_ row: FleetTable.Replica) -> KeyStanding {
        KeyStanding.judge(row, own: diagnostics([("mine", "current")]))
    }

    @Test(
        "a service that holds our key agrees, whatever state it has there", arguments: ["current", "next", "previous"])
    func agrees(state: String) {
        let kids = [("other", "current"), ("mine", state)]
        for standing in [judge(diagnostics(kids)), judge(row(kids: kids))] {
            #expect(standing.finding == .agrees)
            #expect(words(standing).command.isEmpty)
        }
    }

    @Test("a service with another key is named with both kids, both sources and the next command")
    func disagrees() {
        let asked = judge(diagnostics([("theirs", "current")], source: "environment variable SECRET_KEY"))
        let reported = judge(row(kids: [("theirs", "current")]))
        for (standing, source) in [(asked, "SECRET_KEY"), (reported, "file A")] {
            #expect(!standing.isGood)
            for part in ["mine", "theirs", source, "environment variable JWT_SECRET"] {
                #expect(words(standing).verdict.contains(part))
            }
            #expect(words(standing).command == "lockstep secret diagnose")
        }
    }

    @Test("a revoked key is no agreement")
    func revoked() {
        #expect(!judge(diagnostics([("mine", "revoked")])).isGood)
        #expect(!judge(row(kids: [("mine", "revoked")])).isGood)
    }

    @Test("another environment is drift, even with an equal key")
    func environment() {
        for standing in [
            judge(diagnostics([("mine", "current")], environment: "production")), judge(row(environment: "production")),
        ] {
            #expect(standing.finding == .otherEnvironment(theirs: "production", ours: "staging"))
            #expect(words(standing).verdict.contains("production"))
            #expect(words(standing).verdict.contains("staging"))
        }
    }

    @Test("a replica that holds our key, and not another issuer's, is no good news, in its own words")
    func otherIssuer() {
        let standing = judge(row(agreement: "disagreed", detail: "lockstep-customer signs with k9"))
        #expect(!standing.isGood)
        #expect(words(standing).verdict.contains("lockstep-customer signs with k9"))
    }

    @Test("a replica that says nothing more is missing since its last report")
    func missing() {
        let standing = judge(row(status: "missing"))
        #expect(standing.finding == .missing(since: 1_800_000_000))
        #expect(words(standing).verdict.contains(#"<time datetime="2027-01-15T08:00:00Z">"#))
    }

    @Test(
        "a clock that is off by more than tokens are forgiven is named with its direction",
        arguments: [(60_040, true, ""), (-60_040, true, ""), (60_100, false, "behind"), (-75_000, false, "ahead")])
    func clock(offset: Int64, isGood: Bool, direction: String) {
        let standing = judge(row(clockOffset: offset))
        #expect(standing.isGood == isGood)
        #expect(isGood || words(standing).verdict.contains(direction))
    }

    @Test("each process stands in the table once: this portal first, then who reports, then who was only asked")
    func ownRow() {
        let keys = diagnostics([("mine", "current")])
        let own = KeyStanding.own(keys, service: "gateway", instance: "host-1")
        let asked = ["host-1", "host-2", "host-3"].map { instance in
            KeyStanding.judge(
                .report(KeyReport(service: "gateway", instance: instance, secrets: keys, issuers: [])),
                url: "http://\(instance)", own: keys)
        }
        let silent = KeyStanding.judge(.unreachable, url: "http://plant", own: keys)
        let table = KeyStanding.table(
            own: own, reported: [judge(row("host-1")), judge(row("host-2"))], asked: asked + [silent])
        #expect(table.map { $0.instance ?? $0.service } == ["host-1", "host-2", "host-3", "http://plant"])
        #expect(table[0].finding == .signs(kid: "mine"))
        #expect(table[0].build == "0.1.0")
        #expect(table.map(\.reports) == [true, true, false, false])
    }

    @Test("a service that says nothing is not called good")
    func silent() {
        for answer: KeyStanding.Answer in [.refused, .status(500), .unreachable, .unreadable] {
            let standing = KeyStanding.judge(answer, url: "http://plant", own: diagnostics([("mine", "current")]))
            #expect(!standing.isGood)
            let words = words(standing)
            #expect(!words.verdict.isEmpty)
            #expect(!words.badge.isEmpty)
            #expect(!words.command.isEmpty)
        }
    }

    @Test("where all others hold one other key, it is this portal that is wrong, and the page says so")
    func alone() {
        let own = KeyStanding.own(diagnostics([("mine", "current")]), service: "portal", instance: "p")
        let theirs = ["a", "b"].map { judge(row($0, kids: [("theirs", "current")])) }
        let picture = FleetPicture(standings: [own] + theirs)
        #expect(
            picture.verdict
                == .alone(kid: "mine", source: "environment variable JWT_SECRET", others: "theirs", count: 2))
        for part in ["mine", "JWT_SECRET", "theirs", "2 others"] {
            #expect(picture.verdict.words(texts).contains(part))
        }
        // One other is one word against another's; and where they are not of one mind, nobody is said to be right.
        #expect(FleetPicture(standings: [own, theirs[0]]).verdict == .attention(bad: 1, total: 2))
        let third = judge(row("c", kids: [("third", "current")]))
        #expect(FleetPicture(standings: [own] + theirs + [third]).verdict == .attention(bad: 3, total: 4))
        #expect(FleetPicture(standings: [own, judge(row())]).verdict == .allAgree)
    }
}
