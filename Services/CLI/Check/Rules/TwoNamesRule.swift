import Evidence

/// `LS103`: one service, two names for its key, two values.
enum TwoNamesRule: Rule {
    static let id = RuleID.twoNamesTwoValues

    /// Names that loaders take for one another.
    private static let aliases: Set<String> = [
        "JWT_SECRET", "JWT_SECRET_KEY", "JWT_SIGNING_KEY", "JWT_KEY", "SECRET_KEY",
    ]

    static func findings(in proof: Proof) -> [Finding] {
        proof.stacks.flatMap { stack in
            stack.participants.compactMap { participant in
                participant.isOwn ? own(participant, stack) : other(participant, stack)
            }
        }
    }

    /// The chain's own word.
    private static func own(_ participant: Participant, _ stack: ProvenStack) -> Finding? {
        for use in participant.uses {
            guard case .refused("secret_conflict", let message) = use.outcome else { continue }
            return stack.finding(
                id, .error, "\(participant.name) does not start in \(stack.label): \(message)", [participant.name],
                at: positions(participant, aliases.sorted()))
        }
        return nil
    }

    private static func other(_ participant: Participant, _ stack: ProvenStack) -> Finding? {
        // What signs under one name and verifies under another refuses its own tokens.
        if let signing = participant.uses.first(where: { $0.signs == true && $0.verifies != true }),
            let verifying = participant.uses.first(where: {
                $0.verifies == true && $0.signs != true && $0.family == signing.family
            }), let mine = signing.outcome.key, let theirs = verifying.outcome.key,
            [.different, .differentDefaults].contains(KeyRelation.of(mine.value, theirs.value))
        {
            return stack.finding(
                id, .error,
                """
                \(participant.name) signs with \(mine.name) and verifies with \(theirs.name), which hold two values in \
                \(stack.label): it refuses its own tokens with 401
                """, [participant.name], at: [mine.position, theirs.position, verifying.codePosition])
        }
        let given = ParticipantFinder.givenNames(participant.workload).filter(aliases.contains)
            .compactMap { participant.workload[$0] }.filter { !$0.value.isEmpty }
        guard participant.component == nil, let first = given.first,
            let second = given.dropFirst().first(where: {
                $0.value.literal != nil && first.value.literal != nil && $0.value != first.value
            })
        else { return nil }
        return stack.finding(
            id, .warning,
            """
            \(participant.name) is given \(first.name) and \(second.name) with two values in \(stack.label): which one \
            counts depends on code that is not here, and a loader that reads the other refuses every token with 401
            """, [participant.name], at: [first.position, second.position])
    }

    private static func positions(_ participant: Participant, _ names: [String]) -> [SourcePosition?] {
        names.map { participant.workload[$0]?.position } + [participant.workload.position]
    }
}
