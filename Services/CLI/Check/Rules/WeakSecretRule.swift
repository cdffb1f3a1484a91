import Evidence
import Secrets

/// `LS106`: a placeholder, a short or a guessable value where a signing secret belongs.
enum WeakSecretRule: Rule {
    static let id = RuleID.weakSecret

    static func findings(in proof: Proof) -> [Finding] {
        var seen: Set<String> = []
        return proof.stacks.flatMap { stack in
            stack.participants.flatMap { participant in
                participant.uses.compactMap { finding(participant, $0, stack) }
            }
        }.filter { $0.locations.first.map { seen.insert($0.description).inserted } ?? true } + loose(proof, seen)
    }

    /// In the env file of an environment where it counts, though no stack here uses it.
    private static func loose(_ proof: Proof, _ seen: Set<String>) -> [Finding] {
        proof.loose.compactMap { binding in
            guard binding.place == .environmentFile, !seen.contains(binding.position.description),
                SigningSecretName.isSigning(binding.name), let text = binding.value.literal, !text.isEmpty,
                !Components.isTest(binding.position.file),
                let environment = StackEnvironment.named(by: binding.position.file, evidence: ""),
                !environment.environment.allowsDevelopmentFallback, let fault = SecretQuality.fault(of: text)
            else { return nil }
            return Finding(
                id, .warning, "\(binding.name) in \(binding.position.file) \(described(fault))",
                environment: environment.label, at: [binding.position])
        }
    }

    private static func finding(_ participant: Participant, _ use: KeyUse, _ stack: ProvenStack) -> Finding? {
        if case .refused(let code, let message) = use.outcome,
            ["secret_too_short", "secret_placeholder", "secret_weak"].contains(code)
        {
            let position = ParticipantFinder.givenNames(participant.workload).lazy
                .compactMap { participant.workload[$0] }.first
            return stack.finding(
                id, .error, "\(participant.name) does not start in \(stack.label): \(message)", [participant.name],
                at: [position?.valuePosition ?? position?.position, participant.workload.position])
        }
        guard let key = use.outcome.key, case .variable(let assignment) = key.way, let text = key.value.literal,
            let fault = SecretQuality.fault(of: text)
        else { return nil }
        // A made-up value on a laptop is what it should be.
        guard stack.isProductionLike || stack.environment == nil else { return nil }
        // A job that says nothing of an environment tests more often than it deploys.
        if stack.environment == nil, DeliveryStacks.targets.contains(stack.stack.target) { return nil }
        return stack.finding(
            id, stack.isProductionLike ? .error : .warning,
            "\(key.name) of \(participant.name) in \(stack.label) \(described(fault))", [participant.name],
            at: [assignment.valuePosition ?? assignment.position])
    }

    private static func described(_ fault: SecretQuality.Fault) -> String {
        let what =
            switch fault {
            case .short(let bytes): "holds \(bytes) bytes, and HS256 needs at least 32 (RFC 7518 §3.2)"
            case .placeholder: "is a placeholder that nobody replaced"
            case .weak: "can be guessed"
            }
        return "\(what): whoever finds it can make tokens. Make one with `lockstep secret generate`"
    }
}
