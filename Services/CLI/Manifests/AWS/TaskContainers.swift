import Evidence

/// Containers of a task definition, as the ECS interface (`containerDefinitions`) and CloudFormation
/// (`ContainerDefinitions`) write them.
struct TaskContainers {
    /// What a node's text comes to; nil where it says "no value".
    let value: (ManifestNode) -> BoundValue?
    /// What `valueFrom` names.
    let secret: (ManifestNode) -> BoundValue

    /// Names that say nothing of the service.
    private static let generic: Set<String> = ["app", "main", "web", "container", "server", "default", "application"]

    func workloads(_ containers: [ManifestNode], family: String?) -> [Workload] {
        let isSingle = containers.count == 1
        return containers.map { container in
            let name = container.member("name").flatMap { value($0)?.literal }
            let shown: String
            if isSingle {
                shown = name.map { Self.generic.contains($0) ? family ?? $0 : $0 } ?? family ?? "container"
            } else {
                shown = (family.map { $0 + "/" } ?? "") + (name ?? "container")
            }
            var workload = Workload(shown, at: container.member("name")?.position ?? container.position)
            workload.image = container.member("image").flatMap { value($0)?.literal }
            workload.command = ["entryPoint", "command"].flatMap { key in
                (container.member(key)?.list ?? []).compactMap { value($0)?.literal }
            }
            take(container, into: &workload)
            for entry in container.member("dependsOn")?.list ?? [] {
                if let other = entry.member("containerName").flatMap({ value($0)?.literal }) {
                    workload.neighbours.append((family.map { $0 + "/" } ?? "") + other)
                }
            }
            return workload
        }
    }

    /// `environment`, `secrets` and `environmentFiles` of a container. Where both bind one name ECS refuses the task;
    /// the secret is what was meant.
    func take(_ container: ManifestNode, into workload: inout Workload) {
        for entry in entries(container.member("environment"), into: &workload) {
            guard let name = entry.member("name"), let text = value(name)?.literal, let value = entry.member("value")
            else {
                noteOpen(entry, in: &workload)
                continue
            }
            guard let bound = self.value(value) else { continue }
            workload.assign(Assignment(text, bound, at: name.position))
        }
        for entry in entries(container.member("secrets"), into: &workload) {
            guard let name = entry.member("name"), let text = value(name)?.literal,
                let place = entry.member("valueFrom") ?? entry.member("value")
            else {
                noteOpen(entry, in: &workload)
                continue
            }
            workload.assign(Assignment(text, secret(place), at: name.position))
        }
        if let files = container.member("environmentFiles") {
            workload.gaps.append(Gap("environmentFiles are read from a bucket", at: files.position))
        }
    }

    /// An entry that a function chooses, or whose name it makes.
    private func noteOpen(_ entry: ManifestNode, in workload: inout Workload) {
        workload.gaps.append(Gap("which variable this is depends on an expression", at: entry.position))
    }

    private func entries(_ node: ManifestNode?, into workload: inout Workload) -> [ManifestNode] {
        guard let node else { return [] }
        guard let list = node.list, CloudFormationTemplate.call(node) == nil else {
            if !node.isNull { workload.gaps.append(Gap("its variables come from an expression", at: node.position)) }
            return []
        }
        return list
    }
}

extension Workload {
    /// The later of two with one name counts.
    mutating func assign(_ assignment: Assignment) {
        if let index = assignments.firstIndex(where: { $0.name == assignment.name }) {
            overridden.append(assignments[index])
            assignments[index] = assignment
        } else {
            assignments.append(assignment)
        }
    }
}
