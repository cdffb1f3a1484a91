import Evidence

/// An object that runs pods, to workloads: one for each container.
struct PodReading {
    let owner: KubernetesObject
    let spec: ManifestNode
    /// Of the pods, by which a Service finds them.
    let labels: [String: String]
    let index: ConfigIndex

    /// Nil for an object that runs nothing.
    init?(_ owner: KubernetesObject, index: ConfigIndex) {
        guard let template = Self.template(of: owner), let spec = template["spec"] else { return nil }
        self.owner = owner
        self.spec = spec
        self.index = index
        var labels: [String: String] = [:]
        for member in template.descend("metadata", "labels")?.map ?? [] {
            labels[member.key] = member.value.scalar?.text
        }
        self.labels = labels
    }

    static func runsPods(_ object: KubernetesObject) -> Bool { template(of: object) != nil }

    private static func template(of owner: KubernetesObject) -> ManifestNode? {
        switch (owner.group, owner.kind) {
        case ("", "Pod"): owner.node
        case ("batch", "CronJob"): owner.node.descend("spec", "jobTemplate", "spec", "template")
        case ("apps", "Deployment"), ("apps", "StatefulSet"), ("apps", "DaemonSet"), ("apps", "ReplicaSet"),
            ("extensions", "Deployment"), ("extensions", "DaemonSet"), ("batch", "Job"),
            ("", "ReplicationController"), ("argoproj.io", "Rollout"), ("apps.openshift.io", "DeploymentConfig"):
            owner.node.descend("spec", "template")
        default: nil
        }
    }

    private var containers: [ManifestNode] {
        (spec["initContainers"]?.list ?? []) + (spec["containers"]?.list ?? [])
    }

    /// Of one container the object's name, of several each with its own behind it.
    var containerNames: [String] {
        let containers = containers
        return containers.enumerated().map { index, node in
            containers.count == 1 ? owner.name : "\(owner.name)/\(node.spelled("name") ?? String(index))"
        }
    }

    func workloads() -> [Workload] {
        let names = containerNames
        let volumes = PodVolumes(spec: spec, namespace: owner.namespace, index: index)
        return zip(containers, names).map { node, name in
            var environment = ContainerEnvironment(owner: owner, index: index)
            environment.read(node)
            var workload = Workload(name, at: node.position, assignments: environment.assignments)
            workload.overridden = environment.overridden
            workload.gaps = environment.gaps
            workload.dangling = environment.dangling
            workload.image = node.spelled("image")
            workload.command = ["command", "args"].flatMap { key in
                node[key]?.list?.compactMap { $0.scalar?.text } ?? []
            }
            workload.mounts = volumes.mounts(of: node)
            workload.neighbours = names.filter { $0 != name }
            return workload
        }
    }
}
