import Evidence

/// `aws`: ECS, Lambda, CloudFormation, and what is written to Secrets Manager and Parameter Store. `sam` deploys
/// CloudFormation too.
struct AmazonCommands: DeployTool {
    private static let flags: Set<String> = [
        "--force-new-deployment", "--no-cli-pager", "--overwrite", "--no-fail-on-empty-changeset",
        "--no-execute-changeset", "--with-decryption", "--resolve-s3", "--no-confirm-changeset",
        "--resolve-image-repos",
        "--guided",
    ]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        let options = CommandOptions(call.words, flags: Self.flags)
        let verbs = options.positionals.prefix(2).map(\.outline)
        if call.program == "sam" { return verbs.first == "deploy" ? template(call, options, site) : nil }
        guard call.program == "aws", verbs.count == 2 else { return nil }
        switch (verbs[0], verbs[1]) {
        case ("ecs", "update-service"), ("ecs", "register-task-definition"), ("ecs", "run-task"),
            ("ecs", "create-service"):
            let files = (options.values("--cli-input-json", "--container-definitions")).compactMap { file in
                file.text.flatMap { $0.hasPrefix("file://") ? call.resolve(String($0.dropFirst(7))) : nil }
            }
            return DeployFinding(
                delivery: site.delivery(
                    call, .ecs, services: options.values("--service", "--service-name"), manifests: files,
                    names: options.values("--cluster").compactMap(\.text),
                    assignments: files.isEmpty ? [] : call.variables.exported))
        case ("lambda", "update-function-configuration"), ("lambda", "create-function"):
            return lambda(call, options, site)
        case ("cloudformation", "deploy"), ("cloudformation", "create-stack"), ("cloudformation", "update-stack"):
            return template(call, options, site)
        case ("secretsmanager", "create-secret"), ("secretsmanager", "put-secret-value"),
            ("secretsmanager", "update-secret"):
            return store(
                call, options.values("--secret-id", "--name").last, options.values("--secret-string").last, site
            ) { AmazonSecretName.secret($0) }
        case ("ssm", "put-parameter"):
            return store(call, options.values("--name").last, options.values("--value").last, site) {
                SecretReference(.parameterStore, AmazonSecretName.parameter($0))
            }
        default: return nil
        }
    }

    /// `--environment "Variables={A=1,B=2}"`
    private func lambda(_ call: ShellCall, _ options: CommandOptions, _ site: DeliverySite) -> DeployFinding? {
        guard let text = options.values("--environment").last else { return nil }
        var assignments: [Assignment] = []
        var gaps: [Gap] = []
        if text.hasPrefix("Variables={"), text.outline.hasSuffix("}") {
            let inner = text.dropFirst(11).split { $0 == "}" }.first ?? text
            assignments = inner.dictionary.map {
                Assignment($0.name, $0.value.unquoted.bound, at: $0.position, origin: .workflow)
            }
        } else {
            gaps.append(Gap("the function's variables are written in another form", at: text.position))
        }
        return DeployFinding(
            delivery: site.delivery(
                call, .lambda, services: options.values("--function-name"), assignments: assignments, gaps: gaps),
            ownNames: Set(assignments.map(\.name)))
    }

    private func template(_ call: ShellCall, _ options: CommandOptions, _ site: DeliverySite) -> DeployFinding {
        var assignments: [Assignment] = []
        for word in options.lists("--parameter-overrides") {
            // One quoted word may hold several.
            for entry in word.split(whereSeparator: { $0 == " " || $0 == "\n" }) where !entry.bound.isEmpty {
                if let assignment = entry.assignment() { assignments.append(assignment) }
            }
        }
        for word in options.lists("--parameters") {
            let members = word.split { $0 == "," }.compactMap { $0.splitAssignment() }
            guard let key = members.first(where: { $0.name == "ParameterKey" })?.value.text,
                let value = members.first(where: { $0.name == "ParameterValue" })
            else { continue }
            assignments.append(Assignment(key, value.value.bound, at: word.position, origin: .workflow))
        }
        let files = options.values("--template-file", "--template", "-t", "--template-body").compactMap { file in
            file.text.flatMap { call.resolve($0.hasPrefix("file://") ? String($0.dropFirst(7)) : $0) }
        }
        let stack = options.values("--stack-name", "--config-env").compactMap(\.text)
        return DeployFinding(
            delivery: site.delivery(call, .serverless, manifests: files, names: stack, assignments: assignments),
            ownNames: Set(assignments.map(\.name)))
    }

    private func store(
        _ call: ShellCall, _ name: MarkedText?, _ value: MarkedText?, _ site: DeliverySite,
        _ place: (String) -> SecretReference
    ) -> DeployFinding? {
        guard let known = name?.text, let value, !value.hasPrefix("file://") else { return nil }
        let stored = StoredValue(place(known), value.bound, at: value.position)
        return DeployFinding(
            delivery: site.delivery(call, .ecs, names: [known], assignments: [], stored: [stored]),
            loose: DeliverySite.showsSecret(known, stored.value)
                ? [LooseBinding(known, stored.value, in: .workflow, at: stored.position)] : [])
    }
}
