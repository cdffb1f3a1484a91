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
                        !assignment.name.hasSuffix("_FILE"), let shown = shown(assignment.value, stack.stack.target),
                        seen.insert(assignment.valuePosition ?? assignment.position).inserted
                    else { return nil }
                    return stack.finding(
                        id, shown.severity,
                        """
                        \(assignment.name) of \(workload.name) \(shown.how) in plain text in \(stack.label): \
                        \(shown.where) to everybody who may look, and whoever does can make tokens. Refer to the secret \
                        store instead
                        """, [workload.name],
                        at: [assignment.valuePosition ?? assignment.position, assignment.position])
                }
            }
        } + cdk(proof)
    }

    private struct Shown {
        let severity: Severity
        let how: String
        let `where`: String
    }

    private static func shown(_ value: BoundValue, _ target: Stack.Target) -> Shown? {
        if let text = value.literal {
            return text.isEmpty
                ? nil : Shown(severity: .error, how: "stands", where: "the files and the platform's console show it")
        }
        // What the shell that deploys fills in is a text when it arrives; a default there is LS104's.
        guard target == .serverless || target == .lambda || target == .ecs, value.reference?.store == .variable,
            value.fallback == nil
        else { return nil }
        return Shown(severity: .warning, how: "comes out", where: "the platform's console shows it")
    }

    /// In a stack's own source, before it is synthesised.
    private static func cdk(_ proof: Proof) -> [Finding] {
        proof.components.all.flatMap(\.reads).compactMap { read in
            guard read.loader == "cdk environment" else { return nil }
            let (severity, position): (Severity, SourcePosition)
            switch (read.expression.codeDefault, read.expression.alternatives.first) {
            case (.literal(_, let place)?, _): (severity, position) = (.error, place)
            // What the shell that synthesises fills in is a text in the template.
            case (nil, .variable(_, _, let place)?): (severity, position) = (.warning, place)
            default: return nil
            }
            return Finding(
                id, severity,
                """
                \(read.bound) \(severity == .error ? "stands" : "is filled in") in plain text at \(position) and comes out \
                so in the synthesised template: whoever may look at it can make tokens. Use `secrets` with a secret of \
                the store instead of `environment`
                """, at: [position])
        }
    }
}
