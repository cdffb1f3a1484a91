import Evidence
import Secrets

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
        return twoPlaces(participant, stack)
    }

    /// Names of the chain that are bound to two places of which nobody knows here what they hold. What the host passes
    /// on, when somebody sets it, is not bound.
    private static func twoPlaces(_ participant: Participant, _ stack: ProvenStack) -> Finding? {
        let workload = participant.workload
        guard workload[SecretNames.aliases] == nil else { return nil }
        let resolver = WorkloadResolver(workload: workload, environment: stack.environment?.environment)
        let given = SecretNames.shared.filter { name in
            guard let assignment = workload[name] else { return workload[name + "_FILE"] != nil }
            return name == SecretNames.primary || !WorkloadResolver.isPassedOn(assignment)
        }.compactMap(resolver.given)
        guard let first = given.first,
            let second = given.first(where: { KeyRelation.of(first, $0) == .differentPlaces })
        else { return nil }
        return stack.finding(
            id, .warning,
            """
            \(participant.name) does not start in \(stack.label) unless somebody keeps two places equal: \(first.name) \
            is \(first.value.shown), \(second.name) is \(second.value.shown). Where \(second.name) has another purpose, \
            say in \(SecretNames.aliases) which names count
            """, [participant.name], at: [second.position, first.position])
    }

    private static func other(_ participant: Participant, _ stack: ProvenStack) -> Finding? {
        // What signs under one name and verifies under another refuses its own tokens.
        if let signing = participant.uses.first(where: { $0.signs == true && $0.verifies != true }),
            let verifying = participant.uses.first(where: {
                $0.verifies == true && $0.signs != true && $0.family == signing.family
            }), let mine = signing.outcome.key, let theirs = verifying.outcome.key,
            let severity = severity(mine.value, theirs.value)
        {
            return stack.finding(
                id, severity,
                """
                \(participant.name) signs with \(mine.name) and verifies with \(theirs.name), which hold two values in \
                \(stack.label): it refuses its own tokens with 401
                """, [participant.name], at: [mine.position, theirs.position, verifying.codePosition])
        }
        let given = ParticipantFinder.givenNames(participant.workload).filter(aliases.contains)
            .compactMap { participant.workload[$0] }.filter { !$0.value.isEmpty }
        guard participant.component == nil, let first = given.first,
            let second = given.dropFirst().first(where: { severity(first.value, $0.value) != nil })
        else { return nil }
        return stack.finding(
            id, .warning,
            """
            \(participant.name) is given \(first.name) and \(second.name) with two values in \(stack.label): which one \
            counts depends on code that is not here, and a loader that reads the other refuses every token with 401
            """, [participant.name], at: [first.position, second.position])
    }

    /// Two texts are two values; two places of a store may hold one, and hardly do. What the host gives may well be set
    /// alike.
    private static func severity(_ one: BoundValue, _ other: BoundValue) -> Severity? {
        switch KeyRelation.of(one, other) {
        case .different, .differentDefaults: .error
        case .differentPlaces: isSettled(one) && isSettled(other) ? .warning : nil
        case .same, .floating, .unknown: nil
        }
    }

    private static func isSettled(_ value: BoundValue) -> Bool {
        if value.literal != nil { return true }
        guard let reference = value.reference, value.fallback == nil else { return false }
        return switch reference.store {
        case .google, .aws, .parameterStore, .azure, .vault, .kubernetes: true
        case .variable, .file, .github, .gitlab, .compose, .template, .platform: false
        }
    }

    private static func positions(_ participant: Participant, _ names: [String]) -> [SourcePosition?] {
        names.map { participant.workload[$0]?.position } + [participant.workload.position]
    }
}
