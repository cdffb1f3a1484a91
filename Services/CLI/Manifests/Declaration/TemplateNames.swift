import Evidence

/// What `${…}` can name in one environment of a foreign declaration: the scalars of the file outside its services, with
/// the environment's own over them.
struct TemplateNames {
    /// Groups whose members are named without the group too.
    private static let groups: Set<String> = [
        "variables", "vars", "var", "global", "globals", "defaults", "common", "settings", "values", "project",
    ]
    /// Templates that name templates end here.
    private static let depthLimit = 16

    private var texts: [String: String] = [:]

    init(root: ManifestNode, environment: ManifestNode.Member?) {
        for member in root.map ?? [] where member.key != "services" && member.key != "environments" {
            add(member)
        }
        guard let environment else { return }
        for name in ["environment", "env", "environment.name", "env.name", "environment_name", "env_name", "stage"] {
            texts[name] = environment.key
        }
        for member in environment.value.map ?? [] where member.key != "services" {
            add(member)
            for prefix in ["environment", "env", "environments.\(environment.key)"] {
                Leaves.each(member.value, name: "\(prefix).\(member.key)") { name, leaf, _ in
                    texts[name.lowercased()] = leaf.scalar?.text
                }
            }
        }
    }

    private mutating func add(_ member: ManifestNode.Member) {
        Leaves.each(member.value, name: member.key) { name, leaf, _ in
            guard let text = leaf.scalar?.text else { return }
            texts[name.lowercased()] = text
            let parts = name.split(separator: ".")
            if parts.count > 1, Self.groups.contains(parts[0].lowercased()) {
                texts[parts.dropFirst().joined(separator: ".").lowercased()] = text
            }
        }
    }

    /// With every template filled in that the file itself fills in.
    func bound(_ text: String, depth: Int = 0) -> BoundValue {
        guard depth < Self.depthLimit else { return .opaque("a template that names itself") }
        return PlaceholderText.bound(text) { name in
            texts[name.lowercased()].map { bound($0, depth: depth + 1) }
        }
    }
}
