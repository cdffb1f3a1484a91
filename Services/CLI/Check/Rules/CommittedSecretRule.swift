import Evidence
import Secrets

/// `LS105`: a signing secret stands in a file that everybody with the repository has.
enum CommittedSecretRule: Rule {
    static let id = RuleID.committedSecret

    static func findings(in proof: Proof) -> [Finding] {
        // Two readers of one line may know its column and the column of its value.
        var seen: Set<String> = []
        return (inStacks(proof) + loose(proof)).filter { finding in
            finding.locations.first.map { seen.insert($0.description).inserted } ?? true
        }
    }

    private static func inStacks(_ proof: Proof) -> [Finding] {
        proof.stacks.filter { !PlainTextRule.targets.contains($0.stack.target) }.flatMap { stack in
            stack.stack.workloads.flatMap { workload in
                let used = stack.keyNames(of: workload)
                return workload.assignments.compactMap { assignment -> Finding? in
                    // What stands in an image is LS113's.
                    guard assignment.origin != .image,
                        SigningSecretName.isSigning(assignment.name) || used.contains(assignment.name),
                        let text = assignment.value.literal
                    else { return nil }
                    let position = assignment.valuePosition ?? assignment.position
                    guard proof.isCommitted(position.file), isSecret(text),
                        let severity = severity(in: stack.environment, isProductionLike: stack.isProductionLike)
                    else { return nil }
                    return stack.finding(
                        id, severity,
                        message(assignment.name, position, "\(workload.name) in \(stack.label) runs on it"),
                        [workload.name], at: [position, assignment.position])
                }
            }
        }
    }

    private static func loose(_ proof: Proof) -> [Finding] {
        proof.loose.compactMap { binding in
            guard isSigning(binding), let text = binding.value.literal,
                proof.isCommitted(binding.position.file), !Components.isTest(binding.position.file),
                ![.buildArgument, .imageLayer].contains(binding.place)
            else { return nil }
            let environment = StackEnvironment.named(by: binding.position.file, evidence: "")
            guard isSecret(text) else { return nil }
            // An example that holds a good secret is one that somebody uses.
            let isExample = binding.place == .exampleFile
            // In a text nobody says for which environment, and what is pasted is hardly ever made up.
            let isProductionLike =
                environment.map { !$0.environment.allowsDevelopmentFallback } ?? (binding.place == .document)
            guard let severity = severity(in: environment, isProductionLike: isProductionLike && !isExample) else {
                return nil
            }
            return Finding(
                id, severity,
                message(
                    binding.name, binding.position, isExample ? "an example that is copied makes one key for all" : ""),
                environment: environment?.label, at: [binding.position])
        }
    }

    /// In an object that holds secrets `jwt` by itself says enough.
    private static func isSigning(_ binding: LooseBinding) -> Bool {
        if SigningSecretName.isSigning(binding.name) { return true }
        return binding.place == .secretObject && SigningSecretName.words(of: binding.name).contains("JWT")
            && SigningSecretName.isSigning(binding.name + "_SECRET")
    }

    /// What tests run on is nobody's secret, and on a laptop the question is only whether it is used elsewhere too.
    private static func severity(in environment: StackEnvironment?, isProductionLike: Bool) -> Severity? {
        switch environment?.environment {
        case .test: nil
        case .development: .note
        default: isProductionLike ? .error : .warning
        }
    }

    /// Whether it looks like one that somebody relies on: what is short or a placeholder is `LS106`'s.
    private static func isSecret(_ text: String) -> Bool {
        guard !text.isEmpty, !text.contains("BEGIN PUBLIC KEY") else { return false }
        return SecretQuality.fault(of: text) == nil
    }

    private static func message(_ name: String, _ position: SourcePosition, _ more: String) -> String {
        """
        \(name) stands in \(position.file), which everybody with the repository has\(more.isEmpty ? "" : "; \(more)"). \
        Whoever reads it can make tokens: move it to a secret store and rotate it
        """
    }
}
