import HTTPKit
import Secrets

/// How one service's keys stand beside this portal's: a row of the page, and the sentence that says what to do.
struct KeyStanding: Sendable, Equatable {
    struct Key: Sendable, Equatable {
        var kid: String
        var state: String
    }

    var service: String
    var url: String
    var environment: String
    var source: String
    var keys: [Key]
    var isGood: Bool
    /// The verdict in a word or two.
    var badge = ""
    /// Continues a sentence that begins with the service's name.
    var verdict: String
    /// Empty where all is well.
    var command: String
    /// Which process it is of the service; nil where it has not said.
    var instance: String?

    /// What asking a service brought.
    enum Answer: Sendable {
        case report(KeyReport)
        /// It refuses this portal's internal token.
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
            return judge(report, url: url, own: own)
        case .refused:
            return silent(
                url, "refuses us",
                "refuses this portal's internal token: LOCKSTEP_INTERNAL_TOKEN differs between the two.",
                "lockstep secret diagnose")
        case .status(let status):
            return silent(url, "no report", "answers \(status) when asked for its keys.", "curl -i \(url)/ready")
        case .unreachable:
            return silent(
                url, "no answer", "does not answer. Whether its keys agree is not known.", "curl -i \(url)/health")
        case .unreadable:
            return silent(
                url, "no report", "answers something that is no key report: another program, or another version.",
                "curl -i \(url)/health")
        }
    }

    /// This portal itself, first in the table.
    static func own(_ own: SecretDiagnostics, service: String, instance: String) -> KeyStanding {
        var standing = described(own, service: service, url: "this portal")
        standing.instance = instance
        standing.isGood = own.signing != nil
        standing.badge = own.signing == nil ? "no key" : "signs"
        standing.verdict = own.signing.map { "signs with \($0)" } ?? "holds no key that signs"
        standing.command = own.signing == nil ? "lockstep secret diagnose" : ""
        return standing
    }

    /// This portal first. Where its own address is among those that were asked, it stands there once and not twice.
    static func table(own: KeyStanding, others: [KeyStanding]) -> [KeyStanding] {
        [own] + others.filter { $0.instance == nil || $0.instance != own.instance || $0.service != own.service }
    }

    private static func judge(_ report: KeyReport, url: String, own: SecretDiagnostics) -> KeyStanding {
        var standing = described(report.secrets, service: report.service, url: url)
        standing.instance = report.instance
        standing.isGood = false
        standing.badge = "disagrees"
        if report.secrets.environment != own.environment {
            standing.verdict = """
                runs in \(report.secrets.environment), this portal in \(own.environment). \
                Set the same ENVIRONMENT for both and restart the wrong one.
                """
            standing.command = "lockstep secret diagnose"
        } else if let signing = own.signing, !report.secrets.verifies(signing) {
            let held = standing.keys.map(\.kid).joined(separator: ", ")
            standing.verdict = """
                does not hold \(signing), the key this portal signs with (from \(own.winner ?? "no source")); it \
                holds \(held.isEmpty ? "none" : held) (from \(standing.source)). It refuses every token of this \
                portal. Give both the same JWT_SECRET.
                """
            standing.command = "lockstep secret diagnose"
        } else if let other = report.issuers.first(where: { $0.status == "disagreed" }) {
            standing.verdict = "agrees with this portal, but not with \(other.issuer ?? other.url): \(other.detail)"
            standing.command = "lockstep secret diagnose"
        } else {
            standing.isGood = own.signing != nil
            standing.badge = own.signing == nil ? "unknown" : "agrees"
            standing.verdict =
                own.signing == nil ? "can't be compared: this portal holds no key that signs" : "agrees"
        }
        return standing
    }

    private static func described(_ secrets: SecretDiagnostics, service: String, url: String) -> KeyStanding {
        KeyStanding(
            service: service, url: url, environment: secrets.environment, source: secrets.winner ?? "no source",
            keys: secrets.keys.map { Key(kid: $0.kid, state: $0.state) }, isGood: true, verdict: "", command: "")
    }

    private static func silent(_ url: String, _ badge: String, _ verdict: String, _ command: String) -> KeyStanding {
        KeyStanding(
            service: url, url: "", environment: "unknown", source: "unknown", keys: [], isGood: false,
            badge: badge, verdict: verdict, command: command)
    }
}

extension SecretDiagnostics {
    /// The kid that signs.
    fileprivate var signing: String? { keys.first { $0.state == KeyState.current.rawValue }?.kid }

    fileprivate func verifies(_ kid: String) -> Bool {
        keys.contains { ($0.kid == kid || $0.aliases.contains(kid)) && $0.state != KeyState.revoked.rawValue }
    }
}
