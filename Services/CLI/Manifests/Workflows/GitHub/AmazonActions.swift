import Evidence

/// The actions of aws-actions that deploy or fetch secrets.
enum AmazonActions {
    /// amazon-ecs-render-task-definition: a container's image and variables in a task definition. Of several in a row each
    /// takes what the one before it made.
    static func render(_ step: ManifestNode, in job: inout WorkflowJob) {
        guard let definition = job.input("task-definition", of: step) else { return }
        var task = WorkflowJob.RenderedTask(
            container: [], manifests: [], assignments: [], gaps: [], position: step["uses"]?.position ?? step.position)
        if let id = renderedStep(step, "task-definition"), let before = job.rendered[id] {
            task.manifests = before.manifests
            task.assignments = before.assignments
            task.gaps = before.gaps
            task.container = before.container
            job.rendered[id] = nil
        } else if let path = definition.text.flatMap({ SourceTree.resolve($0, in: job.file.checkout) }) {
            task.manifests = [path]
        } else {
            task.gaps.append(Gap("which task definition is used is decided when it runs", at: definition.position))
        }
        task.container += [job.input("container-name", of: step)].compactMap { $0 }
        for entry in WorkflowActions.entries(job.input("environment-variables", of: step)) {
            let value = entry.value.bound
            task.assignments.append(Assignment(entry.name, value, at: entry.position, origin: .workflow))
            if DeliverySite.showsSecret(entry.name, value) {
                job.reading.loose.append(LooseBinding(entry.name, value, in: .workflow, at: entry.position))
            }
        }
        for entry in WorkflowActions.entries(job.input("secrets", of: step)) {
            let value = entry.value.text.flatMap(AmazonSecretName.reference).map { BoundValue.reference($0) }
            task.assignments.append(
                Assignment(
                    entry.name, value ?? .opaque(entry.value.bound.shown), at: entry.position, origin: .workflow))
        }
        let id = step["id"]?.scalar?.text.lowercased() ?? "\(step.position.line)"
        job.rendered[id] = task
    }

    static func deploy(_ step: ManifestNode, in job: inout WorkflowJob) {
        let service = [job.input("service", of: step)].compactMap { $0 }
        let names = [job.input("cluster", of: step)?.text].compactMap { $0 }
        if let id = renderedStep(step, "task-definition"), var task = job.rendered[id] {
            job.deploy(task, services: service + task.container, names: names)
            task.isDeployed = true
            job.rendered[id] = task
            return
        }
        let path = job.input("task-definition", of: step)?.text.flatMap {
            SourceTree.resolve($0, in: job.file.checkout)
        }
        job.deliver(
            step, .ecs, services: service, manifests: [path].compactMap { $0 }, names: names, assignments: [])
    }

    /// The step in `${{ steps.ID.outputs.task-definition }}`.
    private static func renderedStep(_ step: ManifestNode, _ input: String) -> String? {
        guard let text = step["with"]?[input]?.scalar?.text, let range = text.firstRange(of: "steps.") else {
            return nil
        }
        return String(text[range.upperBound...].prefix { $0 != "." }).lowercased()
    }

    static func template(_ step: ManifestNode, in job: inout WorkflowJob) {
        let own = WorkflowActions.entries(job.input("parameter-overrides", of: step)).map {
            Assignment($0.name, $0.value.unquoted.bound, at: $0.position, origin: .workflow)
        }
        let path = job.input("template", of: step)?.text.flatMap { SourceTree.resolve($0, in: job.file.checkout) }
        job.deliver(
            step, .serverless, manifests: [path].compactMap { $0 },
            names: [job.input("name", of: step)?.text].compactMap { $0 }, assignments: own)
    }

    /// `ALIAS, NAME` for a line: the variable `ALIAS` gets the whole secret; without an alias its name in capitals.
    static func secrets(_ step: ManifestNode, in job: inout WorkflowJob) {
        guard job.input("parse-json-secrets", of: step)?.text != "true" else { return }
        for line in job.input("secret-ids", of: step)?.split(whereSeparator: { $0 == "\n" }) ?? [] {
            let parts = line.split { $0 == "," }.map(\.trimmed)
            guard let place = parts.last?.text, !place.isEmpty, !place.contains("*") else { continue }
            let alias = parts.count == 2 ? parts[0].text : nil
            let name = alias ?? String(place.uppercased().map { $0.isLetter || $0.isNumber ? $0 : "_" })
            job.shellFiles.exported[name] = ShellVariable(
                value: .reference(AmazonSecretName.secret(place)), position: line.trimmed.position, isExported: true)
        }
    }
}
