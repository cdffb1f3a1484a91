import Evidence

/// `configMapGenerator` and `secretGenerator`. The hash that kustomize puts behind a generated name is left out, since
/// every reference to it gets the same one.
struct KustomizeGenerators {
    let kustomization: Kustomization
    let tree: SourceTree

    func apply(to objects: [KubernetesObject], unread: inout [UnreadFile]) -> [KubernetesObject] {
        var objects = objects
        for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            for generator in kustomization.node[key]?.list ?? [] {
                guard let name = generator.spelled("name") else { continue }
                let made = object(kind, name, generator, &unread)
                let behavior = generator.spelled("behavior") ?? "create"
                let index = objects.firstIndex {
                    $0.kind == kind && ($0.name == name || $0.formerNames.contains(name))
                }
                switch (behavior, index) {
                case ("merge", let index?): objects[index] = Self.merged(made, into: objects[index])
                case ("replace", let index?):
                    var replaced = made
                    replaced.name = objects[index].name
                    replaced.namespace = objects[index].namespace
                    replaced.formerNames = objects[index].formerNames
                    objects[index] = replaced
                default: objects.append(made)
                }
            }
        }
        return objects
    }

    private static func merged(_ made: KubernetesObject, into base: KubernetesObject) -> KubernetesObject {
        var object = base
        object.hidden = base.hidden ?? made.hidden
        // A Secret's generated texts stand over what its data says.
        let key = base.kind == "Secret" ? "stringData" : "data"
        var data = base.node[key] ?? ManifestNode(.map([]), at: base.position)
        for member in made.node[key]?.map ?? [] {
            data = data.setting(member.key, to: member.value, at: member.position)
        }
        object.node = base.node.setting(key, to: data, at: data.position)
        return object
    }

    private func object(
        _ kind: String, _ name: String, _ generator: ManifestNode, _ unread: inout [UnreadFile]
    ) -> KubernetesObject {
        func text(_ text: String) -> ManifestNode {
            ManifestNode(.scalar(.init(text, isPlain: false)), at: generator.position)
        }
        var members: [ManifestNode.Member] = []
        var hidden: String?
        for entry in generator["envs"]?.list ?? [generator["env"]].compactMap({ $0 }) {
            guard let written = entry.scalar?.text else { continue }
            guard let path = kustomization.path(written), tree.contains(path) else {
                hidden = "\(written), which fills the \(kind) \(name), is not in the tree"
                continue
            }
            do throws(UnreadFile) {
                members += lines(of: try tree.text(path), path)
            } catch {
                unread.append(error)
                hidden = "\(path) can't be read"
            }
        }
        for entry in generator["literals"]?.list ?? [] {
            guard let written = entry.scalar?.text, let equals = written.firstIndex(of: "=") else { continue }
            let value = Self.unquoted(String(written[written.index(after: equals)...]))
            members.append(member(String(written[..<equals]), value, at: entry.position))
        }
        for entry in generator["files"]?.list ?? [] { members += file(entry) }
        var own: [ManifestNode.Member] = []
        // A later source of a key wins.
        for member in members {
            own.removeAll { $0.key == member.key }
            own.append(member)
        }
        var metadata: [ManifestNode.Member] = [.init(key: "name", position: generator.position, value: text(name))]
        if let namespace = generator["namespace"] {
            metadata.append(.init(key: "namespace", position: namespace.position, value: namespace))
        }
        let at = generator.position
        let node = ManifestNode(
            .map([
                .init(key: "apiVersion", position: at, value: text("v1")),
                .init(key: "kind", position: at, value: text(kind)),
                .init(key: "metadata", position: at, value: ManifestNode(.map(metadata), at: at)),
                .init(
                    key: kind == "Secret" ? "stringData" : "data", position: at, value: ManifestNode(.map(own), at: at)),
            ]), at: at)
        return KubernetesObject(node, kind: kind, name: name, namespace: generator.spelled("namespace"), hidden: hidden)
    }

    private func member(_ key: String, _ value: String, at position: SourcePosition) -> ManifestNode.Member {
        .init(
            key: key, position: position, value: ManifestNode(.scalar(.init(value, isPlain: false)), at: position))
    }

    /// `NAME=text` by lines, taken as they stand: kustomize knows neither quotes nor variables there.
    private func lines(of text: String, _ path: String) -> [ManifestNode.Member] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
            let line = line.trimmingPrefix(while: { $0 == " " || $0 == "\t" })
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
            var value = line[line.index(after: equals)...]
            if value.hasSuffix("\r") { value = value.dropLast() }
            return member(
                String(line[..<equals]), String(value), at: SourcePosition(file: path, line: index + 1))
        }
    }

    /// `PATH` or `KEY=PATH`.
    private func file(_ entry: ManifestNode) -> [ManifestNode.Member] {
        guard let written = entry.scalar?.text else { return [] }
        let parts = written.split(separator: "=", maxSplits: 1).map(String.init)
        guard let source = parts.last else { return [] }
        let key = parts.count == 2 ? parts[0] : SourceTree.name(of: source)
        if let path = kustomization.path(source), let text = try? tree.text(path) {
            return [member(key, text, at: SourcePosition(file: path, line: 1))]
        }
        var absent = member(key, "", at: entry.position)
        let place = kustomization.path(source) ?? source
        absent.value.filled = FilledText(.reference(SecretReference(.file, place)), at: nil)
        return [absent]
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            return String(text.dropFirst().dropLast())
        }
        return text
    }
}
