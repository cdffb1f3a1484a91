import Evidence

/// One service in one environment.
extension DeclarationReading {
    mutating func deployment(_ member: ManifestNode.Member, of service: String) -> Declaration.Deployment? {
        let what = "\(service) in \(member.key)"
        let node = member.value
        let known = ["image", "port", "host", "scaling", "volumes", "variables", "secrets", "targets"]
        guard members(node, of: what, allowed: known) != nil else { return nil }
        let image = required("image", in: node, of: what, at: member.position).flatMap { self.image($0) }
        let port = required("port", in: node, of: what, at: member.position).flatMap {
            integer($0, of: "port", in: 1...65_535)
        }
        let scaling = required("scaling", in: node, of: what, at: member.position).flatMap {
            self.scaling($0, of: what)
        }
        let variables = node["variables"].map { self.variables($0, of: what) } ?? []
        let secrets = node["secrets"].map { self.secrets($0, of: what) } ?? []
        for secret in secrets where variables.contains(where: { $0.name == secret.name }) {
            fault(secret.position, "\(secret.name) of \(what) is a variable as well", "keep the secret")
        }
        return Declaration.Deployment(
            environment: member.key, image: image ?? "", port: port ?? 0,
            scaling: scaling
                ?? .init(minimum: 1, maximum: 1, milliCPU: 1000, memory: 512 << 20, position: node.position),
            volumes: node["volumes"].map { volumes($0, of: what) } ?? [], variables: variables, secrets: secrets,
            host: node["host"].flatMap { host($0) }, overrides: node["targets"].map { overrides($0, of: what) } ?? [],
            position: member.position)
    }

    private mutating func image(_ node: ManifestNode) -> String? {
        guard let name = text(node, of: "image") else { return nil }
        if name.wholeMatch(of: /[a-z0-9]+([._\/-]+[a-z0-9]+)*/) == nil {
            fault(
                node.position, "this image is not understood",
                "write its name alone: the environment's registry goes before it, the release's tag behind it")
        }
        return name
    }

    private mutating func scaling(_ node: ManifestNode, of what: String) -> Declaration.Scaling? {
        let what = "scaling of \(what)"
        guard members(node, of: what, allowed: ["min", "max", "cpu", "memory"]) != nil else { return nil }
        let minimum = required("min", in: node, of: what, at: node.position).flatMap {
            integer($0, of: "min", in: 0...1000)
        }
        let maximum = required("max", in: node, of: what, at: node.position).flatMap {
            integer($0, of: "max", in: 1...1000)
        }
        let cpu = required("cpu", in: node, of: what, at: node.position).flatMap { milliCPU($0) }
        let memory = required("memory", in: node, of: what, at: node.position).flatMap { bytes($0) }
        guard let minimum, let maximum, let cpu, let memory else { return nil }
        if minimum > maximum { fault(node.position, "min of \(what) is above its max", "swap them") }
        return .init(minimum: minimum, maximum: maximum, milliCPU: cpu, memory: memory, position: node.position)
    }

    private mutating func milliCPU(_ node: ManifestNode) -> Int? {
        if let text = node.scalar?.text {
            if let match = text.wholeMatch(of: /([1-9][0-9]{0,5})m/), let milli = Int(match.1) { return milli }
            if text.wholeMatch(of: /[0-9]{1,3}(\.[0-9]{1,3})?/) != nil, let cores = Double(text), cores > 0 {
                return Int((cores * 1000).rounded())
            }
        }
        fault(node.position, "cpu is not understood", "write processors like 1 or 0.5, or thousandths like 500m")
        return nil
    }

    private mutating func bytes(_ node: ManifestNode) -> Int? {
        if let match = node.scalar?.text.wholeMatch(of: /([1-9][0-9]{0,6})(Mi|Gi)/), let amount = Int(match.1) {
            return amount << (match.2 == "Mi" ? 20 : 30)
        }
        fault(node.position, "memory is not understood", "write it like 512Mi or 1Gi")
        return nil
    }

    mutating func volumes(_ node: ManifestNode, of what: String) -> [Declaration.Volume] {
        var volumes: [Declaration.Volume] = []
        for entry in entries(node, of: "volumes of \(what)", keys: ["name", "path"]) {
            guard let name = required("name", in: entry, of: "this volume", at: entry.position),
                let path = required("path", in: entry, of: "this volume", at: entry.position),
                let name = text(name, of: "name"), let path = text(path, of: "path")
            else { continue }
            if !path.hasPrefix("/") || path == "/" {
                fault(entry.position, "the path of the volume \(name) is no folder of the container", "start it with /")
            }
            if volumes.contains(where: { $0.name == name || $0.path == path }) {
                fault(entry.position, "the volume \(name) stands twice", "keep one")
            } else {
                volumes.append(.init(name: name, path: path, position: entry.position))
            }
        }
        return volumes
    }

    mutating func variables(_ node: ManifestNode, of what: String) -> [Declaration.Variable] {
        var variables: [Declaration.Variable] = []
        for member in members(node, of: "variables of \(what)", allowed: nil) ?? [] {
            checkVariableName(member.key, at: member.position)
            // YAML's own types are printed in a different way by each target's reader.
            guard let scalar = member.value.scalar, scalar.kind == .string || scalar.isUnambiguousNumber else {
                fault(
                    member.position, "the value of \(member.key) is a \(member.value.kindName), not a text",
                    "put it in quotes")
                continue
            }
            variables.append(.init(name: member.key, value: scalar.text, position: member.position))
        }
        return variables
    }

    mutating func secrets(_ node: ManifestNode, of what: String) -> [Declaration.Secret] {
        var secrets: [Declaration.Secret] = []
        for entry in entries(node, of: "secrets of \(what)", keys: ["name", "secret_name", "version"]) {
            let what = "a secret of \(what)"
            let name = required("name", in: entry, of: what, at: entry.position).flatMap { text($0, of: "name") }
            let secretName = required("secret_name", in: entry, of: what, at: entry.position).flatMap {
                text($0, of: "secret_name")
            }
            let version = required("version", in: entry, of: what, at: entry.position).flatMap { self.version($0) }
            guard let name, let secretName, let version else { continue }
            checkVariableName(name, at: entry.position)
            if secretName.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.\/+=@-]{0,254}/) == nil {
                fault(entry.position, "secret_name of \(name) is no name that a store takes", "write the name alone")
            }
            if secrets.contains(where: { $0.name == name }) {
                fault(entry.position, "\(name) stands twice in \(what)", "keep one")
            } else {
                secrets.append(
                    .init(name: name, secretName: secretName, version: version, position: entry.position))
            }
        }
        return secrets
    }

    private mutating func version(_ node: ManifestNode) -> String? {
        guard let text = node.scalar?.text, text == "latest" || text.wholeMatch(of: /[1-9][0-9]{0,9}/) != nil else {
            fault(node.position, "this version of a secret is not understood", "write the number of the version")
            return nil
        }
        return text
    }

    private mutating func entries(_ node: ManifestNode, of what: String, keys: [String]) -> [ManifestNode] {
        guard let list = node.list else {
            fault(node.position, "\(what) is a \(node.kindName), not a list", "write a list of entries")
            return []
        }
        return list.filter { members($0, of: "an entry of \(what)", allowed: keys) != nil }
    }

    private mutating func checkVariableName(_ name: String, at position: SourcePosition) {
        if name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
            fault(position, "\(name) is no name for a variable", "use letters, digits and underscores")
        }
    }
}
