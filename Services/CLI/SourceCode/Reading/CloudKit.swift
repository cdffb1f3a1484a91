import Evidence

/// AWS CDK stacks: what a stack's code puts into a container's or function's environment stands in plain text in the
/// template that it synthesises.
enum CloudKit {
    static func visit(
        _ properties: [(key: String?, value: Expression)], in scope: Scope, of reading: FileReading
    ) {
        guard reading.isCloudStack else { return }
        for property in properties {
            switch property.key {
            case "environment", "environmentVariables", "environment_variables":
                for entry in property.value.entries ?? [] { tell(entry, "cdk environment", in: scope, of: reading) }
            case "secrets":
                for entry in property.value.entries ?? [] { tell(entry, "cdk secrets", in: scope, of: reading) }
            default: break
            }
        }
    }

    static func isStack(_ reading: FileReading) -> Bool {
        reading.root.imports.values.contains {
            $0.module.hasPrefix("aws-cdk") || $0.module.hasPrefix("@aws-cdk") || $0.module.hasPrefix("aws_cdk")
        }
    }

    private static func tell(_ entry: Expression.Entry, _ loader: String, in scope: Scope, of reading: FileReading) {
        guard let key = entry.key, SigningSecretName.isOfInterest(key) else { return }
        let spelled = reading.spelling(entry.value, in: scope)
        let alternatives: [KeyExpression.Alternative]
        if loader == "cdk secrets" {
            alternatives = [.loader(spelled, entry.value.position)]
        } else if spelled.contains("unsafeUnwrap") || spelled.contains("unsafe_unwrap")
            || spelled.hasSuffix("toString()")
        {
            // The template names the secret, and the task definition that it makes holds the text.
            alternatives = [.literal(spelled, entry.value.position)]
        } else if case .call(let callee, let arguments) = entry.value.kind,
            callee.path?.lowercased().contains("unsafe") == true, let text = arguments.first?.value.text
        {
            alternatives = [.literal(text, entry.value.position)]
        } else {
            alternatives =
                reading.follow(entry.value, in: scope)?.expression.alternatives ?? [
                    .loader(spelled, entry.value.position)
                ]
        }
        guard !alternatives.isEmpty, !reading.facts.reads.contains(where: { $0.position == entry.position }) else {
            return
        }
        reading.facts.reads.append(
            SecretRead(KeyExpression(alternatives), bound: key, loader: loader, at: entry.position))
        reading.markTold(alternatives.map(\.position))
    }
}
