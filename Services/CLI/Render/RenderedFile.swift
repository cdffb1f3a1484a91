/// A file as it is to stand below the folder of its target and environment.
package struct RenderedFile: Sendable, Hashable {
    /// Relative, with `/`.
    package let path: String
    package let text: String
    /// Whether it says something to the target by itself. A kustomization only lists the others, and would be refused by
    /// `kubectl apply -f -`.
    package let isDocument: Bool

    package init(_ path: String, _ text: String, isDocument: Bool = true) {
        self.path = path
        self.text = text
        self.isDocument = isDocument
    }

    /// YAML documents behind a header that says where they come from.
    static func yaml(
        _ path: String, _ documents: [DocumentNode], of plan: RenderPlan, note: String? = nil, isDocument: Bool = true
    ) -> RenderedFile {
        var lines = plan.header
        if let note { lines += YAMLText.comment(note) }
        var text = lines.joined(separator: "\n") + "\n"
        for document in documents {
            text += "---\n"
            if let comment = document.comment { text += YAMLText.comment(comment).joined(separator: "\n") + "\n" }
            text += YAMLText.of(document)
        }
        return RenderedFile(path, text, isDocument: isDocument)
    }
}
