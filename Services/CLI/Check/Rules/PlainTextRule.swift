import Evidence

/// `LS114`: a signing secret in plain text in a task definition, a function or a synthesised template.
enum PlainTextRule: Rule {
    static let id = RuleID.plainTextInTemplate
    /// Where a plain variable is shown by the platform's console and API to all who may look.
    static let targets: Set<Stack.Target> = [.ecs, .lambda, .serverless, .terraform, .cloudRun]

    static func findings(in proof: Proof) -> [Finding] {
        // A template is read for each environment that it allows; the line is one.
        var seen: Set<SourcePosition> = []
        return proof.stacks.filter { targets.contains($0.stack.target) }.flatMap { stack in
            stack.stack.workloads.flatMap { workload in
                let used = stack.keyNames(of: workload)
                return workload.assignments.compactMap { assignment -> Finding? in
                    guard SigningSecretName.isSigning(assignment.name) || used.contains(assignment.name),
                        let text = assignment.value.literal, !text.isEmpty, !assignment.name.hasSuffix("_FILE"),
                        seen.insert(assignment.valuePosition ?? assignment.position).inserted
                    else { return nil }
                    return stack.finding(
                        id, .error,
                        """
                        \(assignment.name) of \(workload.name) stands in plain text in \(stack.label): the files and \
                        the platform's console show it to everybody who may look, and whoever does can make tokens. \
                        Refer to the secret store instead
                        """, [workload.name],
                        at: [assignment.valuePosition ?? assignment.position, assignment.position])
                }
            }
        } + cdk(proof)
    }

    /// In a stack's own source, before it is synthesised.
    private static func cdk(_ proof: Proof) -> [Finding] {
        proof.components.all.flatMap(\.reads).compactMap { read in
            guard read.loader == "cdk environment", case .literal(_, let position)? = read.expression.codeDefault else {
                return nil
            }
            return Finding(
                id, .error,
                """
                \(read.bound) stands in plain text at \(position) and comes out so in the synthesised template: whoever \
                may look at it can make tokens. Use `secrets` with a secret of the store instead of `environment`
                """, at: [position])
        }
    }
}
