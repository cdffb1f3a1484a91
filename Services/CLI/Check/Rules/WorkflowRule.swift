import Evidence
import Secrets

/// `LS112`: a workflow deploys two services that share tokens, and hands the secret to one, or to none of them what their
/// manifest asks the shell for.
enum WorkflowRule: Rule {
    static let id = RuleID.workflowDropsSecret

    static func findings(in proof: Proof) -> [Finding] {
        siblings(proof) + manifests(proof)
    }

    // MARK: deliveries side by side

    private struct Lot: Hashable {
        let file: String
        let environment: String?
    }

    private static func siblings(_ proof: Proof) -> [Finding] {
        let lots = Dictionary(grouping: proof.deliveries.filter { !$0.services.isEmpty }) {
            Lot(file: $0.position.file, environment: $0.environment?.label)
        }
        return lots.sorted { ($0.key.file, $0.key.environment ?? "") < ($1.key.file, $1.key.environment ?? "") }
            .flatMap { lot, deliveries in findings(lot, deliveries, proof) }
    }

    private static func findings(_ lot: Lot, _ deliveries: [Delivery], _ proof: Proof) -> [Finding] {
        guard
            let (giver, secret) = deliveries.lazy.compactMap({ delivery in
                Self.secret(of: delivery).map { (delivery, $0) }
            }).first
        else { return [] }
        return deliveries.compactMap { delivery in
            guard Self.secret(of: delivery) == nil, !delivery.assignments.isEmpty, delivery.gaps.isEmpty,
                let service = delivery.services.first(where: { proof.participantNames.contains(ServiceName.normal($0)) }
                )
            else { return nil }
            return Finding(
                id, .error,
                """
                \(lot.file) deploys \(service) without \(secret.name), which it gives to \
                \(giver.services.joined(separator: ", ")): \(service) does not start, or its tokens and theirs are \
                refused by each other with 401
                """, environment: lot.environment, services: [service] + giver.services,
                at: [delivery.position, secret.position])
        }
    }

    private static func secret(of delivery: Delivery) -> Assignment? {
        delivery.assignments.first { SigningSecretName.isSigning($0.name) && !$0.value.isEmpty }
    }

    // MARK: what a manifest asks for

    /// A manifest that fills a participant's secret from the shell, applied by a step that does not have it.
    private static func manifests(_ proof: Proof) -> [Finding] {
        proof.deliveries.flatMap { delivery -> [Finding] in
            guard !delivery.manifests.isEmpty, delivery.gaps.isEmpty else { return [] }
            let stacks = proof.stacks.filter { stack in
                stack.stack.files.contains { file in delivery.manifests.contains { covers($0, file) } }
            }
            var seen: Set<String> = []
            return stacks.flatMap { stack in
                stack.participants.flatMap { participant in
                    participant.uses.compactMap { use -> Finding? in
                        guard let key = use.outcome.key, let asked = asked(by: key, delivery, proof),
                            !delivery.assignments.contains(where: { $0.name == asked.name }),
                            seen.insert(asked.name).inserted
                        else { return nil }
                        return Finding(
                            id, .warning,
                            """
                            \(delivery.name) applies \(stack.stack.name), which takes \(asked.name) from the shell \
                            for \(participant.name), and does not set it: \(asked.otherwise)
                            """, environment: delivery.environment?.label ?? stack.environment?.label,
                            stack: stack.stack.name, services: [participant.name],
                            at: [delivery.position, key.position, key.valuePosition].compactMap(\.self))
                    }
                }
            }
        }
    }

    /// The variable of the shell that a key comes from, and what serves where it is not set.
    private static func asked(
        by key: EffectiveKey, _ delivery: Delivery, _ proof: Proof
    ) -> (name: String, otherwise: String)? {
        if let reference = key.value.reference {
            guard reference.store == .variable, key.value.fallback == nil else { return nil }
            return (reference.name, "an empty secret, and every token is refused with 401")
        }
        // A `.env` that everybody has filled it in here; one who deploys with variables of its own forgot this one.
        guard case .variable(let assignment) = key.way, let place = assignment.valuePosition,
            place.file != assignment.position.file, assignment.origin == .manifest, !delivery.assignments.isEmpty,
            delivery.environment.map({ !$0.environment.allowsDevelopmentFallback }) ?? false,
            let binding = proof.loose.first(where: { $0.position == place && $0.place == .environmentFile })
        else { return nil }
        return (binding.name, "the value of \(place) serves, which everybody with the repository has")
    }

    private static func covers(_ manifest: String, _ file: String) -> Bool {
        file == manifest || file.hasPrefix(manifest.hasSuffix("/") ? manifest : manifest + "/")
    }
}
