import Evidence

/// The steps of one job, in their order: what they set for later steps, write and deploy.
struct WorkflowJob {
    private static let depthLimit = 6

    var scope: WorkflowScope
    let site: DeliverySite
    let file: WorkflowFile
    let files: [String: WorkflowFile]
    var reading = ManifestReading()
    var shellFiles = ShellFiles()
    /// Task definitions that a step filled in and no step has deployed yet, by the step's id.
    var rendered: [String: RenderedTask] = [:]
    private let folder: String
    private let depth: Int
    private let budget: ReadingBudget

    struct RenderedTask: Sendable {
        var container: [MarkedText]
        var manifests: [String]
        var assignments: [Assignment]
        var gaps: [Gap]
        let position: SourcePosition
        var isDeployed = false
    }

    init(
        scope: WorkflowScope, site: DeliverySite, file: WorkflowFile, files: [String: WorkflowFile],
        job: ManifestNode?, depth: Int = 0, budget: ReadingBudget = ReadingBudget(1_000)
    ) {
        self.scope = scope
        self.site = site
        self.file = file
        self.files = files
        self.depth = depth
        self.budget = budget
        let own =
            job?["defaults"]?["run"]?["working-directory"] ?? file.root["defaults"]?["run"]?["working-directory"]
        folder =
            own?.scalar.flatMap { scope.fill($0.text).literal }
            .flatMap { SourceTree.resolve($0, in: file.checkout) } ?? file.checkout
    }

    mutating func perform(_ steps: [ManifestNode]) {
        for step in steps {
            let before = scope
            reading.loose += WorkflowVariables.take(step["env"], into: &scope)
            if let run = step["run"], run.scalar != nil {
                perform(run, of: step)
            } else if let uses = step["uses"]?.scalar?.text {
                use(uses, step)
            }
            // A step's variables are its own; what it handed on stays.
            scope.env = before.env
            for (name, variable) in shellFiles.exported { scope.env[name] = variable }
            if let id = step["id"]?.scalar?.text {
                scope.steps[id.lowercased(), default: [:]].merge(
                    shellFiles.outputs.map { ($0.key.lowercased(), $0.value) }
                ) { $1 }
            }
            shellFiles.outputs = [:]
        }
    }

    private mutating func perform(_ script: ManifestNode, of step: ManifestNode) {
        let shell = step["shell"]?.scalar?.text ?? "bash"
        guard shell.hasPrefix("bash") || shell.hasPrefix("sh") || shell.contains("/bash") || shell.contains("/sh")
        else {
            return
        }
        var here: String? = folder
        if let path = step["working-directory"]?.scalar?.text {
            here = scope.fill(path).literal.flatMap { SourceTree.resolve($0, in: file.checkout) }
        }
        run(file.embedded(script), in: here, variables: scope.shell())
    }

    mutating func run(
        _ text: EmbeddedText, in folder: String?, variables: ShellVariables, isElsewhere: Bool = false
    ) {
        var run = ShellRun(variables: variables, folder: folder, files: shellFiles, site: site)
        run.site.isElsewhere = isElsewhere
        run.run(text)
        shellFiles = run.files
        reading.add(run.found)
    }

    /// A script on another host, which sees only the variables that are handed to it.
    mutating func runElsewhere(_ node: ManifestNode, handed: [String]) {
        var variables = scope.shell()
        variables.values = variables.values.filter { handed.contains($0.key) }
        run(file.embedded(node), in: file.checkout, variables: variables, isElsewhere: true)
    }

    private mutating func use(_ uses: String, _ step: ManifestNode) {
        if uses.hasPrefix("./") { return composite(uses, step) }
        let name = String(uses.prefix { $0 != "@" }).lowercased()
        WorkflowActions.perform(name, step, in: &self)
    }

    /// A composite action of this tree: its steps, with what the step hands it.
    private mutating func composite(_ uses: String, _ step: ManifestNode) {
        guard depth < Self.depthLimit, budget.take(), let folder = SourceTree.resolve(uses, in: file.checkout),
            let action = files[folder + "/action.yml"] ?? files[folder + "/action.yaml"]
        else { return }
        var inner = scope
        inner.secrets = .none
        inner.inputs = [:]
        for input in action.root["inputs"]?.map ?? [] {
            inner.inputs[input.key.lowercased()] = input.value["default"]?.scalar.map { .literal($0.text) } ?? .empty
        }
        for input in step["with"]?.map ?? [] {
            guard let text = input.value.scalar?.text else { continue }
            inner.inputs[input.key.lowercased()] = scope.fill(text)
        }
        var run = WorkflowJob(
            scope: inner, site: site, file: action.at(file.checkout), files: files, job: nil, depth: depth + 1,
            budget: budget)
        run.shellFiles = shellFiles
        run.perform(action.root["runs"]?["steps"]?.list ?? [])
        reading.add(run.reading)
        rendered.merge(run.rendered) { $1 }
        shellFiles = run.shellFiles
        shellFiles.outputs = [:]
        for output in action.root["outputs"]?.map ?? [] {
            guard let text = output.value["value"]?.scalar?.text else { continue }
            let value = run.scope.fill(text)
            if !value.isOpaque { shellFiles.outputs[output.key] = value }
        }
    }

    /// An input of an action, as one text.
    func input(_ name: String, of step: ManifestNode) -> MarkedText? {
        guard let node = step["with"]?[name], node.scalar != nil else { return nil }
        let lines = scope.lines(file.embedded(node))
        let parts = lines.enumerated().flatMap { index, line in
            index == 0
                ? line.parts : [.init(content: .text("\n"), position: line.position, isExact: false)] + line.parts
        }
        return MarkedText(parts, at: node.position).trimmed
    }

    /// What was written or rendered, and never handed over by a command that is known: to a host, as a rule.
    mutating func finish() {
        for (path, written) in shellFiles.files.sorted(by: { $0.key < $1.key }) where !written.isUsed {
            guard !written.entries.isEmpty else { continue }
            let folder = SourceTree.folder(of: path)
            let beside = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]
                .compactMap { SourceTree.resolve($0, in: folder) }.filter(site.tree.contains)
            let assignments = written.entries.map {
                Assignment($0.name, $0.value, at: $0.position, origin: .workflow)
            }
            reading.deliveries.append(
                Delivery(
                    site.name, at: written.position, environment: site.environment(assignments, names: [path]),
                    target: beside.isEmpty ? nil : .compose, services: [], manifests: Array(beside.prefix(1)),
                    assignments: assignments, gaps: [written.gap].compactMap { $0 }))
        }
        for (_, task) in rendered.sorted(by: { $0.value.position < $1.value.position }) where !task.isDeployed {
            deploy(task, services: task.container, names: [])
        }
    }

    mutating func deploy(_ task: RenderedTask, services: [MarkedText], names: [String]) {
        let known = services.compactMap(\.text)
        reading.deliveries.append(
            Delivery(
                site.name, at: task.position,
                environment: site.environment(task.assignments, names: names + known + task.manifests), target: .ecs,
                services: known, manifests: task.manifests, assignments: task.assignments, gaps: task.gaps))
    }
}

extension WorkflowFile {
    /// The file as its caller's checkout has it: paths in an action's script start there.
    func at(_ checkout: String) -> WorkflowFile {
        WorkflowFile(path: path, root: root, source: source, checkoutFolder: checkout)
    }
}
