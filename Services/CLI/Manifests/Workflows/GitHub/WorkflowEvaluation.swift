import Evidence

/// Follows a workflow's jobs into the reusable workflows that they call.
struct WorkflowEvaluation {
    private static let depthLimit = 6

    let files: [String: WorkflowFile]
    let tree: SourceTree
    /// Workflows that call several, which call several, multiply; so do actions.
    private let budget = ReadingBudget(5_000)
    private(set) var reading = ManifestReading()

    init(files: [String: WorkflowFile], tree: SourceTree) {
        self.files = files
        self.tree = tree
    }

    /// - Parameters:
    ///   - chain: the workflows that called this one, so that a circle ends.
    ///   - caller: the calling job, whose name may speak of an environment.
    mutating func evaluate(
        _ file: WorkflowFile, inputs: [String: BoundValue], secrets: WorkflowScope.Secrets, chain: [String],
        caller: String?
    ) {
        var scope = WorkflowScope()
        scope.secrets = secrets
        scope.inputs = inputs
        take(file.root["env"], into: &scope)
        for job in file.root["jobs"]?.map ?? [] {
            for combination in WorkflowMatrix.combinations(job.value["strategy"]?["matrix"]) {
                guard budget.take() else { return }
                var own = scope
                own.matrix = combination
                own.environment = Self.environmentName(job.value, own)
                if let uses = job.value["uses"]?.scalar?.text {
                    call(uses, job, own, file, chain)
                } else {
                    run(job, own, file, caller)
                }
                scope.needs[job.key.lowercased()] = outputs
            }
        }
    }

    private var outputs: [String: BoundValue] = [:]

    static func environmentName(_ job: ManifestNode, _ scope: WorkflowScope) -> String? {
        guard let text = job["environment"]?.scalar?.text ?? job["environment"]?["name"]?.scalar?.text, !text.isEmpty
        else { return nil }
        return scope.fill(text).literal ?? text
    }

    private mutating func take(_ env: ManifestNode?, into scope: inout WorkflowScope) {
        reading.loose += WorkflowVariables.take(env, into: &scope)
    }

    private mutating func call(
        _ uses: String, _ job: ManifestNode.Member, _ scope: WorkflowScope, _ file: WorkflowFile, _ chain: [String]
    ) {
        outputs = [:]
        guard uses.hasPrefix("./"), let path = SourceTree.resolve(uses, in: file.checkout), let called = files[path],
            !chain.contains(path), chain.count < Self.depthLimit
        else { return }
        var inputs: [String: BoundValue] = [:]
        for input in called.triggers?["workflow_call"]?["inputs"]?.map ?? [] {
            inputs[input.key.lowercased()] = input.value["default"]?.scalar.map { .literal($0.text) } ?? .empty
        }
        for input in job.value["with"]?.map ?? [] {
            guard let text = input.value.scalar?.text else { continue }
            inputs[input.key.lowercased()] = scope.fill(text)
        }
        let secrets: WorkflowScope.Secrets
        if job.value["secrets"]?.scalar?.text == "inherit" {
            secrets = scope.secrets
        } else {
            var handed: [String: BoundValue] = [:]
            for secret in job.value["secrets"]?.map ?? [] {
                guard let text = secret.value.scalar?.text else { continue }
                handed[secret.key.uppercased()] = scope.fill(text)
            }
            secrets = .handed(handed)
        }
        evaluate(called, inputs: inputs, secrets: secrets, chain: chain + [path], caller: job.key)
    }

    private mutating func run(
        _ job: ManifestNode.Member, _ scope: WorkflowScope, _ file: WorkflowFile, _ caller: String?
    ) {
        var scope = scope
        take(job.value["container"]?["env"], into: &scope)
        take(job.value["env"], into: &scope)
        let site = site(job, scope, file, caller)
        var run = WorkflowJob(scope: scope, site: site, file: file, files: files, job: job.value, budget: budget)
        run.perform(job.value["steps"]?.list ?? [])
        run.finish()
        reading.add(run.reading)
        outputs = [:]
        for output in job.value["outputs"]?.map ?? [] {
            guard let text = output.value.scalar?.text else { continue }
            let value = run.scope.fill(text)
            if !value.isOpaque { outputs[output.key.lowercased()] = value }
        }
    }

    private func site(
        _ job: ManifestNode.Member, _ scope: WorkflowScope, _ file: WorkflowFile, _ caller: String?
    ) -> DeliverySite {
        let name = SourceTree.name(of: file.path)
        var hints: [(String, String)] = []
        for value in scope.matrix.compactMap({ $0.value.scalar?.text }) {
            hints.append((value, "the matrix value \(value)"))
        }
        if let condition = job.value["if"]?.scalar?.text {
            for branch in Self.branches(condition) { hints.append((branch, "the branch \(branch)")) }
        }
        if let caller { hints.append((caller, "the calling job \(caller)")) }
        hints.append((job.key, "the name of the job \(job.key)"))
        if let title = job.value["name"]?.scalar?.text { hints.append((title, "the name of the job \(job.key)")) }
        hints.append((name, "the name of \(name)"))
        let branches = file.branches
        if branches.count == 1 { hints.append((branches[0], "the branch \(branches[0])")) }
        if let title = file.root["name"]?.scalar?.text { hints.append((title, "the name in \(name)")) }
        return DeliverySite(
            name: "\(name): \(job.key)",
            environment: scope.environment.flatMap {
                StackEnvironment.named(by: $0, evidence: "environment of the job \(job.key) in \(name)")
            }, hints: hints, tree: tree)
    }

    /// `refs/heads/staging` in a condition that asks for equality.
    private static func branches(_ condition: String) -> [String] {
        guard condition.contains("=="), !condition.contains("!=") else { return [] }
        return condition.split(separator: "'").map(String.init).filter { $0.hasPrefix("refs/heads/") }
            .map { String($0.dropFirst(11)) }
    }
}

enum WorkflowVariables {
    /// `env:` of a workflow, job or step into the scope.
    /// - Returns: what stands there in the open.
    static func take(_ env: ManifestNode?, into scope: inout WorkflowScope) -> [LooseBinding] {
        var loose: [LooseBinding] = []
        // Values see what was there before their own mapping.
        let before = scope
        for member in env?.map ?? [] {
            guard let scalar = member.value.scalar else { continue }
            let value = before.fill(scalar.text)
            scope.env[member.key] = ShellVariable(value: value, position: member.position, isExported: true)
            if DeliverySite.showsSecret(member.key, value) {
                loose.append(LooseBinding(member.key, value, in: .workflow, at: member.position))
            }
        }
        return loose
    }
}
