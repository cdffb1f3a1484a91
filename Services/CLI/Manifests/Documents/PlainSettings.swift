import Evidence

/// Files of settings of whose kind nothing is known: `config/production.yml`, the values of a chart that lies elsewhere, a
/// script that starts something. Nothing tells who is given what stands in them; that it stands there is enough.
enum PlainSettings {
    private static let endings: Set<Substring> = [
        "yaml", "yml", "json", "toml", "ini", "conf", "cfg", "sh", "bash", "zsh", "ps1", "bat",
    ]

    static func isOne(_ path: String) -> Bool {
        let name = SourceTree.name(of: path)
        guard let dot = name.lastIndex(of: "."), !name.contains("lock.") else { return false }
        return endings.contains(name[name.index(after: dot)...].lowercased()[...])
    }

    /// - Parameter reading: what is known already; files that it speaks of are not read a second time.
    static func loose(_ paths: [String], in tree: SourceTree, besides reading: ManifestReading) -> [LooseBinding] {
        var known = Set(reading.loose.map(\.position.file) + reading.unread.map(\.position.file))
        for stack in reading.stacks {
            known.formUnion(stack.files)
            for assignment in stack.workloads.flatMap(\.assignments) {
                known.insert(assignment.position.file)
                if let place = assignment.valuePosition { known.insert(place.file) }
            }
        }
        return paths.filter { !known.contains($0) }.flatMap { path -> [LooseBinding] in
            guard let text = try? tree.text(path) else { return [] }
            return DocumentReader().bindings(in: text, file: path, place: .configuration)
        }
    }
}
