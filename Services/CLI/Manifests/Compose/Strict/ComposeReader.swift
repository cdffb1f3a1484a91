import Evidence

/// Reads a compose file: text to `ComposeFile`, every fault with file and line. Pure but for `readFile`, which opens
/// what `env_file` names.
package struct ComposeReader {
    /// Nil when there is no such file.
    package typealias FileReader = (_ absolutePath: String) -> String?

    let file: String
    let directory: String
    let variables: [String: String]
    let readFile: FileReader
    var faults: [ManifestFault] = []
    var warnings: [ManifestFault] = []
    /// `secrets` of the file: name to absolute path.
    var secretFiles: [String: String] = [:]

    /// - Parameters:
    ///   - file: as messages name it.
    ///   - directory: absolute; the folder of the file.
    ///   - variables: what interpolation sees: the environment over `.env`.
    package static func read(
        _ text: String, file: String, directory: String, variables: [String: String],
        readFile: @escaping FileReader
    ) throws(ManifestFaults) -> ComposeFile {
        let root = try YAMLDocument.parse(text, file: file)
        var reader = ComposeReader(file: file, directory: directory, variables: variables, readFile: readFile)
        let services = reader.services(of: root)
        guard reader.faults.isEmpty else { throw ManifestFaults(reader.faults) }
        return ComposeFile(file: file, directory: directory, services: services, warnings: reader.warnings)
    }

    private init(file: String, directory: String, variables: [String: String], readFile: @escaping FileReader) {
        self.file = file
        self.directory = directory
        self.variables = variables
        self.readFile = readFile
    }

    private mutating func services(of root: ManifestNode) -> [ComposeService] {
        guard let top = root.map else {
            fault(root.position, "the file is a \(root.kindName), not a mapping", "start with services:")
            return []
        }
        for member in top where !ComposeKeys.topLevelUnderstood.contains(member.key) && !member.key.hasPrefix("x-") {
            fault(
                member.position, "the key \(member.key) is not understood", "leave it away, or write its services here")
        }
        readSecretFiles(root["secrets"])
        guard let members = root["services"]?.map else {
            fault(root.position, "there are no services", "list them under services:")
            return []
        }
        var services: [ComposeService] = []
        for member in members { services.append(service(member)) }
        checkDependencies(of: services)
        return services
    }

    /// A dependency on a service that is not in the file.
    private mutating func checkDependencies(of services: [ComposeService]) {
        let names = Set(services.map(\.name))
        for service in services {
            for dependency in service.dependencies where !names.contains(dependency.service) {
                fault(
                    dependency.position, "\(service.name) depends on \(dependency.service), which is not in this file",
                    "name one of: \(names.sorted().joined(separator: ", "))")
            }
        }
    }

    // MARK: what the parts share

    mutating func fault(_ position: SourcePosition, _ problem: String, _ mend: String) {
        // An anchor that is used five times is wrong once.
        let fault = ManifestFault(position, problem, mend: mend)
        if !faults.contains(fault) { faults.append(fault) }
    }

    mutating func warn(_ position: SourcePosition, _ problem: String, _ mend: String) {
        let warning = ManifestFault(position, problem, mend: mend)
        if !warnings.contains(warning) { warnings.append(warning) }
    }

    /// Fills in variables, in every scalar below; keys stay as they are.
    mutating func interpolated(_ node: ManifestNode) -> ManifestNode {
        switch node.content {
        case .scalar(let scalar):
            return ManifestNode(.scalar(interpolated(scalar, at: node.position)), at: node.position)
        case .list(let list):
            return ManifestNode(.list(list.map { interpolated($0) }), at: node.position)
        case .map(var members):
            for index in members.indices { members[index].value = interpolated(members[index].value) }
            return ManifestNode(.map(members), at: node.position)
        }
    }

    private mutating func interpolated(_ scalar: ManifestScalar, at position: SourcePosition) -> ManifestScalar {
        guard scalar.text.contains("$") else { return scalar }
        do throws(Interpolation.Fault) {
            let expansion = try Interpolation.expand(scalar.text) { variables[$0] }
            for name in expansion.blanks {
                warn(position, "\(name) is not set, a blank stands for it", "set \(name), or write ${\(name):-}")
            }
            return ManifestScalar(expansion.text, isPlain: scalar.isPlain && !expansion.usedVariables)
        } catch {
            switch error {
            case .malformed:
                fault(position, "a $ starts nothing that can be read", "write ${NAME}, or $$ for a dollar sign")
            case .required(let name, let message):
                let reason = message.isEmpty ? "" : ": \(message)"
                fault(position, "\(name) is required\(reason)", "set \(name) in .env or in the environment")
            }
            return ManifestScalar("", isPlain: false)
        }
    }

    mutating func text(_ node: ManifestNode, of key: String) -> String? {
        guard let scalar = node.scalar, scalar.kind != .null else {
            fault(node.position, "\(key) is a \(node.kindName), not a word", "write one value")
            return nil
        }
        return scalar.text
    }

    mutating func texts(_ node: ManifestNode, of key: String) -> [String] {
        guard let list = node.list else {
            fault(node.position, "\(key) is a \(node.kindName), not a list", "write a list")
            return []
        }
        return list.compactMap { text($0, of: key) }
    }

    mutating func duration(_ node: ManifestNode, of key: String) -> Duration? {
        guard let text = text(node, of: key) else { return nil }
        guard let duration = ComposeDuration.parse(text) else {
            fault(node.position, "\(key) is no duration", "write one like 10s, 1m30s or 500ms")
            return nil
        }
        return duration
    }

    /// Relative paths stand under the compose file's folder.
    func absolute(_ path: String) -> String {
        if path == "~" || path.hasPrefix("~/"), let home = variables["HOME"] {
            return AbsolutePath.of("." + path.dropFirst(), under: home)
        }
        return AbsolutePath.of(path, under: directory)
    }
}
