import Evidence

/// Actions that deploy, build or fetch secrets, by what their own pages say of their inputs.
enum WorkflowActions {
    /// - Parameter name: without the version, in lower case.
    static func perform(_ name: String, _ step: ManifestNode, in job: inout WorkflowJob) {
        switch name {
        case "google-github-actions/deploy-cloudrun": cloudRun(step, in: &job)
        case "google-github-actions/deploy-cloud-functions": cloudFunction(step, in: &job)
        case "google-github-actions/get-secretmanager-secrets": googleSecrets(step, in: &job)
        case "aws-actions/amazon-ecs-render-task-definition": AmazonActions.render(step, in: &job)
        case "aws-actions/amazon-ecs-deploy-task-definition": AmazonActions.deploy(step, in: &job)
        case "aws-actions/aws-cloudformation-github-deploy": AmazonActions.template(step, in: &job)
        case "aws-actions/aws-secretsmanager-get-secrets": AmazonActions.secrets(step, in: &job)
        case "docker/build-push-action", "docker/bake-action": build(step, in: &job)
        case "appleboy/ssh-action": ssh(step, in: &job)
        case "azure/k8s-create-secret": kubernetesSecret(step, in: &job)
        case "hashicorp/vault-action": vault(step, in: &job)
        case "spicypizza/create-envfile": environmentFile(step, in: &job)
        case "superfly/flyctl-actions": fly(step, in: &job)
        default: break
        }
    }

    /// `NAME=value`, one for a line, or several with commas.
    static func entries(_ text: MarkedText?) -> [(name: String, position: SourcePosition, value: MarkedText)] {
        guard let text else { return [] }
        return text.split { $0 == "\n" }.map(\.trimmed).filter { !$0.hasPrefix("#") }.flatMap { line in
            // A comma inside a value is told by what follows: no name and no sign.
            let parts = line.split { $0 == "," }.map(\.trimmed)
            return parts.allSatisfy { $0.splitAssignment() != nil } ? parts : [line]
        }.compactMap { $0.splitAssignment() }
    }

    private static func assignments(_ text: MarkedText?) -> [Assignment] {
        entries(text).map { Assignment($0.name, $0.value.unquoted.bound, at: $0.position, origin: .workflow) }
    }

    private static func secrets(_ text: MarkedText?) -> [Assignment] {
        entries(text).filter { !$0.name.hasPrefix("/") }.map {
            Assignment($0.name, GoogleCommands.secret($0.value), at: $0.position, origin: .workflow)
        }
    }

    /// A text that holds something and gives no names is put together when the step runs.
    private static func gap(_ text: MarkedText?, _ what: String) -> [Gap] {
        guard let text, !text.bound.isEmpty, entries(text).isEmpty else { return [] }
        return [Gap("\(what) is filled in when it runs", at: text.position)]
    }

    private static func cloudRun(_ step: ManifestNode, in job: inout WorkflowJob) {
        let variables = job.input("env_vars", of: step)
        let secrets = job.input("secrets", of: step)
        var own = assignments(variables) + self.secrets(secrets)
        var gaps = gap(variables, "env_vars") + gap(secrets, "secrets")
        if let path = job.input("env_vars_file", of: step) {
            let (read, gap) = job.variables(in: path)
            own = read + own
            gaps += gap
        }
        let manifest = job.input("metadata", of: step)?.text.flatMap { SourceTree.resolve($0, in: job.file.checkout) }
        let services = [job.input("service", of: step), job.input("job", of: step)].compactMap { $0 }
        job.deliver(
            step, .cloudRun, services: services, manifests: [manifest].compactMap { $0 },
            names: [job.input("project_id", of: step)?.text].compactMap { $0 }, assignments: own, gaps: gaps)
    }

    private static func cloudFunction(_ step: ManifestNode, in job: inout WorkflowJob) {
        let variables = job.input("environment_variables", of: step)
        let secrets = job.input("secret_environment_variables", of: step) ?? job.input("secrets", of: step)
        job.deliver(
            step, .cloudRun, services: [job.input("name", of: step)].compactMap { $0 },
            assignments: assignments(variables) + self.secrets(secrets),
            gaps: gap(variables, "environment_variables") + gap(secrets, "secrets"))
    }

    /// `OUTPUT:PROJECT/NAME[/VERSION]`, one for a line.
    private static func googleSecrets(_ step: ManifestNode, in job: inout WorkflowJob) {
        for line in job.input("secrets", of: step)?.split(whereSeparator: { $0 == "\n" || $0 == "," }) ?? [] {
            guard let text = line.trimmed.text, let colon = text.firstIndex(of: ":"),
                let reference = GoogleSecretName.reference(String(text[text.index(after: colon)...]))
            else { continue }
            job.shellFiles.outputs[String(text[..<colon])] = .reference(reference)
        }
    }

    private static func build(_ step: ManifestNode, in job: inout WorkflowJob) {
        // `secrets:` of a build leaves nothing in the image.
        for entry in entries(job.input("build-args", of: step)) {
            job.reading.loose.append(
                LooseBinding(entry.name, entry.value.unquoted.bound, in: .buildArgument, at: entry.position))
        }
    }

    private static func ssh(_ step: ManifestNode, in job: inout WorkflowJob) {
        guard let script = step["with"]?["script"], script.scalar != nil else { return }
        let handed = job.input("envs", of: step)?.text ?? ""
        let names = handed.split { $0 == "," || $0 == "\n" }.map(\.trimmingBlanks)
        job.runElsewhere(
            script, handed: job.input("allenvs", of: step)?.text == "true" ? Array(job.scope.env.keys) : names)
    }

    private static func kubernetesSecret(_ step: ManifestNode, in job: inout WorkflowJob) {
        let name = job.input("secret-name", of: step)?.text ?? ""
        let namespace = job.input("namespace", of: step)?.text
        var own: [Assignment] = []
        for line in job.input("arguments", of: step)?.split(whereSeparator: \.isWhitespace) ?? []
        where line.hasPrefix("--from-literal=") {
            if let assignment = line.dropFirst(15).assignment() { own.append(assignment) }
        }
        let place = (namespace.map { $0 + "/" } ?? "") + name
        job.deliver(
            step, .kubernetes, names: [namespace, name].compactMap { $0 }, assignments: own,
            stored: own.map {
                StoredValue(SecretReference(.kubernetes, "\(place)#\($0.name)"), $0.value, at: $0.position)
            },
            gaps: own.isEmpty ? [Gap("the keys of the secret are filled in when it runs", at: step.position)] : [])
    }

    /// `PATH FIELD | NAME ;`
    private static func vault(_ step: ManifestNode, in job: inout WorkflowJob) {
        for line in job.input("secrets", of: step)?.split(whereSeparator: { $0 == "\n" || $0 == ";" }) ?? [] {
            let line = line.trimmed
            guard let text = line.text, let bar = text.firstIndex(of: "|") else { continue }
            let place = text[..<bar].split(whereSeparator: \.isWhitespace).map(String.init)
            let name = text[text.index(after: bar)...].trimmingBlanks
            guard place.count == 2, !name.isEmpty else { continue }
            let value = BoundValue.reference(SecretReference(.vault, "\(place[0])#\(place[1])"))
            job.shellFiles.outputs[name] = value
            if job.input("exportEnv", of: step)?.text != "false" {
                job.shellFiles.exported[name] = ShellVariable(value: value, position: line.position, isExported: true)
            }
        }
    }

    /// `envkey_NAME: value`
    private static func environmentFile(_ step: ManifestNode, in job: inout WorkflowJob) {
        let name = job.input("file_name", of: step)?.text ?? ".env"
        let folder = job.input("directory", of: step)?.text ?? ""
        guard let path = SourceTree.normal(job.file.checkout + "/" + folder + "/" + name) else { return }
        let entries = (step["with"]?.map ?? []).compactMap { member -> ShellFiles.Entry? in
            guard member.key.hasPrefix("envkey_"), let text = member.value.scalar?.text else { return nil }
            return .init(
                name: String(member.key.dropFirst(7)), position: member.position, value: job.scope.fill(text))
        }
        job.shellFiles.put(entries, to: path, appending: true, at: step.position)
    }

    private static func fly(_ step: ManifestNode, in job: inout WorkflowJob) {
        guard let arguments = step["with"]?["args"], let text = arguments.scalar?.text else { return }
        let line = EmbeddedText(lines: [
            .init(text: "flyctl " + text.replacing("\n", with: " "), position: arguments.position, isExact: false)
        ])
        job.run(line, in: job.file.checkout, variables: job.scope.shell())
    }
}

extension WorkflowJob {
    mutating func deliver(
        _ step: ManifestNode, _ target: Stack.Target, services: [MarkedText] = [], manifests: [String] = [],
        names: [String] = [], assignments: [Assignment], stored: [StoredValue] = [], gaps: [Gap] = []
    ) {
        let known = services.compactMap(\.text)
        let open =
            known.count < services.count
            ? [Gap("the name of what is deployed is put together when it runs", at: step.position)] : []
        for assignment in assignments where DeliverySite.showsSecret(assignment.name, assignment.value) {
            reading.loose.append(
                LooseBinding(assignment.name, assignment.value, in: .workflow, at: assignment.position))
        }
        reading.deliveries.append(
            Delivery(
                site.name, at: step["uses"]?.position ?? step.position,
                environment: site.environment(assignments, names: names + known + manifests), target: target,
                services: known, manifests: manifests, assignments: DeliverySite.last(assignments), stored: stored,
                gaps: gaps + open))
    }

    /// A file of variables that an action is told to use.
    func variables(in path: MarkedText) -> ([Assignment], [Gap]) {
        let call = ShellCall(
            program: "", words: [], command: ShellCommand(position: path.position), earlier: [], later: [],
            variables: scope.shell(), folder: file.checkout, files: shellFiles)
        return VariableFile.read(path, call, site)
    }
}
