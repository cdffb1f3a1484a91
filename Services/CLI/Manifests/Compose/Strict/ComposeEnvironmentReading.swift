import Evidence

extension ComposeReader {
    /// `env_file`, in order, then `environment` over it.
    mutating func environment(of service: ManifestNode) -> [ComposeVariable] {
        var variables: [ComposeVariable] = []
        if let files = service["env_file"], !files.isNull { variables += envFiles(files) }
        if let node = service["environment"], !node.isNull { variables += environment(node) }
        // The later of two with one name counts, and stands at the later place.
        var seen: Set<String> = []
        return variables.reversed().filter { seen.insert($0.name).inserted }.reversed()
    }

    private mutating func envFiles(_ node: ManifestNode) -> [ComposeVariable] {
        (node.list ?? [node]).flatMap { entry -> [ComposeVariable] in
            let required = entry["required"]?.scalar?.text != "false"
            guard let path = text(entry["path"] ?? entry, of: "env_file") else { return [] }
            guard let content = readFile(absolute(path)) else {
                if required { fault(entry.position, "the file \(path) can't be read", "create it, or name another") }
                return []
            }
            do throws(ManifestFaults) {
                let parsed = try DotEnv.parse(content, file: path, environment: self.variables)
                for warning in parsed.warnings { warn(warning.position, warning.problem, warning.mend) }
                return parsed.entries.compactMap { entry in
                    entry.value.map {
                        ComposeVariable(name: entry.name, value: $0, position: .init(file: path, line: entry.line))
                    }
                }
            } catch {
                for fault in error.faults { self.fault(fault.position, fault.problem, fault.mend) }
                return []
            }
        }
    }

    private mutating func environment(_ node: ManifestNode) -> [ComposeVariable] {
        if let list = node.list { return list.compactMap { variable($0) } }
        guard let members = node.map else {
            fault(node.position, "environment is a \(node.kindName)", "write NAME: value, or - NAME=value")
            return []
        }
        return members.compactMap { member in
            guard let scalar = member.value.scalar else {
                fault(member.position, "\(member.key) is a \(member.value.kindName), not a value", "write one value")
                return nil
            }
            return variable(member.key, scalar, at: member.position)
        }
    }

    private mutating func variable(
        _ name: String, _ scalar: ManifestScalar, at position: SourcePosition
    ) -> ComposeVariable? {
        switch scalar.kind {
        case .null: return inherited(name, at: position)
        case .string: return ComposeVariable(name: name, value: scalar.text, position: position)
        case .number where scalar.isUnambiguousNumber:
            return ComposeVariable(name: name, value: scalar.text, position: position)
        case .number, .boolean, .date:
            fault(position, "\(name) is a \(scalar.kind) that readers of YAML print differently", "put it in quotes")
            return nil
        }
    }

    private mutating func variable(_ node: ManifestNode) -> ComposeVariable? {
        guard let text = text(node, of: "environment") else { return nil }
        guard let sign = text.firstIndex(of: "=") else { return inherited(text, at: node.position) }
        let name = String(text[..<sign])
        guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
            fault(node.position, "a variable's name is empty or holds a blank", "write - NAME=value")
            return nil
        }
        return ComposeVariable(name: name, value: String(text[text.index(after: sign)...]), position: node.position)
    }

    /// A name alone takes the value that compose itself sees; without one the variable stays unset.
    private func inherited(_ name: String, at position: SourcePosition) -> ComposeVariable? {
        variables[name].map { ComposeVariable(name: name, value: $0, position: position) }
    }
}
