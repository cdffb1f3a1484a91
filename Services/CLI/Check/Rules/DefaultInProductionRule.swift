import Evidence

/// `LS104`: staging or production would run on a default.
enum DefaultInProductionRule: Rule {
    static let id = RuleID.defaultReachesProduction

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.filter(\.isProductionLike).flatMap { stack in
            stack.participants.flatMap { participant in
                participant.uses.compactMap { finding(participant, $0, stack) }
            }
        }
    }

    private static func finding(_ participant: Participant, _ use: KeyUse, _ stack: ProvenStack) -> Finding? {
        if case .refused("development_secret", let message) = use.outcome {
            return stack.finding(
                id, .error, "\(participant.name) does not start in \(stack.label): \(message)", [participant.name],
                at: [participant.workload["JWT_SECRET"]?.position, participant.workload.position])
        }
        guard let key = use.outcome.key else { return nil }
        if case .codeDefault(let position) = key.way {
            let names = use.names.isEmpty ? "no variable" : "none of \(use.names.joined(separator: ", "))"
            return stack.finding(
                id, .error,
                """
                \(participant.name) runs on the default in its code at \(position): \(stack.label) gives it \(names). \
                Whoever reads the code can make tokens for it
                """, [participant.name], at: [participant.workload.position, position],
                fix: Fix("give \(participant.name) \(use.names.first ?? "the secret") in \(stack.stack.name)"))
        }
        guard let word = key.value.fallback, let text = word.literal, !text.isEmpty, let position = key.valuePosition
        else {
            return nil
        }
        let variable = key.value.reference?.name ?? key.name
        return stack.finding(
            id, .warning,
            """
            while \(variable) is not set, \(participant.name) runs on the default that stands at \(position), which \
            everybody with this repository knows, and says nothing
            """, [participant.name], at: [position, key.position],
            fix: Fix(
                key.value.reference?.store == .variable
                    ? "write ${\(variable):?set \(variable)} so that a missing value stops the deploy"
                    : "take the default away so that a missing value stops the deploy"))
    }
}
