package import Evidence

/// Reads the manifests of one kind. A conformance test holds each to the same rules: positions in the file that was
/// given, no fault that hides the rest, no value in a message.
package protocol ManifestReader: Sendable {
    /// Whether this file is of its kind, by its name and, where names do not tell, by a look at the text; cheap, since it
    /// is asked for every file of a tree.
    /// - Parameter text: nil where the file can't be read.
    func claims(_ path: String, text: () -> String?) -> Bool

    /// The claimed files, together, since one may name another.
    func read(_ paths: [String], in tree: SourceTree) -> ManifestReading
}

/// Every reader, and the one pass over a tree that asks them.
package enum ManifestReaders {
    package static let all: [any ManifestReader] = [
        ComposeManifests(),
        EnvironmentFiles(),
        DockerManifests(),
        DocumentReader(),
        GitHubWorkflowReader(),
        GitLabReader(),
        DeclarationReader(),
        KubernetesReader(),
        CloudRunReader(),
        TaskDefinitionReader(),
        CloudFormationReader(),
        ServerlessReader(),
        TerraformReader(),
        PlatformReader(),
    ]

    package static func read(_ tree: SourceTree, readers: [any ManifestReader] = all) -> ManifestReading {
        var claimed = Array(repeating: [String](), count: readers.count)
        var reading = ManifestReading()
        var unclaimed: [String] = []
        for path in tree.files {
            var text: Result<String, UnreadFile>?
            func load() -> String? {
                let loaded = text ?? Result { () throws(UnreadFile) in try tree.text(path) }
                text = loaded
                return try? loaded.get()
            }
            var isClaimed = false
            for (index, reader) in readers.enumerated() where reader.claims(path, text: load) {
                claimed[index].append(path)
                isClaimed = true
            }
            // Its name says that it could be one, and nobody could look.
            if !isClaimed, isYAML(path), case .failure(let unread)? = text { reading.unread.append(unread) }
            if !isClaimed, PlainSettings.isOne(path) { unclaimed.append(path) }
        }
        for (reader, paths) in zip(readers, claimed) where !paths.isEmpty { reading.add(reader.read(paths, in: tree)) }
        reading.loose += PlainSettings.loose(unclaimed, in: tree, besides: reading)
        return reading
    }

    private static func isYAML(_ path: String) -> Bool { path.hasSuffix(".yaml") || path.hasSuffix(".yml") }
}
