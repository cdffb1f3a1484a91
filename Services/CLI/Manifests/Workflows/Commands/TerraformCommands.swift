import Evidence

/// `terraform apply -var`, with `TF_VAR_` variables.
struct TerraformCommands: DeployTool {
    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        guard call.program == "terraform" || call.program == "tofu" || call.program == "terragrunt" else { return nil }
        let options = CommandOptions(call.words)
        guard let verb = options.positionals.first?.outline, verb == "apply" || verb == "plan" else { return nil }
        var folder = call.folder ?? ""
        if let word = options.values("-chdir").last?.text, let other = call.resolve(word) { folder = other }
        var assignments = call.variables.exported.compactMap { variable -> Assignment? in
            guard variable.name.hasPrefix("TF_VAR_") else { return nil }
            return Assignment(
                String(variable.name.dropFirst(7)), variable.value, at: variable.position, origin: .workflow)
        }
        let own = options.values("-var", "--var").compactMap { $0.assignment() }
        assignments += own
        let files = options.values("-var-file", "--var-file").compactMap { file in
            file.text.flatMap { SourceTree.resolve($0, in: folder) }
        }
        return DeployFinding(
            delivery: site.delivery(
                call, .terraform, manifests: [folder] + files, names: [folder], assignments: assignments),
            ownNames: Set(own.map(\.name)))
    }
}

/// `serverless deploy --stage X --param "k=v"` and `cdk deploy`.
struct ServerlessCommands: DeployTool {
    func delivery(of call: ShellCall, at site: DeliverySite) -> DeployFinding? {
        var call = call
        if call.program == "npx" || call.program == "pnpm" || call.program == "yarn" || call.program == "bunx" {
            call.words = Array(call.words.drop { $0.hasPrefix("-") || $0.text == "exec" || $0.text == "dlx" })
            guard let program = call.words.first?.outline else { return nil }
            call.program = String(program.prefix { $0 != "@" })
            call.words.removeFirst()
        }
        let options = CommandOptions(call.words)
        guard options.positionals.first?.outline == "deploy" else { return nil }
        switch call.program {
        case "serverless", "sls":
            let own = options.values("--param").compactMap { $0.assignment() }
            let file = (options.values("-c", "--config").last?.text ?? "serverless.yml")
            return DeployFinding(
                delivery: site.delivery(
                    call, .serverless, manifests: [call.resolve(file)].compactMap { $0 },
                    names: options.values("--stage", "-s").compactMap(\.text),
                    assignments: call.variables.exported + own), ownNames: Set(own.map(\.name)))
        case "cdk":
            let own = options.values("--parameters", "-c", "--context").compactMap { word -> Assignment? in
                guard let assignment = word.assignment() else { return nil }
                // `STACK:Parameter=value`
                let name = assignment.name.split(separator: ":").last.map(String.init) ?? assignment.name
                return Assignment(name, assignment.value, at: assignment.position, origin: .workflow)
            }
            return DeployFinding(
                delivery: site.delivery(
                    call, .serverless, names: options.positionals.dropFirst().compactMap(\.text),
                    assignments: call.variables.exported + own), ownNames: Set(own.map(\.name)))
        default: return nil
        }
    }
}
