import Evidence

/// The command lines of hosting platforms: Fly.io, Heroku, Vercel, Netlify, Railway.
struct HostingCommands: DeployTool {
    private static let flags: Set<String> = [
        "--stage", "--detach", "--remote-only", "--local-only", "--now", "--prod", "--prebuilt", "--skip-deploys",
    ]

    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        let options = CommandOptions(call.words, flags: Self.flags)
        let plain = options.positionals
        let verbs = plain.prefix(2).map(\.outline)
        switch call.program {
        case "flyctl", "fly": return fly(call, options, plain, verbs, site)
        case "heroku" where verbs.first == "config:set":
            return stored(call, Array(plain.dropFirst()), options.values("-a", "--app"), "heroku", site)
        case "railway" where verbs.first == "variables" || verbs.first == "variable":
            return stored(call, options.values("--set"), options.values("-s", "--service"), "railway", site)
        case "netlify" where verbs.first == "env:set" && plain.count > 2:
            guard let name = plain[1].text else { return nil }
            let binding = Assignment(name, plain[2].bound, at: plain[1].position, origin: .workflow)
            return finding(call, [binding], options.values("-s", "--site"), "netlify", site)
        case "vercel" where verbs == ["env", "add"] && plain.count > 2:
            guard let name = plain[2].text, let value = call.input.lines.first(where: { !$0.bound.isEmpty }) else {
                return nil
            }
            let binding = Assignment(name, value.bound, at: plain[2].position, origin: .workflow)
            return finding(call, [binding], [], "vercel", site, names: plain.dropFirst(3).compactMap(\.text))
        case "vercel", "now":
            let own = options.values("-e", "--env").compactMap { $0.assignment() }
            let loose = options.values("-b", "--build-env").compactMap { $0.assignment() }.map {
                LooseBinding($0.name, $0.value, in: .buildArgument, at: $0.position)
            }
            guard !own.isEmpty || !loose.isEmpty else { return nil }
            return DeployFinding(
                delivery: site.delivery(call, .platform, assignments: own), loose: loose,
                ownNames: Set(own.map(\.name)))
        default: return nil
        }
    }

    private func fly(
        _ call: ShellCall, _ options: CommandOptions, _ plain: [MarkedText], _ verbs: [String], _ site: DeliverySite
    ) -> DeployFinding? {
        let app = options.values("-a", "--app")
        switch verbs.first {
        case "secrets" where verbs.dropFirst().first == "set":
            return stored(call, Array(plain.dropFirst(2)), app, "fly", site)
        case "secrets" where verbs.dropFirst().first == "import":
            let input = call.input
            var bindings = input.lines.compactMap { $0.assignment() }
            var used: [String] = []
            if let path = input.path.flatMap(call.resolve), let entries = call.files.entries(path, in: site.tree) {
                bindings += entries.map { Assignment($0.name, $0.value, at: $0.position, origin: .workflow) }
                used.append(path)
            }
            var finding = finding(call, bindings, app, "fly", site)
            finding.usedFiles = used
            return finding
        case "deploy":
            let own = options.values("-e", "--env").compactMap { $0.assignment() }
            let loose = options.values("--build-arg", "--build-secret").compactMap { $0.assignment() }.map {
                LooseBinding($0.name, $0.value, in: .buildArgument, at: $0.position)
            }
            let file = options.values("-c", "--config").last?.text ?? "fly.toml"
            return DeployFinding(
                delivery: site.delivery(
                    call, .platform, services: app, manifests: [call.resolve(file)].compactMap { $0 },
                    assignments: own), loose: loose, ownNames: Set(own.map(\.name)))
        default: return nil
        }
    }

    private func stored(
        _ call: ShellCall, _ words: [MarkedText], _ app: [MarkedText], _ platform: String, _ site: DeliverySite
    ) -> DeployFinding? {
        let bindings = words.compactMap { $0.assignment() }
        return bindings.isEmpty ? nil : finding(call, bindings, app, platform, site)
    }

    private func finding(
        _ call: ShellCall, _ bindings: [Assignment], _ app: [MarkedText], _ platform: String, _ site: DeliverySite,
        names: [String] = []
    ) -> DeployFinding {
        let scope = app.last?.text
        let stored = bindings.map {
            StoredValue(
                SecretReference(.platform, $0.name, scope: scope ?? platform), $0.value, at: $0.position)
        }
        return DeployFinding(
            delivery: site.delivery(
                call, .platform, services: app, names: names, assignments: bindings, stored: stored,
                gaps: [Gap("the platform keeps the secrets that it has", at: call.command.position)]),
            ownNames: Set(bindings.map(\.name)))
    }
}

/// `az containerapp` and `az webapp`.
struct AzureCommands: DeployTool {
    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        guard call.program == "az" else { return nil }
        let options = CommandOptions(call.words)
        let verbs = options.positionals.prefix(4).map(\.outline)
        let words: [MarkedText]
        switch verbs.first {
        case "containerapp": words = options.lists("--set-env-vars", "--env-vars", "--replace-env-vars")
        case "webapp", "functionapp": words = options.lists("--settings")
        default: return nil
        }
        let secrets = options.lists("--secrets").compactMap { $0.assignment() }
        var assignments: [Assignment] = []
        for word in words {
            guard let assignment = word.assignment() else { continue }
            // `secretref:NAME` is a secret of the same app.
            if let text = assignment.value.literal, text.hasPrefix("secretref:") {
                let name = String(text.dropFirst(10))
                let value =
                    secrets.last { $0.name == name }?.value
                    ?? .reference(SecretReference(.platform, name, scope: options.values("-n", "--name").last?.text))
                assignments.append(Assignment(assignment.name, value, at: assignment.position, origin: .workflow))
            } else {
                assignments.append(assignment)
            }
        }
        guard !assignments.isEmpty else { return nil }
        return DeployFinding(
            delivery: site.delivery(
                call, .platform, services: options.values("-n", "--name"),
                names: options.values("-g", "--resource-group").compactMap(\.text), assignments: assignments,
                gaps: [Gap("the app keeps the variables that it has", at: call.command.position)]),
            ownNames: Set(assignments.map(\.name)))
    }
}
