import Evidence

/// Which YAML is a compose file: by its name, or by what it holds.
enum ComposeShape {
    /// `docker-compose.yml`, `compose.prod.yaml`, `api.compose.yml`, `docker-stack.yml`, `stack.yml`.
    static func isNamedSo(_ path: String) -> Bool {
        guard let stem = stem(of: path) else { return false }
        let words = stem.split { $0 == "." || $0 == "-" || $0 == "_" }
        return words.contains { $0 == "compose" || $0 == "dockercompose" } || words.first == "stack"
            || (words.contains("docker") && words.contains("stack")) || words.last == "stack"
    }

    /// YAML that no other reader knows by its name.
    static func mayBeNamed(_ path: String) -> Bool {
        guard let stem = stem(of: path) else { return false }
        return !["infrastructure", "lockstep", "render", "app", "serverless"].contains(stem)
    }

    /// Whether a text of another name is worth being parsed: it has services at its top, and is no template of YAML.
    static func mayBe(_ text: String) -> Bool { hasServices(text) && !text.contains("{{") }

    /// The name in lower case, without `.yml` or `.yaml`; nil for other files.
    private static func stem(of path: String) -> String? {
        let name = SourceTree.name(of: path).lowercased()
        for ending in [".yml", ".yaml"] where name.hasSuffix(ending) { return String(name.dropLast(ending.count)) }
        return nil
    }

    private static func hasServices(_ text: String) -> Bool {
        let key = "services:".utf8
        var rest = text.utf8[...]
        while !rest.isEmpty {
            if rest.starts(with: key) { return true }
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return false }
            rest = rest[rest.index(after: end)...]
        }
        return false
    }

    /// The services of a compose file; nil where the document is something else.
    /// - Parameter isNamed: its name says that it is one.
    static func services(of root: ManifestNode, isNamed: Bool) -> [ManifestNode.Member]? {
        guard let top = root.map, !top.contains(where: { otherFormats.contains($0.key) }) else { return nil }
        if let node = root["services"] {
            guard !isNamed else { return (node.map ?? []).filter { isService($0.value) } }
            guard let services = node.map, services.allSatisfy({ isService($0.value) }), looksRight(services) else {
                return nil
            }
            return services
        }
        guard isNamed else { return nil }
        // Volumes, networks or includes alone.
        if top.allSatisfy({ topLevel.contains($0.key) || $0.key.hasPrefix("x-") }) { return [] }
        // Version 1: the services are the top level.
        let services = top.filter { !$0.key.hasPrefix("x-") }
        let isFirstVersion = services.allSatisfy { member in
            member.value["image"]?.scalar != nil || member.value["build"] != nil || member.value["extends"] != nil
        }
        return isFirstVersion ? services : nil
    }

    /// Whether a member of `services` can be one; an empty one may get its keys from another file.
    static func isService(_ node: ManifestNode) -> Bool { node.map != nil || node.isNull }

    private static func looksRight(_ services: [ManifestNode.Member]) -> Bool {
        services.contains { $0.value["image"]?.scalar != nil || $0.value["build"] != nil }
            && services.allSatisfy { service in
                (service.value.map ?? []).allSatisfy { $0.key.hasPrefix("x-") || serviceKeys.contains($0.key) }
            }
    }

    private static let topLevel: Set<String> = [
        "version", "name", "services", "networks", "volumes", "configs", "secrets", "include", "models",
    ]

    private static let serviceKeys = ComposeKeys.understood.union(ComposeKeys.meaninglessOutsideContainers)
        .union(ComposeKeys.mends.keys).union([
            "provider", "models", "gpus", "label_file", "post_start", "pre_stop", "use_api_socket", "credential_spec",
            "volume_driver", "net", "log_driver", "log_opt", "dockerfile", "pull_refresh_after",
        ])

    /// Keys of formats that have `services` too, or of anything but compose.
    private static let otherFormats: Set<String> = [
        "apiVersion", "kind", "jobs", "on", "stages", "pipeline", "pipelines", "steps", "Resources", "runtime",
        "provider", "imports", "parameters",
    ]
}
