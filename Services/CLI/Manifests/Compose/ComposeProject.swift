import Evidence

/// The services of merged files.
struct ComposeProject {
    private(set) var files: [String] = []
    private(set) var services: [(draft: ServiceDraft, scope: VariableScope)] = []
    private var index: [String: Int] = [:]
    var secrets: [String: ComposeLayer.Store] = [:]
    var configs: [String: ComposeLayer.Store] = [:]

    mutating func add(file: String) { if !files.contains(file) { files.append(file) } }

    mutating func merge(_ draft: ServiceDraft, scope: VariableScope) {
        if let known = index[draft.name] {
            let base = services[known].draft
            services[known].draft = base.merged(under: draft, as: base)
        } else {
            index[draft.name] = services.count
            services.append((draft, scope))
        }
    }

    mutating func add(_ other: ComposeProject) {
        for file in other.files { add(file: file) }
        for (draft, scope) in other.services { merge(draft, scope: scope) }
        secrets.merge(other.secrets) { _, later in later }
        configs.merge(other.configs) { _, later in later }
    }
}
