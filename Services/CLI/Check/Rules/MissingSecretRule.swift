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
            guard case .missing(let names) = use.outcome, told.insert(names + [use.family.name]).inserted else {
                return nil
            }
            // Alone, without anybody who has one, it may well be that this stack has no tokens.
            let holders = stack.participants.filter {
                $0.name != participant.name && $0.use(use.family)?.outcome.key != nil
            }
            if participant.reason == .twin, holders.isEmpty { return nil }
            let wanted = names.isEmpty ? "no signing secret" : "none of \(names.joined(separator: ", "))"
            let other = holders.first
            let consequence = consequence(participant, use, other: other)
            return stack.finding(
                id, severity(participant),
                """
                \(participant.name) takes part in tokens (\(participant.evidence)), and \(stack.label) gives it \
                \(wanted)\(other.map { ", as it gives \($0.name)" } ?? ""): \(consequence)
                """, [participant.name] + (other.map { [$0.name] } ?? []),
                at: [
                    participant.workload.position, other?.use(use.family)?.outcome.key?.position, use.codePosition,
                ])
        }
    }

    /// A namesake in another stack is strong evidence, and no proof.
    private static func severity(_ participant: Participant) -> Severity { .error }

    private static func consequence(_ participant: Participant, _ use: KeyUse, other: Participant?) -> String {
        if use.signs == true, let other {
            return "it does not start, or every token that it issues is refused by \(other.name) with 401"
        }
        if let other { return "it does not start, or refuses every token that \(other.name) accepts with 401" }
        return "it does not start, or refuses every token with 401"
    }
}
