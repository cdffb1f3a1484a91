import Evidence

extension ComposeReader {
    mutating func service(_ member: ManifestNode.Member) -> ComposeService {
        var service = ComposeService(name: member.key, position: member.position)
        let node = interpolated(member.value)
        guard let members = node.map else {
            fault(member.position, "the service \(member.key) is a \(node.kindName), not a mapping", "write its keys")
            return service
        }
        service.executable = node["x-lockstep"].flatMap { executable($0) }
        for member in members { read(member, into: &service) }
        service.environment = environment(of: node)
        return service
    }

    private mutating func read(_ member: ManifestNode.Member, into service: inout ComposeService) {
        let key = member.key
        let value = member.value
        if ComposeKeys.meaninglessOutsideContainers.contains(key) { service.ignoredKeys.append(key) }
        guard ComposeKeys.understood.contains(key) else {
            // Nothing of a service that is not run here can run differently here.
            let isRun = service.executable != nil
            if isRun, !key.hasPrefix("x-"), !ComposeKeys.meaninglessOutsideContainers.contains(key) {
                fault(
                    member.position, "the key \(key) of \(service.name) is not understood, and may matter",
                    ComposeKeys.mends[key] ?? "leave it away, or start the service in a container")
            }
            return
        }
        // An empty key is one that is not there.
        if value.isNull { return }
        switch key {
        case "command": service.command = words(value, of: key)
        case "entrypoint": service.entrypoint = words(value, of: key)
        case "container_name", "hostname": service.aliases += [text(value, of: key)].compactMap(\.self)
        case "networks": service.aliases += networkAliases(value)
        case "depends_on": service.dependencies = dependencies(value)
        case "healthcheck": service.healthcheck = healthcheck(value)
        case "ports": service.ports = ports(value)
        case "profiles": service.profiles = texts(value, of: key)
        case "restart": service.restart = restart(value)
        case "scale": checkScale(value)
        case "deploy": value["replicas"].map { checkScale($0) }
        case "secrets": service.mounts += secretMounts(value)
        case "volumes": service.mounts += mounts(value)
        case "stop_grace_period":
            service.stopGracePeriod = duration(value, of: key) ?? service.stopGracePeriod
        case "stop_signal": service.stopSignal = stopSignal(value)
        case "working_dir": service.workingDirectory = text(value, of: key)
        default: break  // environment and env_file belong together, x-lockstep came first
        }
    }

    private mutating func executable(_ node: ManifestNode) -> ServiceExecutable? {
        guard let members = node.map, let name = node["executable"]?.scalar?.text, !name.isEmpty else {
            fault(node.position, "x-lockstep names no executable", "write x-lockstep: {executable: gateway}")
            return nil
        }
        for member in members where !["executable", "path"].contains(member.key) {
            fault(member.position, "the key \(member.key) of x-lockstep is not understood", "use executable and path")
        }
        guard !name.contains("/") else {
            fault(node.position, "the executable of x-lockstep is a path", "name it, and give its place as path")
            return nil
        }
        let path = node["path"]?.scalar?.text
        return ServiceExecutable(name: name, path: path.map { absolute($0) }, position: node.position)
    }

    private mutating func words(_ node: ManifestNode, of key: String) -> [String]? {
        if node.list != nil { return texts(node, of: key) }
        guard let text = text(node, of: key) else { return nil }
        guard let words = ShellWords.split(text) else {
            fault(node.position, "a quote of \(key) is never closed", "close it, or write a list of words")
            return nil
        }
        return words
    }

    private func networkAliases(_ node: ManifestNode) -> [String] {
        (node.map ?? []).flatMap { network in
            (network.value["aliases"]?.list ?? []).compactMap { $0.scalar?.text }
        }
    }

    private mutating func dependencies(_ node: ManifestNode) -> [ComposeDependency] {
        if node.list != nil {
            return texts(node, of: "depends_on").map {
                ComposeDependency(service: $0, condition: .started, position: node.position)
            }
        }
        guard let members = node.map else {
            fault(node.position, "depends_on is a \(node.kindName)", "write a list of services, or a mapping")
            return []
        }
        return members.compactMap { member in
            let text = member.value["condition"]?.scalar?.text ?? ComposeDependency.Condition.started.rawValue
            guard let condition = ComposeDependency.Condition(rawValue: text) else {
                let known = ComposeDependency.Condition.allCases.map(\.rawValue).joined(separator: ", ")
                fault(member.position, "the condition of \(member.key) is not understood", "write one of: \(known)")
                return nil
            }
            return ComposeDependency(service: member.key, condition: condition, position: member.position)
        }
    }

    private mutating func restart(_ node: ManifestNode) -> ComposeRestart {
        let text = node.scalar?.text ?? ""
        switch text {
        // YAML reads a bare no as a boolean; it is meant all the same.
        case "no", "false": return .never
        case "always", "unless-stopped": return .always
        case "on-failure": return .onFailure(limit: nil)
        default:
            if let match = text.wholeMatch(of: /on-failure:([0-9]{1,6})/), let limit = Int(match.1) {
                return .onFailure(limit: limit)
            }
            fault(
                node.position, "this restart policy is not understood",
                "write \"no\", always, unless-stopped, on-failure or on-failure:3")
            return .never
        }
    }

    private mutating func checkScale(_ node: ManifestNode) {
        guard node.scalar?.text != "1" else { return }
        fault(node.position, "more or fewer than one replica", "one process runs per service: write 1")
    }

    private mutating func stopSignal(_ node: ManifestNode) -> Int32? {
        let numbers: [String: Int32] = ["TERM": 15, "INT": 2, "QUIT": 3, "HUP": 1, "USR1": 10, "USR2": 12, "KILL": 9]
        let text = node.scalar?.text ?? ""
        let name = text.hasPrefix("SIG") ? String(text.dropFirst(3)) : text
        if let number = numbers[name] ?? Int32(text).flatMap({ (1...31).contains($0) ? $0 : nil }) { return number }
        fault(node.position, "stop_signal is not understood", "write one like SIGTERM, SIGINT or SIGQUIT")
        return nil
    }
}
