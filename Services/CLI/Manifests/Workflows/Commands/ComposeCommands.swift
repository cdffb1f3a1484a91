import Evidence

/// `docker compose up` and `docker stack deploy`: compose fills the files in from the step's variables, from `.env` and
/// from `--env-file`.
struct ComposeCommands: DeployTool {
    private static let flags: Set<String> = [
        "-d", "--build", "--remove-orphans", "--no-deps", "--force-recreate", "--no-build", "--no-recreate",
        "--always-recreate-deps", "-V", "--renew-anon-volumes", "--abort-on-container-exit", "--rm", "-T", "--no-start",
        "--quiet-pull", "--with-registry-auth", "--prune", "--all-resources", "--compatibility",
    ]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        var words = call.words
        var isStack = false
        switch call.program {
        case "docker-compose", "podman-compose": break
        case "docker", "podman":
            guard let first = words.firstIndex(where: { $0.text == "compose" || $0.text == "stack" }), first < 4 else {
                return nil
            }
            isStack = words[first].text == "stack"
            words.removeFirst(first + 1)
        default: return nil
        }
        let options = CommandOptions(words, flags: Self.flags)
        let plain = options.positionals
        guard let verb = plain.first?.outline else { return nil }
        guard isStack ? verb == "deploy" : ["up", "run", "create", "start"].contains(verb) else { return nil }
        let folder = options.values("--project-directory").last?.text.flatMap(call.resolve) ?? call.folder ?? ""
        let named = isStack ? options.values("-c", "--compose-file") : options.values("-f", "--file")
        var gaps = named.filter { $0.text == nil }.map {
            Gap("which compose file is used is decided when it runs", at: $0.position)
        }
        var paths = named.compactMap { $0.text.flatMap(call.resolve) }
        if named.isEmpty {
            let usual = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]
            paths = usual.compactMap { SourceTree.resolve($0, in: folder) }.filter(site.tree.contains).prefix(1).map {
                $0
            }
        }
        var assignments: [Assignment] = []
        var used: [String] = []
        let files = options.values("--env-file")
        if !files.isEmpty {
            for file in files {
                let (read, gap) = VariableFile.read(file, call, site)
                assignments += read
                gaps += gap
                if let path = file.text.flatMap(call.resolve) { used.append(path) }
            }
        } else if !isStack {
            let path = SourceTree.resolve(".env", in: folder) ?? ".env"
            // What the tree itself holds there, compose's own reader sees.
            if let file = call.files.files[path] {
                assignments += file.entries.map {
                    Assignment($0.name, $0.value, at: $0.position, origin: .workflow)
                }
                gaps += [file.gap].compactMap { $0 }
                used.append(path)
            }
        }
        // The environment wins over files.
        assignments += call.variables.exported
        let services = verb == "up" || verb == "start" ? Array(plain.dropFirst()) : Array(plain.dropFirst().prefix(1))
        return DeployFinding(
            delivery: site.delivery(
                call, .compose, services: isStack ? [] : services, manifests: paths, assignments: assignments,
                gaps: gaps), usedFiles: used)
    }
}

/// `docker build --build-arg` and `docker run -e`.
struct ImageCommands: DeployTool {
    private static let flags: Set<String> = [
        "-d", "--rm", "-it", "-i", "--init", "--privileged", "--push", "--load", "--pull", "--read-only", "--squash",
    ]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        guard ["docker", "podman", "buildah", "nerdctl", "kaniko", "executor"].contains(call.program) else {
            return nil
        }
        let options = CommandOptions(call.words, flags: Self.flags)
        let verbs = options.positionals.prefix(3).map(\.outline)
        if call.program == "executor" || verbs.prefix(2).contains(where: { ["build", "bud", "bake"].contains($0) }) {
            let loose = options.values("--build-arg").compactMap { argument -> LooseBinding? in
                if let binding = argument.assignment() {
                    return LooseBinding(binding.name, binding.value, in: .buildArgument, at: binding.position)
                }
                // The name alone takes the step's variable.
                guard let name = argument.text, let variable = call.variables.values[name] else { return nil }
                return LooseBinding(name, variable.value, in: .buildArgument, at: argument.position)
            }
            return loose.isEmpty ? nil : DeployFinding(loose: loose)
        }
        guard let at = verbs.firstIndex(of: "run"), at < 2 else { return nil }
        var assignments: [Assignment] = []
        var gaps: [Gap] = []
        var used: [String] = []
        for file in options.values("--env-file") {
            let (read, gap) = VariableFile.read(file, call, site)
            assignments += read
            gaps += gap
            if let path = file.text.flatMap(call.resolve) { used.append(path) }
        }
        for variable in options.values("-e", "--env") {
            if let assignment = variable.assignment() {
                assignments.append(assignment)
            } else if let name = variable.text {
                let value = call.variables.values[name]?.value
                assignments.append(
                    Assignment(
                        name, value ?? .reference(SecretReference(.variable, name)), at: variable.position,
                        origin: .workflow))
            }
        }
        guard !assignments.isEmpty || !gaps.isEmpty else { return nil }
        return DeployFinding(
            delivery: site.delivery(
                call, .compose, services: options.values("--name"), assignments: assignments, gaps: gaps),
            ownNames: Set(assignments.map(\.name)), usedFiles: used, isWhole: true)
    }
}
