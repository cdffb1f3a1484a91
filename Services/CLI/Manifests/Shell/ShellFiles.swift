import Evidence

/// Files of variables that a job writes as it goes (`.env`), and what it hands to later steps.
struct ShellFiles: Sendable {
    struct Entry: Sendable {
        let name: String
        let position: SourcePosition
        let value: BoundValue
    }

    struct File: Sendable {
        var entries: [Entry] = []
        /// A line whose name is not known: the file may hold more than is seen.
        var gap: Gap?
        var position: SourcePosition
        var isUsed = false
    }

    private(set) var files: [String: File] = [:]
    /// Written to `$GITHUB_ENV`: for the steps that follow.
    var exported: [String: ShellVariable] = [:]
    /// Written to `$GITHUB_OUTPUT` by the step that runs.
    var outputs: [String: BoundValue] = [:]

    mutating func put(_ entries: [Entry], to path: String, appending: Bool, at position: SourcePosition) {
        var file = appending ? files[path] ?? File(position: position) : File(position: position)
        for entry in entries {
            file.entries.removeAll { $0.name == entry.name }
            file.entries.append(entry)
        }
        files[path] = file
    }

    /// Lines of `NAME=value`, as an environment file has them.
    mutating func write(_ lines: [MarkedText], to path: String, appending: Bool, at position: SourcePosition) {
        guard Self.isEnvironmentFile(path) else { return }
        var entries: [Entry] = []
        var gap: Gap?
        for line in lines {
            let line = line.trimmed
            if line.bound.isEmpty || line.hasPrefix("#") { continue }
            guard let (name, place, value) = line.splitAssignment() else {
                gap = Gap("\(path) is written from a value that may hold any names", at: line.position)
                continue
            }
            let bare = name.hasPrefix("export ") ? String(name.dropFirst(7)) : name
            entries.append(Entry(name: bare, position: place, value: value.trimmed.unquoted.bound))
        }
        put(entries, to: path, appending: appending, at: position)
        if let gap { files[path]?.gap = gap }
    }

    /// What the job wrote, or else what the tree has; nil where neither is known.
    func entries(_ path: String, in tree: SourceTree) -> [Entry]? {
        if let file = files[path] { return file.entries }
        guard Self.isEnvironmentFile(path), let text = try? tree.text(path),
            let parsed = try? DotEnv.parse(text, file: path)
        else { return nil }
        return parsed.entries.map {
            Entry(
                name: $0.name, position: SourcePosition(file: path, line: $0.line),
                value: $0.value.map(BoundValue.literal) ?? .reference(SecretReference(.variable, $0.name)))
        }
    }

    func gap(_ path: String) -> Gap? { files[path]?.gap }

    mutating func markUsed(_ path: String) { files[path]?.isUsed = true }

    /// `.env`, `.env.production`, `backend.env`, `env.list`
    static func isEnvironmentFile(_ path: String) -> Bool {
        let name = SourceTree.name(of: path).lowercased()
        return name == ".env" || name.hasPrefix(".env.") || name.hasSuffix(".env") || name == "env.list"
            || name == "env"
    }
}
