import Evidence
import Secrets

/// `LS111`: what works on a laptop is set otherwise where it is deployed.
enum LocalAndCloudRule: Rule {
    static let id = RuleID.localAndCloudDiffer

    /// Settings that decide whether a token passes, or which way a request takes.
    private static let policies = [
        "JWT_ALGORITHM", "ALGORITHM", "JWT_ISSUER", "JWT_AUDIENCE", "JWT_TRUSTED_ISSUERS",
        "GW_ALLOW_PLANT_CUSTOMER_ENRICHMENT", "GW_ALWAYS_VALIDATE_WITH_PLANT",
    ]

    static func findings(in proof: Proof) -> [Finding] {
        let locals = proof.stacks.filter { $0.stack.target == .compose && !$0.isProductionLike }
        let clouds = proof.stacks.filter {
            ![.compose, .sources, .github, .gitlab].contains($0.stack.target)
                && $0.environment?.environment.allowsDevelopmentFallback != true
        }
        var twins: [String: (stack: ProvenStack, participant: Participant)] = [:]
        for local in locals {
            for participant in local.participants {
                let name = ServiceName.normal(participant.name)
                if twins[name] == nil { twins[name] = (local, participant) }
            }
        }
        return clouds.flatMap { cloud in
            cloud.participants.flatMap { participant -> [Finding] in
                guard let twin = twins[ServiceName.normal(participant.name)] else { return [] }
                return findings(cloud, participant, twin.stack, twin.participant)
            }
        }
    }

    private static func findings(
        _ cloud: ProvenStack, _ participant: Participant, _ local: ProvenStack, _ twin: Participant
    ) -> [Finding] {
        names(cloud, participant, local, twin) + policies.compactMap { policy($0, cloud, participant, local, twin) }
    }

    /// Another name for the secret: right for one of the two, if the code reads one alone.
    private static func names(
        _ cloud: ProvenStack, _ participant: Participant, _ local: ProvenStack, _ twin: Participant
    ) -> [Finding] {
        guard !participant.isOwn, participant.component == nil else { return [] }
        return twin.uses.compactMap { use in
            guard let mine = participant.use(use.family)?.outcome.key, let theirs = use.outcome.key,
                mine.name != theirs.name, mine.name + "_FILE" != theirs.name, theirs.name + "_FILE" != mine.name,
                participant.workload[theirs.name] == nil, twin.workload[mine.name] == nil
            else { return nil }
            return cloud.finding(
                id, .warning,
                """
                \(participant.name) is given its secret as \(mine.name) in \(cloud.label) and as \(theirs.name) in \
                \(local.label): if its code reads one of the two, every token is refused with 401 where it is the other
                """, [participant.name], at: [mine.position, theirs.position])
        }
    }

    /// Set locally and left to a default in the cloud, or to something else: the day the default flips, it shows in one of
    /// the two.
    private static func policy(
        _ name: String, _ cloud: ProvenStack, _ participant: Participant, _ local: ProvenStack, _ twin: Participant
    ) -> Finding? {
        guard let theirs = twin.workload[name], !WorkloadResolver.isPassedOn(theirs) else { return nil }
        let text = theirs.value.literal ?? theirs.value.fallback?.literal
        guard let text, !text.isEmpty else { return nil }
        guard let mine = participant.workload[name] else {
            guard participant.workload.gaps.isEmpty else { return nil }
            return cloud.finding(
                id, .warning,
                """
                \(name) of \(participant.name) is \(text) in \(local.label) and not set in \(cloud.label), where the \
                default of its code counts: what was tried locally is not what is deployed
                """, [participant.name], at: [participant.workload.position, theirs.position])
        }
        guard let other = mine.value.literal, other != text else { return nil }
        return cloud.finding(
            id, .warning,
            """
            \(name) of \(participant.name) is \(text) in \(local.label) and \(other) in \(cloud.label): what was tried \
            locally is not what is deployed
            """, [participant.name], at: [mine.valuePosition ?? mine.position, theirs.position])
    }
}
