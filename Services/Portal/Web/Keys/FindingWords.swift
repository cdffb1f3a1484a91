/// A finding in the words of the catalogue: a badge, a sentence behind the service's name, and the next command.
struct FindingWords: Sendable {
    let badge: String
    /// Empty where all is well.
    let verdict: PageText
    /// Empty where there is none.
    let command: String

    init(_ standing: KeyStanding, _ texts: Texts) {
        let diagnose = "lockstep secret diagnose"
        func words(
            _ name: String, _ values: [String: String] = [:], time: [String: Int64] = [:], command: String = ""
        ) -> (String, PageText, String) {
            let filling = values.mapValues { PageText($0) }.merging(time.mapValues { PageText(moment: $0) }) { $1 }
            return (texts["finding.\(name)_badge"], texts.page("finding.\(name)", filling), command)
        }
        let known = { (text: String) in text.isEmpty ? texts["keys.no_source"] : text }
        (badge, verdict, command) =
            switch standing.finding {
            case .signs: (texts["finding.signs_badge"], "", "")
            case .agrees: (texts["finding.agrees_badge"], "", "")
            case .holdsNoSigningKey: words("no_signing_key", command: diagnose)
            case .incomparable: words("incomparable")
            case .otherEnvironment(let theirs, let ours):
                words("environment", ["theirs": theirs, "ours": ours], command: diagnose)
            case .lacksKey(let kid, let ownSource, let held, let source):
                words(
                    "lacks_key",
                    [
                        "kid": kid, "own_source": known(ownSource), "source": known(source),
                        "held": held.isEmpty ? texts["keys.none"] : held.joined(separator: ", "),
                    ], command: diagnose)
            case .disagreesWith(let issuer, let detail):
                issuer.isEmpty
                    ? words("disagrees_somewhere", ["detail": detail], command: diagnose)
                    : words("disagrees_with", ["issuer": issuer, "detail": detail], command: diagnose)
            case .missing(let since):
                words("missing", time: ["since": since], command: "lockstep doctor")
            case .clockOff(let milliseconds):
                words(
                    milliseconds > 0 ? "clock_behind" : "clock_ahead",
                    ["seconds": String(abs(milliseconds) / 1000)], command: "timedatectl status")
            case .refusesUs: words("refuses_us", command: diagnose)
            case .answers(let status):
                words("answers", ["status": String(status)], command: "curl -i \(standing.service)/ready")
            case .unreachable: words("unreachable", command: "curl -i \(standing.service)/health")
            case .unreadable: words("unreadable", command: "curl -i \(standing.service)/health")
            }
    }
}

extension FleetPicture.Verdict {
    /// One sentence.
    func words(_ texts: Texts) -> String {
        switch self {
        case .allAgree: texts["keys.all_good"]
        case .attention(let bad, let total): texts.counted("keys.attention", bad, ["total": String(total)])
        case .alone(let kid, let source, let others, let count):
            texts("keys.alone", ["kid": kid, "source": source, "others": others, "count": String(count)])
        }
    }
}
