import Evidence

/// Values files: how they are read, which belong to a chart, and which secrets stand in them.
enum HelmValues {
    /// The one document of a file; an empty file is an empty mapping.
    static func read(_ path: String, in tree: SourceTree) throws(UnreadFile) -> ManifestNode {
        let text = try tree.text(path)
        do throws(ManifestFaults) {
            let node = try YAMLDocument.documents(text, file: path).first ?? HelmValue.map([])
            return node.map == nil ? HelmValue.map([]) : node
        } catch {
            let fault = error.faults.first
            throw UnreadFile(
                fault?.position ?? SourcePosition(file: path, line: 1),
                fault.map { "\($0.problem); \($0.mend)" } ?? "it is no YAML")
        }
    }

    /// Files of values for one environment, in the chart's folder or beside it.
    /// - Parameter isAlone: whether the chart is the only one of its folder, so that what stands beside it is for it.
    static func files(of folder: String, named name: String, isAlone: Bool, in tree: SourceTree) -> [String] {
        let above = SourceTree.folder(of: folder)
        func below(_ folder: String, _ part: String) -> String { folder.isEmpty ? part : "\(folder)/\(part)" }
        let special = ["values", "env", "envs", "environments"]
        let inside = Set(special.map { below(folder, $0) })
        let beside = Set([above] + special.map { below(above, $0) })
        return tree.files.filter { path in
            let file = SourceTree.name(of: path)
            guard file.hasSuffix(".yaml") || file.hasSuffix(".yml"), path != below(folder, "values.yaml"),
                file.firstMatch(of: /example|sample|schema|template/) == nil
            else { return false }
            let place = SourceTree.folder(of: path)
            let saysValues = file.wholeMatch(of: /(.+[-._])?values([-._].+)?\.ya?ml/) != nil
            let saysEnvironment = StackEnvironment.named(by: file, evidence: "") != nil
            if place == folder { return saysValues }
            if inside.contains(place) { return saysValues || saysEnvironment }
            guard !folder.isEmpty, beside.contains(place), saysValues, file != "values.yaml" else { return false }
            return isAlone || file.contains(name)
        }
    }

    /// Secret-looking names with a text.
    static func loose(_ node: ManifestNode, path: [String] = []) -> [LooseBinding] {
        (node.map ?? []).flatMap { member -> [LooseBinding] in
            let here = path + [member.key]
            switch member.value.content {
            case .map: return loose(member.value, path: here)
            case .list(let list):
                return list.flatMap { entry -> [LooseBinding] in
                    guard let name = entry.spelled("name"), let value = entry["value"] else { return [] }
                    return binding(name, value, at: value.position).map { [$0] } ?? []
                }
            case .scalar:
                let words = SecretLikeName.words(of: member.key)
                guard words.first.map({ !references.contains($0) }) == true else { return [] }
                // `secret` in `jwt:` says more with its group's name before it.
                let name = words.count == 1 && path.last != nil ? "\(path.last ?? "").\(member.key)" : member.key
                return binding(name, member.value, at: member.position).map { [$0] } ?? []
            }
        }
    }

    private static func binding(_ name: String, _ value: ManifestNode, at position: SourcePosition) -> LooseBinding? {
        guard let scalar = value.scalar, scalar.kind == .string, !scalar.text.isEmpty, SecretLikeName.isLikely(name)
        else {
            return nil
        }
        return LooseBinding(name, value.bound, in: .configuration, at: position)
    }

    /// First words of names that say which Secret to take, and not what is in it.
    private static let references: Set<String> = [
        "existing", "external", "pull", "image", "use", "create", "tls", "automount",
    ]
}
