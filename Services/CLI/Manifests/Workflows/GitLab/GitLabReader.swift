package import Evidence

/// `.gitlab-ci.yml` with the files that it includes from the same tree.
package struct GitLabReader: ManifestReader {
    private static let includeLimit = 50

    package init() {}

    package func claims(_ path: String, text: () -> String?) -> Bool {
        let name = SourceTree.name(of: path)
        return name == ".gitlab-ci.yml" || name == ".gitlab-ci.yaml"
    }

    package func read(_ paths: [String], in tree: SourceTree) -> ManifestReading {
        var found = WorkflowFindings()
        for path in paths {
            var pipeline = GitLabPipeline(tree: tree, top: SourceTree.folder(of: path))
            pipeline.read(path, limit: Self.includeLimit)
            found.add(pipeline.evaluate(SourceTree.name(of: path)))
        }
        return found.reading
    }
}
