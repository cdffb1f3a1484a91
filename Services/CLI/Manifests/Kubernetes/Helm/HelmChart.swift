import Evidence

/// One chart as it lies in the tree, with the charts below it.
struct HelmChart {
    private struct File {
        let path: String
        let template: HelmTemplate
    }

    let folder: String
    let name: String
    let isLibrary: Bool
    private let node: ManifestNode
    private let values: ManifestNode?
    private var files: [File] = []
    private var definitions: [String: [HelmTemplate.Node]] = [:]
    private var parts: [HelmChart] = []
    /// What could not be read of it.
    private(set) var unread: [UnreadFile] = []

    /// Charts in charts.
    private static let depthLimit = 4

    init(_ folder: String, in tree: SourceTree, depth: Int = 0) throws(UnreadFile) {
        self.folder = folder
        func path(_ name: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
        node = try HelmValues.read(path("Chart.yaml"), in: tree)
        name = node.spelled("name") ?? SourceTree.name(of: folder)
        isLibrary = node.spelled("type") == "library"
        values = tree.contains(path("values.yaml")) ? try HelmValues.read(path("values.yaml"), in: tree) : nil
        for file in tree.files where file.hasPrefix(path("templates/")) && !file.hasPrefix(path("templates/tests/")) {
            guard [".yaml", ".yml", ".tpl", ".json"].contains(where: file.hasSuffix) else { continue }
            let text: String
            do throws(UnreadFile) { text = try tree.text(file) } catch {
                unread.append(error)
                continue
            }
            do throws(HelmFault) {
                let template = try HelmTemplate.parse(text)
                definitions.merge(template.definitions) { _, new in new }
                // What begins with an underscore is for others to include.
                if !file.hasSuffix(".tpl"), !SourceTree.name(of: file).hasPrefix("_") {
                    files.append(File(path: file, template: template))
                }
            } catch {
                unread.append(Self.unread(error, file))
            }
        }
        guard depth < Self.depthLimit else { return }
        for file in tree.files where file.hasPrefix(path("charts/")) && file.hasSuffix("/Chart.yaml") {
            let below = SourceTree.folder(of: file)
            guard SourceTree.folder(of: below) == path("charts") else { continue }
            do throws(UnreadFile) {
                let part = try HelmChart(below, in: tree, depth: depth + 1)
                unread += part.unread
                definitions.merge(part.definitions) { own, _ in own }
                parts.append(part)
            } catch {
                unread.append(error)
            }
        }
    }

    static func unread(_ fault: HelmFault, _ file: String) -> UnreadFile {
        UnreadFile(
            SourcePosition(file: file, line: fault.line),
            "\(fault.reason); run `helm template` and check what comes out")
    }

    /// Everything that it renders to.
    /// - Parameter over: over its own values.
    func objects(
        _ over: ManifestNode?, release: String, definitions outer: [String: [HelmTemplate.Node]]? = nil,
        unread: inout [UnreadFile]
    ) -> [KubernetesObject] {
        let empty = HelmValue.map([])
        let values = HelmValue.merged(self.values ?? empty, over ?? empty)
        let definitions = outer ?? self.definitions
        var objects: [KubernetesObject] = []
        for file in isLibrary ? [] : files {
            var renderer = HelmRenderer(root: root(values, release, file.path), definitions: definitions)
            do throws(HelmFault) {
                objects += KubernetesObject.objects(in: try renderer.documents(of: file.template, file: file.path))
            } catch {
                unread.append(Self.unread(error, file.path))
            }
        }
        for part in parts {
            let dependency = node["dependencies"]?.list?.first { $0.spelled("name") == part.name }
            guard isEnabled(dependency, values) else { continue }
            var own = values[dependency?.spelled("alias") ?? part.name] ?? empty
            if let shared = values["global"] {
                own = own.setting("global", to: HelmValue.merged(own["global"] ?? empty, shared))
            }
            objects += part.objects(own, release: release, definitions: definitions, unread: &unread)
        }
        return objects
    }

    /// `condition: a.b,c.d`: the first that is there decides.
    private func isEnabled(_ dependency: ManifestNode?, _ values: ManifestNode) -> Bool {
        for path in (dependency?.spelled("condition") ?? "").split(separator: ",") {
            var node: ManifestNode? = values
            for name in path.split(separator: ".") { node = node?[String(name)] }
            if let isTrue = node?.isTrue { return isTrue }
        }
        return true
    }

    private func root(_ values: ManifestNode, _ release: String, _ file: String) -> ManifestNode {
        // Charts read `.Chart.Name`, where the file says `name`.
        let chart = (node.map ?? []).map { ($0.key.prefix(1).uppercased() + $0.key.dropFirst(), $0.value) }
        let version = HelmValue.map([
            ("Version", HelmValue.text(HelmVersion.cluster)), ("GitVersion", HelmValue.text(HelmVersion.cluster)),
            ("Major", HelmValue.text("1")), ("Minor", HelmValue.text("31")),
        ])
        return HelmValue.map([
            ("Values", values), ("Chart", HelmValue.map(chart)),
            (
                "Release",
                HelmValue.map([
                    ("Name", HelmValue.text(release)), ("Namespace", HelmValue.text("default")),
                    ("Service", HelmValue.text("Helm")), ("IsInstall", HelmValue.boolean(true)),
                    ("IsUpgrade", HelmValue.boolean(false)), ("Revision", HelmValue.plain("1")),
                ])
            ),
            ("Capabilities", HelmValue.map([("KubeVersion", version), ("APIVersions", HelmValue.map([]))])),
            (
                "Template",
                HelmValue.map([
                    ("Name", HelmValue.text(file)), ("BasePath", HelmValue.text("\(folder)/templates")),
                ])
            ),
        ])
    }
}
