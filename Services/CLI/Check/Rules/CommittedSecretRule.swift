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
        let targets = PlainTextRule.targets.union(DeliveryStacks.targets)
        return proof.stacks.filter { !targets.contains($0.stack.target) }.flatMap { stack in
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

    /// What makes a text one secret, wherever it stands in a file: a workflow that sets a variable shows it again where it
    /// hands the variable on.
    private struct Shown: Hashable {
        let file: String
        let name: String
        let text: String
    }

    private static func loose(_ proof: Proof) -> [Finding] {
        // In a program's own settings it is LS202's.
        let settings = Set(
            DefaultInCodeRule.findings(in: proof).flatMap(\.locations).map { "\($0.file):\($0.line)" })
        let bindings = proof.loose.filter { binding in
            isSigning(binding) && ![.buildArgument, .imageLayer].contains(binding.place)
                && !settings.contains("\(binding.position.file):\(binding.position.line)")
                && proof.isCommitted(binding.position.file) && !Components.isTest(binding.position.file)
        }
        let lots = Dictionary(grouping: bindings) {
            Shown(file: $0.position.file, name: $0.name, text: $0.value.literal ?? "")
        }
        return lots.filter { isSecret($0.key.text) }.compactMap {
            finding($0.value.sorted { $0.position < $1.position })
        }
        .sorted { $0.locations.lexicographicallyPrecedes($1.locations) }
    }

    private static func finding(_ bindings: [LooseBinding]) -> Finding? {
        guard let binding = bindings.first else { return nil }
        // What GitLab's pipelines are called says nothing of what they deploy.
        let environment = StackEnvironment.named(
            by: binding.position.file.replacing(".gitlab-ci", with: ""), evidence: "")
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
            message(binding.name, binding.position, isExample ? "an example that is copied makes one key for all" : ""),
            environment: environment?.label, at: bindings.map(\.position))
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
