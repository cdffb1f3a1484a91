import Check
import Evidence
import Foundation
import Manifests

/// Which files a check looks at, and which findings it reports.
struct CheckScope {
    /// Absolute; what files are named relative to.
    let root: String
    let tree: SourceTree
    let settings: CheckSettings
    /// Only findings with a place in one of these; nil for all.
    private let reported: Set<String>?

    func concerns(_ finding: Finding) -> Bool {
        guard let reported, !finding.locations.isEmpty else { return true }
        return finding.locations.contains { reported.contains($0.file) }
    }

    static func of(
        _ paths: [String], since revision: String?, in context: CommandContext
    ) async throws(CommandFailure) -> CheckScope {
        let absolute = paths.map(context.absolute)
        var folders: [String] = []
        var files: [String] = []
        for (path, name) in zip(absolute, paths) {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw CommandFailure(
                    .inputMissing, "\(name) is not there; name a folder or a file of the tree to check")
            }
            if isFolder.boolValue { folders.append(path) } else { files.append(path) }
        }
        // A file alone is checked with what stands beside it: its .env, what it extends.
        let places = folders + files.map(AbsolutePath.parent)
        let root = places.isEmpty ? context.directory : common(places)
        let git = GitFiles(root: root)
        let tracked = await git.tracked()
        let settings = try settings(in: root)
        let tree = SourceTree(
            root: root, paths: places.contains(root) ? [] : places.map { relative($0, to: root) }, tracked: tracked,
            ignores: settings.ignores)
        var reported: Set<String>?
        if folders.isEmpty, !files.isEmpty { reported = Set(files.map { relative($0, to: root) }) }
        if let revision {
            guard let changed = await git.changed(since: revision) else {
                throw CommandFailure(
                    .usage, "git knows no revision \(revision) in \(root); name a commit, branch or tag")
            }
            reported = reported.map { $0.intersection(changed) } ?? changed
        }
        return CheckScope(root: root, tree: tree, settings: settings, reported: reported)
    }

    private static func settings(in root: String) throws(CommandFailure) -> CheckSettings {
        guard let text = try Project.readText(root + "/" + CheckSettings.fileName) else { return CheckSettings() }
        do throws(ManifestFaults) {
            return try CheckSettings.read(text, file: CheckSettings.fileName)
        } catch {
            throw CommandFailure(error)
        }
    }

    private static func relative(_ path: String, to root: String) -> String {
        path == root ? "" : String(path.dropFirst(root == "/" ? 1 : root.count + 1))
    }

    /// The deepest folder that holds all of them.
    private static func common(_ paths: [String]) -> String {
        var parts = paths[0].split(separator: "/")
        for path in paths.dropFirst() {
            let other = path.split(separator: "/")
            parts = zip(parts, other).prefix { $0 == $1 }.map(\.0)
        }
        return "/" + parts.joined(separator: "/")
    }
}
