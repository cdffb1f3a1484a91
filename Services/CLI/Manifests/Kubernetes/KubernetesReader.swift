package import Evidence
import Foundation

/// Reads Kubernetes manifests: plain ones, what kustomize builds, and charts.
package struct KubernetesReader: ManifestReader {
    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path)
        if Kustomization.fileNames.contains(name) { return true }
        if name == "Chart.yaml" { return true }
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") || name.hasSuffix(".json") else { return false }
        guard let text = text() else { return false }
        return ManifestMark.isKubernetes(text)
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var reading = ManifestReading()
        let charts = HelmCharts(paths, tree)
        let kustomizations = Kustomizations(paths, tree)
        var plain = PlainManifests()
        var parsed: [String: [KubernetesObject]] = [:]
        for path in paths where !charts.owns(path) && !Kustomization.fileNames.contains(SourceTree.name(of: path)) {
            guard let objects = KubernetesFile.read(path, in: tree, into: &reading) else { continue }
            if kustomizations.owns(path) { parsed[path] = objects } else { plain.add(objects, from: path) }
        }
        reading.stacks += plain.stacks()
        reading.add(kustomizations.read(parsed))
        reading.add(charts.read())
        // Two overlays on one base meet the same things.
        reading.unread = Self.unique(reading.unread)
        reading.loose = Self.unique(reading.loose)
        return reading
    }

    private static func unique<Element: Hashable>(_ elements: [Element]) -> [Element] {
        var seen: Set<Element> = []
        return elements.filter { seen.insert($0).inserted }
    }
}

/// How a text shows that it is a manifest.
enum ManifestMark {
    static func isKubernetes(_ text: String) -> Bool { has("apiVersion", in: text) && has("kind", in: text) }

    /// It is asked of every YAML and JSON file of a tree, so by its bytes; a text holds no null byte.
    static func has(_ mark: String, in text: String) -> Bool {
        text.withCString { strstr($0, mark) != nil }
    }
}
