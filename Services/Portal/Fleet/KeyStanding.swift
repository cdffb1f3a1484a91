import Contracts
import HTTPKit
import Secrets

/// How one replica's keys stand beside this portal's.
struct KeyStanding: Sendable, Equatable {
    struct Key: Sendable, Equatable {
        var kid: String
        var state: String
        /// The replica has verified a probe of this key; false where it has not said.
        var verified = false
    }

    /// What is to be said of it.
    enum Finding: Sendable, Equatable {
        /// This portal, which signs with `kid`.
        case signs(kid: String)
        case holdsNoSigningKey
        /// It holds the key that this portal signs with.
        case agrees
        /// This portal has no key to compare with.
        case incomparable
        case otherEnvironment(theirs: String, ours: String)
        /// It refuses every token of this portal.
        case lacksKey(kid: String, ownSource: String, held: [String], source: String)
        /// With this portal it agrees.
        case disagreesWith(issuer: String, detail: String)
        /// Reports no more, and has not said goodbye; since when, seconds since the epoch.
        case missing(since: Int64)
        /// Its clock and the keeper's are further apart than tokens forgive; milliseconds, positive: it is behind.
        case clockOff(milliseconds: Int64)
        /// It refuses this portal's internal token.
        case refusesUs
        case answers(status: Int)
        case unreachable
        /// It answers, but no key report.
        case unreadable

        var isGood: Bool {
            switch self {
            case .signs, .agrees: true
            case .holdsNoSigningKey, .incomparable, .otherEnvironment, .lacksKey, .disagreesWith, .missing, .clockOff,
                .refusesUs, .answers, .unreachable, .unreadable:
                false
            }
        }
    }

    /// Its name, or where it was asked if it has not said one.
    var service: String
    /// Where it was asked; empty for one that is known by its reports.
    var url: String
    /// Which process it is of the service; nil where it has not said.
    var instance: String?
    var environment: String
    var source: String
    var keys: [Key]
    var finding: Finding
    /// Milliseconds that its clock is behind the fleet keeper's, in tenths of a second; nil: not measured.
    var clockOffset: Int64?
    var build = ""
    /// It signs tokens too.
    var isIssuer = false
    /// It reports to the fleet keeper, so a rotation waits for it.
    var reports = false

    var isGood: Bool { finding.isGood }

    /// What asking a service brought.
    enum Answer: Sendable {
        case report(KeyReport)
        case refused
        /// Any other status.
        case status(Int)
        case unreachable
        /// 200, but no key report.
        case unreadable
    }

    /// - Parameters:
    ///   - own: this portal's diagnostics.
    ///   - url: whom was asked.
    static func judge(_ answer: Answer, url: String, own: SecretDiagnostics) -> KeyStanding {
        switch answer {
        case .report(let report):
            let disagreed = report.issuers.first { $0.status == "disagreed" }
            var standing = described(report.secrets, service: report.service, url: url)
            standing.instance = report.instance
            standing.finding = finding(
                keys: report.secrets.keys.map { ([$0.kid] + $0.aliases, $0.state) }, environment: standing.environment,
                source: standing.source, own: own,
                disagreement: disagreed.map { .disagreesWith(issuer: $0.issuer ?? $0.url, detail: $0.detail) })
            return standing
        case .refused: return silent(url, .refusesUs)
        case .status(let status): return silent(url, .answers(status: status))
        case .unreachable: return silent(url, .unreachable)
        case .unreadable: return silent(url, .unreadable)
        }
    }

    /// One that is known by its reports to the fleet keeper.
    static func judge(_ row: FleetTable.Replica, own: SecretDiagnostics) -> KeyStanding {
        let report = row.report
        let disagreement: Finding? =
            report.agreement == "disagreed"
            ? .disagreesWith(issuer: report.issuer ?? "", detail: report.detail ?? "") : nil
        let offset = report.clockOffset.map { ($0 + ($0 < 0 ? -50 : 50)) / 100 * 100 }
        var finding = finding(
            keys: report.keys.map { ([$0.kid] + $0.aliases, $0.state) }, environment: report.environment,
            source: report.source, own: own, disagreement: disagreement)
        if finding == .agrees, let offset, abs(offset) > report.leeway * 1000 {
            finding = .clockOff(milliseconds: offset)
        }
        if finding.isGood, row.status != "live" { finding = .missing(since: row.receivedAt) }
        return KeyStanding(
            service: report.service, url: "", instance: report.instance, environment: report.environment,
            source: report.source,
            keys: report.keys.map { Key(kid: $0.kid, state: $0.state, verified: $0.verified) }, finding: finding,
            clockOffset: offset, build: report.build, isIssuer: report.issuer != nil, reports: true)
    }

    /// This portal itself.
    static func own(_ own: SecretDiagnostics, service: String, instance: String) -> KeyStanding {
        var standing = described(own, service: service, url: "")
        standing.instance = instance
        standing.finding = own.signing.map { .signs(kid: $0) } ?? .holdsNoSigningKey
        return standing
    }

    /// This portal first, then whoever reports, then those that were asked and report nowhere: each process once.
    static func table(own: KeyStanding, reported: [KeyStanding], asked: [KeyStanding]) -> [KeyStanding] {
        var own = own
        if let report = reported.first(where: { $0.service == own.service && $0.instance == own.instance }) {
            (own.clockOffset, own.build, own.isIssuer, own.reports) = (
                report.clockOffset, report.build, report.isIssuer, report.reports
            )
        }
        var seen: Set<[String]> = []
        return ([own] + reported + asked).filter { standing in
            guard let instance = standing.instance else { return true }
            return seen.insert([standing.service, instance]).inserted
        }
    }

    private static func finding(
        keys: [(names: [String], state: String)], environment: String, source: String, own: SecretDiagnostics,
        disagreement: Finding?
    ) -> Finding {
        if environment != own.environment { return .otherEnvironment(theirs: environment, ours: own.environment) }
        guard let signing = own.signing else { return .incomparable }
        let holds = keys.contains { $0.names.contains(signing) && $0.state != KeyState.revoked.rawValue }
        guard holds else {
            return .lacksKey(
                kid: signing, ownSource: own.winner ?? "", held: keys.compactMap(\.names.first), source: source)
        }
        return disagreement ?? .agrees
    }

    private static func described(_ secrets: SecretDiagnostics, service: String, url: String) -> KeyStanding {
        KeyStanding(
            service: service, url: url, environment: secrets.environment, source: secrets.winner ?? "",
            keys: secrets.keys.map { Key(kid: $0.kid, state: $0.state) }, finding: .agrees)
    }

    private static func silent(_ url: String, _ finding: Finding) -> KeyStanding {
        KeyStanding(service: url, url: "", environment: "", source: "", keys: [], finding: finding)
    }
}

extension SecretDiagnostics {
    /// The kid that signs.
    var signing: String? { keys.first { $0.state == KeyState.current.rawValue }?.kid }
}
