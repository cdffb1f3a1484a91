import Evidence

/// The files of a tree as compose reads them, each parsed once; `extends` and `include` are followed as far as they lead.
/// A class, so that one cache serves every stack of a tree; it lives for one reading and is never shared.
final class ComposeLoader {
    private struct LayerKey: Hashable {
        let file: String
        let folder: String
        let scope: String
    }

    let tree: SourceTree
    private var roots: [String: ManifestNode?] = [:]
    private var layers: [LayerKey: ComposeLayer] = [:]
    private var scopes: [String: VariableScope] = [:]
    private var variableFiles: [String: BoundEnvironmentFile?] = [:]
    private var environmentFiles: [String: BoundEnvironmentFile?] = [:]
    private var dockerfiles: [String: Dockerfile] = [:]
    private var named: Set<UnreadFile> = []
    private(set) var unread: [UnreadFile] = []
    /// Includes that one project may still follow: a few files that include each other twice have no end.
    private var budget = 0

    private static let includeLimit = 500
    private static let deepestExtension = 64

    init(tree: SourceTree) { self.tree = tree }

    func add(_ fault: UnreadFile) {
        if named.insert(fault).inserted { unread.append(fault) }
    }

    // MARK: files

    /// The parsed file; nil where it can't be read, which is told of once.
    func root(of path: String) -> ManifestNode? {
        if let known = roots[path] { return known }
        var root: ManifestNode?
        do {
            let documents = try YAMLDocument.documents(try tree.text(path), file: path)
            root = documents.first { $0.map != nil }
        } catch let fault as UnreadFile {
            add(fault)
        } catch let faults as ManifestFaults {
            for fault in faults.faults { add(UnreadFile(fault.position, "\(fault.problem); \(fault.mend)")) }
        } catch {
            add(UnreadFile(SourcePosition(file: path, line: 1), "it can't be read"))
        }
        roots[path] = .some(root)
        return root
    }

    private func layer(_ file: String, folder: String, scope: VariableScope) -> ComposeLayer? {
        let key = LayerKey(file: file, folder: folder, scope: scope.id)
        if let known = layers[key] { return known }
        guard let root = root(of: file) else { return nil }
        let layer = ComposeLayerReader.read(root, file: file, folder: folder, scope: scope, tree: tree)
        for fault in layer.unread { add(fault) }
        layers[key] = layer
        return layer
    }

    /// What `${NAME}` stands for: of two files the later counts.
    func scope(of files: [String]) -> VariableScope {
        let present = files.filter(tree.contains)
        let id = present.joined(separator: ":")
        if let known = scopes[id] { return known }
        var read: [BoundEnvironmentFile] = []
        for path in present {
            if variableFiles[path] == nil {
                variableFiles[path] = .some((try? tree.text(path)).map { BoundEnvironmentFile($0, file: path) })
            }
            if let file = variableFiles[path] ?? nil { read.append(file) }
        }
        let scope = VariableScope(id: id, files: read)
        scopes[id] = scope
        return scope
    }

    /// What `env_file` brings; nil where it is not in the tree.
    func environmentFile(_ path: String, isRaw: Bool, scope: VariableScope) -> BoundEnvironmentFile? {
        let key = "\(path)|\(isRaw)|\(scope.id)"
        if let known = environmentFiles[key] { return known }
        var file: BoundEnvironmentFile?
        if tree.contains(path) {
            do throws(UnreadFile) {
                file = BoundEnvironmentFile(try tree.text(path), file: path, isRaw: isRaw) { scope[$0]?.value }
                // A file that is named like one of variables is told of by their own reader.
                if !EnvironmentFileName.isEnvironmentFile(path) { for fault in file?.unread ?? [] { add(fault) } }
            } catch {
                add(error)
            }
        }
        environmentFiles[key] = .some(file)
        return file
    }

    func dockerfile(_ path: String) -> Dockerfile? {
        if let known = dockerfiles[path] { return known }
        guard tree.contains(path), let text = try? tree.text(path) else { return nil }
        let dockerfile = DockerfileReader.read(text, file: path)
        dockerfiles[path] = dockerfile
        return dockerfile
    }

    // MARK: projects

    /// Several files merged, the later over the earlier, with what they include and extend.
    func project(_ files: [String], folder: String, scope: VariableScope) -> ComposeProject {
        budget = Self.includeLimit
        return project(files, folder: folder, scope: scope, within: [])
    }

    private func project(
        _ files: [String], folder: String, scope: VariableScope, within chain: [String]
    ) -> ComposeProject {
        var project = ComposeProject()
        for file in files {
            guard let layer = layer(file, folder: folder, scope: scope) else { continue }
            project.add(file: file)
            for include in layer.includes {
                project.add(included(include, by: chain + [file], scope: scope))
            }
            for draft in layer.services {
                project.merge(resolved(draft, in: layer, folder: folder, scope: scope, chain: []), scope: scope)
            }
            project.secrets.merge(layer.secrets) { _, later in later }
            project.configs.merge(layer.configs) { _, later in later }
        }
        return project
    }

    private func included(
        _ include: ComposeLayer.Include, by chain: [String], scope: VariableScope
    ) -> ComposeProject {
        guard !include.paths.contains(where: chain.contains) else {
            add(UnreadFile(include.position, "include goes in a circle; leave this one away"))
            return ComposeProject()
        }
        guard budget > 0 else {
            add(UnreadFile(include.position, "more than \(Self.includeLimit) files are included; the rest is not read"))
            return ComposeProject()
        }
        budget -= 1
        let own = self.scope(of: include.environmentFiles ?? [Self.path(".env", in: include.folder)])
        return project(include.paths, folder: include.folder, scope: scope.over(own), within: chain)
    }

    private func resolved(
        _ draft: ServiceDraft, in layer: ComposeLayer, folder: String, scope: VariableScope, chain: Set<String>
    ) -> ServiceDraft {
        guard let use = draft.extends else { return draft }
        let file = use.file.map { $0 == layer.file ? $0 : SourceTree.resolve($0, in: folder) ?? $0 } ?? layer.file
        let id = "\(file)#\(use.service)"
        var result = draft
        result.extends = nil
        guard !chain.contains(id), id != "\(layer.file)#\(draft.name)", chain.count < Self.deepestExtension else {
            add(UnreadFile(use.position, "extends goes in a circle, or deeper than \(Self.deepestExtension) services"))
            return result
        }
        let otherFolder = file == layer.file ? folder : SourceTree.folder(of: file)
        guard file == layer.file || tree.contains(file) else {
            result.gaps.append(Gap("\(file), which it extends, is not in the tree", at: use.position))
            return result
        }
        guard let other = file == layer.file ? layer : self.layer(file, folder: otherFolder, scope: scope) else {
            result.gaps.append(Gap("\(file), which it extends, can't be read", at: use.position))
            return result
        }
        guard let base = other[use.service] else {
            add(UnreadFile(use.position, "extends names a service that \(file) does not have"))
            return result
        }
        let whole = resolved(base, in: other, folder: otherFolder, scope: scope, chain: chain.union([id]))
        return whole.merged(under: result, as: draft)
    }

    static func path(_ name: String, in folder: String) -> String { folder.isEmpty ? name : "\(folder)/\(name)" }
}
