import Evidence

/// `gcloud`: Cloud Run services and jobs, functions, App Engine, secrets.
struct GoogleCommands: DeployTool {
    private static let flags: Set<String> = [
        "--allow-unauthenticated", "--no-allow-unauthenticated", "--no-traffic", "--cpu-boost", "--no-cpu-throttling",
        "--cpu-throttling", "--use-http2", "--no-use-http2", "--clear-env-vars", "--clear-secrets", "--promote",
        "--no-promote", "--gen2", "--trigger-http", "--execute-now", "--session-affinity", "--default-url",
        "--no-default-url", "--no-cpu-boost", "--stop-previous-version", "--no-stop-previous-version",
    ]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        guard call.program == "gcloud" else { return nil }
        var words = call.words
        if words.first?.text == "beta" || words.first?.text == "alpha" { words.removeFirst() }
        let options = CommandOptions(words, flags: Self.flags)
        let plain = options.positionals
        let verbs = plain.prefix(3).map(\.outline)
        let project = options.values("--project").last?.text
        switch verbs.first {
        case "run":
            if verbs.count > 1, verbs[1] == "deploy" { return run(call, options, Array(plain.dropFirst(2)), site) }
            guard verbs.count > 2, ["services", "jobs", "worker-pools"].contains(verbs[1]) else { return nil }
            switch verbs[2] {
            case "replace": return replace(call, options, Array(plain.dropFirst(3)), site)
            case "update", "deploy", "create": return run(call, options, Array(plain.dropFirst(3)), site)
            default: return nil
            }
        case "functions" where verbs.dropFirst().first == "deploy":
            return run(call, options, Array(plain.dropFirst(2)), site)
        case "app" where verbs.dropFirst().first == "deploy":
            let files = plain.dropFirst(2).compactMap { $0.text.flatMap(call.resolve) }
            return DeployFinding(
                delivery: site.delivery(
                    call, .platform, manifests: files.isEmpty ? [call.resolve("app.yaml")].compactMap { $0 } : files,
                    names: [project].compactMap { $0 }, assignments: []))
        case "secrets": return secret(call, options, plain, project, site)
        default: return nil
        }
    }

    private func run(
        _ call: ShellCall, _ options: CommandOptions, _ services: [MarkedText], _ site: DeliverySite
    ) -> DeployFinding {
        let project = options.values("--project").last?.text
        var assignments: [Assignment] = []
        var gaps: [Gap] = []
        var used: [String] = []
        for file in options.values("--env-vars-file") {
            let (read, gap) = VariableFile.read(file, call, site)
            assignments += read
            gaps += gap
            if let path = file.text.flatMap(call.resolve) { used.append(path) }
        }
        for list in options.values("--set-env-vars", "--update-env-vars") {
            let entries = list.dictionary
            if entries.isEmpty { gaps.append(Gap("--set-env-vars is filled in when it runs", at: list.position)) }
            assignments += entries.map {
                Assignment($0.name, $0.value.bound, at: $0.position, origin: .workflow)
            }
        }
        for list in options.values("--set-secrets", "--update-secrets") {
            let entries = list.dictionary
            if entries.isEmpty { gaps.append(Gap("--set-secrets is filled in when it runs", at: list.position)) }
            assignments += entries.filter { !$0.name.hasPrefix("/") }.map { entry in
                Assignment(entry.name, Self.secret(entry.value), at: entry.position, origin: .workflow)
            }
        }
        let own = Set(assignments.map(\.name))
        // An update says what changes, and not what is there.
        if options.positionals.contains(where: { $0.text == "update" }), !options.has("--clear-env-vars") {
            gaps.append(Gap("the service keeps the variables that it has", at: call.command.position))
        }
        return DeployFinding(
            delivery: site.delivery(
                call, .cloudRun, services: Array(services.prefix(1)), names: [project].compactMap { $0 },
                assignments: assignments, gaps: gaps), ownNames: own, usedFiles: used)
    }

    /// `NAME:VERSION`
    static func secret(_ text: MarkedText) -> BoundValue {
        guard let known = text.text, let reference = GoogleSecretName.reference(known) else {
            // The name is filled in; what it holds then is not known.
            return .opaque(text.bound.shown)
        }
        return .reference(reference)
    }

    private func replace(
        _ call: ShellCall, _ options: CommandOptions, _ files: [MarkedText], _ site: DeliverySite
    ) -> DeployFinding {
        var paths = files.compactMap { $0.text.flatMap(call.resolve) }
        // `gcloud run services replace <(envsubst < service.yaml)`
        if paths.isEmpty || paths == ["-"] { paths = [ManifestInput.path(call)].compactMap { $0 } }
        return DeployFinding(
            delivery: site.delivery(
                call, .cloudRun, manifests: paths, names: options.values("--project").compactMap(\.text),
                assignments: call.variables.exported))
    }

    /// `printf %s "$X" | gcloud secrets versions add NAME --data-file=-`
    private func secret(
        _ call: ShellCall, _ options: CommandOptions, _ plain: [MarkedText], _ project: String?, _ site: DeliverySite
    ) -> DeployFinding? {
        let verbs = plain.map(\.outline)
        let name: MarkedText
        if verbs.count > 3, verbs[1] == "versions", verbs[2] == "add" {
            name = plain[3]
        } else if verbs.count > 2, verbs[1] == "create" {
            name = plain[2]
        } else {
            return nil
        }
        guard options.values("--data-file").contains(where: { $0.text == "-" || $0.text == "/dev/stdin" }),
            let known = name.text, let place = GoogleSecretName.reference(known, project: project)
        else { return nil }
        let lines = call.input.lines.filter { !$0.bound.isEmpty }
        guard lines.count == 1 else { return nil }
        let value = StoredValue(place, lines[0].bound, at: lines[0].position)
        return DeployFinding(
            delivery: site.delivery(call, .cloudRun, names: [known], assignments: [], stored: [value]),
            loose: DeliverySite.showsSecret(known, value.value)
                ? [LooseBinding(known, value.value, in: .workflow, at: value.position)] : [])
    }
}
