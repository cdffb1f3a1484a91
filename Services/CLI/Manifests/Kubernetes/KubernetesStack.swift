import Evidence

/// Objects that are applied together, to stacks.
struct KubernetesStack {
    /// For messages.
    let name: String
    var environment: StackEnvironment?
    var objects: [KubernetesObject]
    /// Objects that all stacks of the place share.
    var shared: [KubernetesObject] = []

    /// One stack; several where namespaces are environments or hold the same services.
    func stacks() -> [Stack] {
        let index = ConfigIndex(shared + objects)
        var parts: [(key: String, objects: [KubernetesObject], workloads: [Workload])] = []
        var partOf: [String: Int] = [:]
        let split = needsSplit
        for object in objects {
            let key = split ? object.namespace ?? "" : ""
            let workloads = PodReading(object, index: index)?.workloads() ?? []
            if let part = partOf[key] {
                parts[part].objects.append(object)
                parts[part].workloads += workloads
            } else {
                partOf[key] = parts.count
                parts.append((key, [object], workloads))
            }
        }
        return parts.compactMap { part in
            guard !part.workloads.isEmpty else { return nil }
            return stack(part.key, part.objects, part.workloads)
        }
    }

    private func stack(_ namespace: String, _ objects: [KubernetesObject], _ found: [Workload]) -> Stack {
        var workloads = found
        Neighbours.find(in: &workloads, hosts: Self.hosts(objects))
        var seen: Set<String> = []
        let files = objects.map(\.position.file).filter { seen.insert($0).inserted }
        let named =
            environment ?? Self.environment(ofNamespacesIn: objects)
            ?? VariableEnvironment.of(workloads)
        return Stack(
            .kubernetes, name: namespace.isEmpty ? name : "\(name) (\(namespace))", environment: named, files: files,
            workloads: workloads)
    }

    /// Namespaces that name different environments, or of which two run a workload of one name.
    private var needsSplit: Bool {
        var namespaceOf: [String: String] = [:]
        var environments: Set<StackEnvironment?> = []
        for object in objects where PodReading.runsPods(object) {
            let namespace = object.namespace ?? ""
            environments.insert(StackEnvironment.named(by: namespace, evidence: ""))
            let id = "\(object.kind)/\(object.name)"
            if let other = namespaceOf[id], other != namespace { return true }
            namespaceOf[id] = namespace
        }
        return environments.count > 1
    }

    private static func environment(ofNamespacesIn objects: [KubernetesObject]) -> StackEnvironment? {
        var found: StackEnvironment?
        for object in objects where PodReading.runsPods(object) {
            guard let namespace = object.namespace else { continue }
            let position = object.node.descend("metadata", "namespace")?.position ?? object.position
            guard let named = StackEnvironment.named(by: namespace, evidence: "the namespace at \(position)") else {
                continue
            }
            if let found, found.environment != named.environment { return nil }
            found = found ?? named
        }
        return found
    }

    /// What each Service's name leads to.
    private static func hosts(_ objects: [KubernetesObject]) -> [String: [String]] {
        var hosts: [String: [String]] = [:]
        let unused = ConfigIndex([])
        // By each label, as every Service looks among all pods.
        var podsByLabel: [String: [PodReading]] = [:]
        for object in objects {
            guard let pod = PodReading(object, index: unused) else { continue }
            for (key, value) in pod.labels { podsByLabel["\(key)=\(value)", default: []].append(pod) }
        }
        for service in objects where service.kind == "Service" && service.group.isEmpty {
            let selector = service.node.descend("spec", "selector")?.map ?? []
            let candidates = selector.map { podsByLabel["\($0.key)=\($0.value.scalar?.text ?? "")"] ?? [] }
            guard let fewest = candidates.min(by: { $0.count < $1.count }) else { continue }
            for pod in fewest where selector.allSatisfy({ pod.labels[$0.key] == $0.value.scalar?.text }) {
                hosts[service.name, default: []] += pod.containerNames
            }
        }
        return hosts
    }
}

/// The environment that the services themselves are told.
enum VariableEnvironment {
    private static let names = ["ENVIRONMENT", "APP_ENV", "APP_ENVIRONMENT", "DEPLOY_ENV", "ENV", "NODE_ENV"]

    /// By the first of the names of which any workload has a text; nil where two say different things.
    static func of(_ workloads: [Workload]) -> StackEnvironment? {
        for name in names {
            var found: StackEnvironment?
            for workload in workloads {
                guard let assignment = workload[name], let text = assignment.value.literal,
                    let named = StackEnvironment.named(by: text, evidence: "\(name) at \(assignment.position)")
                else { continue }
                if let found, found.environment != named.environment { return nil }
                found = found ?? named
            }
            if let found { return found }
        }
        return nil
    }
}
