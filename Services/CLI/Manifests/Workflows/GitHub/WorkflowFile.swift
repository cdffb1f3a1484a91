import Evidence

/// A workflow or a composite action, parsed.
struct WorkflowFile: Sendable {
    let path: String
    let root: ManifestNode
    let source: [Substring]
    /// Where paths start, if not by this file's own place.
    var checkoutFolder: String?

    static func read(_ path: String, in tree: SourceTree) throws(UnreadFile) -> WorkflowFile {
        let text = try tree.text(path)
        do {
            let documents = try YAMLDocument.documents(text, file: path)
            guard let root = documents.first, root.map != nil else {
                throw UnreadFile(
                    SourcePosition(file: path, line: 1), "it holds no mapping; write one with jobs: or runs:")
            }
            return WorkflowFile(
                path: path, root: root,
                source: text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" })
        } catch let faults as ManifestFaults {
            let fault = faults.faults.first
            throw UnreadFile(
                fault?.position ?? SourcePosition(file: path, line: 1),
                fault.map { "\($0.problem); \($0.mend)" } ?? "it can't be read")
        } catch let unread as UnreadFile {
            throw unread
        } catch {
            throw UnreadFile(SourcePosition(file: path, line: 1), "it can't be read")
        }
    }

    func embedded(_ node: ManifestNode) -> EmbeddedText { EmbeddedText(node, source: source) }

    /// The folder that paths in it start from: what holds `.github`.
    var checkout: String {
        if let checkoutFolder { return checkoutFolder }
        guard let range = path.firstRange(of: ".github/") else { return SourceTree.folder(of: path) }
        return String(path[..<range.lowerBound].dropLast())
    }

    /// `on:`, which YAML 1.1 may take for a boolean; the key's text is kept.
    var triggers: ManifestNode? { root["on"] ?? root["true"] }

    var isCalled: Bool { triggers?["workflow_call"] != nil || triggers?.names.contains("workflow_call") == true }

    /// Whether something else than another workflow starts it.
    var isStarted: Bool { !(triggers?.names ?? []).allSatisfy { $0 == "workflow_call" } }

    var branches: [String] {
        (triggers?["push"]?["branches"]?.list ?? []).compactMap { $0.scalar?.text }
    }
}

extension ManifestNode {
    /// The names of `on: [push]`, `on: push` and `on: {push: …}`.
    var names: [String] {
        if let scalar { return [scalar.text] }
        if let list { return list.compactMap { $0.scalar?.text } }
        return map?.map(\.key) ?? []
    }
}
