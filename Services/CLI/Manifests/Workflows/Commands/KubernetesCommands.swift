import Evidence

/// `kubectl` (and `oc`): secrets and config maps made from words, manifests applied, variables set.
struct KubernetesCommands: DeployTool {
    private static let flags: Set<String> = ["--save-config", "--overwrite", "--server-side", "--prune", "--all"]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        guard call.program == "kubectl" || call.program == "oc" || call.program == "k3s" else { return nil }
        let options = CommandOptions(call.words, flags: Self.flags)
        let plain = options.positionals
        let namespace = options.values("-n", "--namespace").last
        switch plain.first?.outline {
        case "create": return create(call, options, plain, namespace, site)
        case "apply", "replace": return apply(call, options, namespace, site)
        case "set" where plain.dropFirst().first?.outline == "env": return set(call, options, plain, namespace, site)
        default: return nil
        }
    }

    private func create(
        _ call: ShellCall, _ options: CommandOptions, _ plain: [MarkedText], _ namespace: MarkedText?,
        _ site: DeliverySite
    ) -> DeployFinding? {
        let kind = plain.dropFirst().first?.outline
        let isSecret = kind == "secret" && plain.count > 3 && plain[2].outline == "generic"
        let isMap = (kind == "configmap" || kind == "cm") && plain.count > 2
        guard isSecret || isMap else { return nil }
        let name = plain[isSecret ? 3 : 2]
        var assignments = options.values("--from-literal").compactMap { $0.assignment() }
        var gaps: [Gap] = []
        var used: [String] = []
        for file in options.values("--from-env-file") {
            let (read, gap) = VariableFile.read(file, call, site)
            assignments += read
            gaps += gap
            if let path = file.text.flatMap(call.resolve) { used.append(path) }
        }
        for file in options.values("--from-file") {
            gaps.append(Gap("a file's content becomes a key of the object", at: file.position))
        }
        let place = namespace?.text.map { $0 + "/" } ?? ""
        let stored = assignments.map { assignment in
            StoredValue(
                SecretReference(.kubernetes, "\(place)\(name.outline)#\(assignment.name)"), assignment.value,
                at: assignment.position)
        }
        return DeployFinding(
            delivery: site.delivery(
                call, .kubernetes, names: [namespace?.text, name.text].compactMap { $0 }, assignments: assignments,
                stored: stored, gaps: gaps),
            ownNames: Set(assignments.map(\.name)), usedFiles: used)
    }

    private func apply(
        _ call: ShellCall, _ options: CommandOptions, _ namespace: MarkedText?, _ site: DeliverySite
    ) -> DeployFinding? {
        let named = options.values("-f", "--filename", "-k", "--kustomize").flatMap { $0.split { $0 == "," } }
        var paths: [String] = []
        var gaps: [Gap] = []
        for word in named {
            if word.text == "-" {
                // `kubectl create … --dry-run | kubectl apply -f -` is told by its first half.
                if let path = ManifestInput.path(call) { paths.append(path) }
            } else if let path = word.text {
                if let path = call.resolve(path) { paths.append(path) }
            } else {
                gaps.append(Gap("which manifest is applied is decided when it runs", at: word.position))
            }
        }
        guard !paths.isEmpty || !gaps.isEmpty else { return nil }
        let fills = call.earlier.contains { $0.words.first?.literal == "envsubst" }
        let written = paths.contains { call.files.files[$0] != nil }
        return DeployFinding(
            delivery: site.delivery(
                call, .kubernetes, manifests: paths, names: [namespace?.text].compactMap { $0 },
                assignments: fills || written ? call.variables.exported : [], gaps: gaps))
    }

    /// `kubectl set env deployment/api JWT_SECRET="$X"`
    private func set(
        _ call: ShellCall, _ options: CommandOptions, _ plain: [MarkedText], _ namespace: MarkedText?,
        _ site: DeliverySite
    ) -> DeployFinding? {
        let assignments = plain.dropFirst(2).compactMap { $0.assignment() }
        var services = plain.dropFirst(2).filter { !$0.outline.contains("=") }
        // `deployment api` beside `deployment/api`
        if services.count > 1, !services.contains(where: { $0.outline.contains("/") }) { services.removeFirst() }
        var gaps = [Gap("the workload keeps the variables that it has", at: call.command.position)]
        for source in options.values("--from") {
            gaps.append(Gap("all keys of an object are set", at: source.position))
        }
        return DeployFinding(
            delivery: site.delivery(
                call, .kubernetes,
                services: services.map { name in
                    name.split(whereSeparator: { $0 == "/" }, maxSplits: 1).last ?? name
                }, names: [namespace?.text].compactMap { $0 }, assignments: Array(assignments), gaps: gaps),
            ownNames: Set(assignments.map(\.name)))
    }
}

/// `helm upgrade --set a.b=c`
struct HelmCommands: DeployTool {
    private static let flags: Set<String> = [
        "--install", "-i", "--atomic", "--create-namespace", "--cleanup-on-fail", "--reuse-values", "--reset-values",
        "--dependency-update", "--wait-for-jobs",
    ]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        guard call.program == "helm" else { return nil }
        let options = CommandOptions(call.words, flags: Self.flags)
        let plain = options.positionals
        guard let verb = plain.first?.outline, verb == "upgrade" || verb == "install" || verb == "template",
            plain.count > 2
        else { return nil }
        var assignments: [Assignment] = []
        for list in options.values("--set", "--set-string") {
            assignments += list.dictionary.map { entry in
                Assignment(Self.name(entry.name), entry.value.bound, at: entry.position, origin: .workflow)
            }
        }
        var paths = [plain[2].text.flatMap(call.resolve)].compactMap { $0 }
        var gaps: [Gap] = []
        for file in options.values("-f", "--values") {
            if let path = file.text.flatMap(call.resolve) {
                paths.append(path)
            } else {
                gaps.append(Gap("which values are used is decided when it runs", at: file.position))
            }
        }
        let namespace = options.values("-n", "--namespace").last?.text
        return DeployFinding(
            delivery: site.delivery(
                call, .kubernetes, services: [plain[1]], manifests: paths, names: [namespace].compactMap { $0 },
                assignments: assignments, gaps: gaps), ownNames: Set(assignments.map(\.name)))
    }

    /// `env.JWT_SECRET` gives a chart the variable; other paths stay what they are.
    static func name(_ path: String) -> String {
        let last = path.split(separator: ".").last.map(String.init) ?? path
        return last.contains("_") && last == last.uppercased() ? last : path
    }
}
