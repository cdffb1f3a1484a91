import Evidence

/// `LS101`: a service that takes part in a stack, and is given no secret there.
enum MissingSecretRule: Rule {
    static let id = RuleID.missingSecret

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.flatMap { stack in stack.participants.flatMap { findings(of: $0, in: stack) } }
    }

    private static func findings(of participant: Participant, in stack: ProvenStack) -> [Finding] {
        var told: Set<[String]> = []
        return participant.uses.compactMap { use in
            let holders = stack.participants.filter {
                $0.name != participant.name && $0.use(use.family)?.outcome.key != nil
            }
            switch use.outcome {
            case .missing(let names):
                guard told.insert(names + [use.family.name]).inserted else { return nil }
                // Alone, without anybody who has one, it may well be that this stack has no tokens.
                if participant.reason == .twin, holders.isEmpty { return nil }
                let severity = severity(participant, in: stack)
                return finding(
                    participant, use, names, in: stack, severity, other: holders.first,
                    condition: severity == .error ? "" : "unless its command has nothing to do with tokens, ")
            case .open(let names, let setting):
                // A setting may stand elsewhere; where the others get theirs from the stack, hardly so.
                guard let other = holders.first(where: { $0.use(use.family)?.outcome.key?.isDefault == false }) else {
                    return nil
                }
                return finding(
                    participant, use, names, in: stack, .warning, other: other,
                    condition: "unless a file or server that is not here gives \(setting), ")
            case .key, .undetermined, .asymmetric, .refused: return nil
            }
        }
    }

    private static func finding(
        _ participant: Participant, _ use: KeyUse, _ names: [String], in stack: ProvenStack, _ severity: Severity,
        other: Participant?, condition: String = ""
    ) -> Finding {
        let empty = names.lazy.compactMap { participant.workload[$0] }.first { $0.value.isEmpty }
        let dangling = participant.workload.dangling.first { names.contains($0.name) }
        let wanted =
            dangling.map { "no \($0.name), as \($0.wanted) is not there" } ?? empty.map { "an empty \($0.name)" }
            ?? (names.isEmpty ? "no signing secret" : "none of \(names.joined(separator: ", "))")
        return stack.finding(
            id, severity,
            """
            \(participant.name) takes part in tokens (\(participant.evidence)), and \(stack.label) gives it \
            \(wanted)\(other.map { ", as it gives \($0.name)" } ?? ""): \(condition)\(consequence(participant, use, other: other))
            """, [participant.name] + (other.map { [$0.name] } ?? []),
            at: [
                dangling?.position ?? empty.map { $0.valuePosition ?? $0.position } ?? participant.workload.position,
                other?.use(use.family)?.outcome.key?.position, use.codePosition,
            ])
    }

    /// What a program does is proven of its own command; one that is started otherwise, or of whose start this file says
    /// nothing, may do something without tokens beside the process that has the key.
    private static func severity(_ participant: Participant, in stack: ProvenStack) -> Severity {
        guard participant.reason == .code, let component = participant.component else { return .error }
        let workload = participant.workload
        let isBeside = stack.participants.contains { other in
            other.name != participant.name && other.component?.directory == component.directory
                && (other.workload.command != workload.command || workload.sourceDirectory == nil)
                && other.uses.contains { $0.outcome.key != nil }
        }
        return isBeside ? .warning : .error
    }

    private static func consequence(_ participant: Participant, _ use: KeyUse, other: Participant?) -> String {
        if use.signs == true, let other {
            return "it does not start, or every token that it issues is refused by \(other.name) with 401"
        }
        if let other { return "it does not start, or refuses every token that \(other.name) accepts with 401" }
        return "it does not start, or refuses every token with 401"
    }
}
