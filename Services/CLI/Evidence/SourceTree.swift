import Foundation

/// The files of a checkout, read with bounds: what is too large, binary or unreadable is named and passed over, and no
/// link leads out of it or in a circle.
package struct SourceTree: Sendable {
    package struct Limits: Sendable {
        package var files = 200_000
        /// Bytes of one file.
        package var bytes = 4 << 20
        package init() {}
    }

    private enum Origin: Sendable {
        case folder(String)
        case memory([String: String])
    }

    private let origin: Origin
    private let limits: Limits
    /// Relative paths with `/`, sorted.
    package let files: [String]
    private let known: Set<String>
    /// Links to what lies elsewhere: a check of a stranger's branch must not read the machine that it runs on.
    private let leadingOut: Set<String>
    /// Folders that could not be listed, and what lies beyond the limit.
    package let unread: [UnreadFile]
    /// What version control holds; nil where there is none, so that every file counts as committed.
    package let tracked: Set<String>?

    /// A tree in memory, for tests and for texts that are rendered.
    package init(_ texts: [String: String], tracked: Set<String>? = nil) {
        origin = .memory(texts)
        limits = Limits()
        files = texts.keys.sorted()
        known = Set(files)
        leadingOut = []
        unread = []
        self.tracked = tracked
    }

    /// - Parameters:
    ///   - root: absolute.
    ///   - paths: files and folders below it to look at, relative; empty for all.
    ///   - tracked: relative to `root`.
    ///   - ignores: says of a relative path whether it is passed over.
    package init(
        root: String, paths: [String] = [], tracked: Set<String>? = nil, limits: Limits = Limits(),
        ignores: (String) -> Bool = { _ in false }
    ) {
        var walk = TreeWalk(root: root, limit: limits.files)
        for path in paths.isEmpty ? [""] : paths { walk.add(path) }
        origin = .folder(root)
        self.limits = limits
        files = Set(walk.files.filter { !ignores($0) }).sorted()
        known = Set(files)
        leadingOut = walk.leadingOut
        unread = walk.unread
        self.tracked = tracked
    }

    package func contains(_ path: String) -> Bool { known.contains(path) }

    /// Whether everybody who has the repository has this file.
    package func isCommitted(_ path: String) -> Bool { tracked?.contains(path) ?? true }

    /// The text of a file of the tree.
    /// - Throws: for a file that is not in it, too large, binary, not UTF-8 or not readable.
    package func text(_ path: String) throws(UnreadFile) -> String {
        func refusal(_ reason: String) -> UnreadFile { UnreadFile(SourcePosition(file: path, line: 1), reason) }
        guard known.contains(path) else { throw refusal("it is not in the tree that is checked") }
        guard !leadingOut.contains(path) else { throw refusal("it is a link that leads out of the tree") }
        switch origin {
        case .memory(let texts): return texts[path] ?? ""
        case .folder(let root):
            let full = root + "/" + path
            var information = stat()
            guard stat(full, &information) == 0 else { throw refusal("it can't be opened: \(Self.reason())") }
            // A pipe or a device would keep the check waiting.
            guard information.st_mode & S_IFMT == S_IFREG else { throw refusal("it is no ordinary file") }
            guard information.st_size <= limits.bytes else {
                throw refusal("it has \(information.st_size) bytes; more than \(limits.bytes) are not read")
            }
            guard let data = FileManager.default.contents(atPath: full) else {
                throw refusal("it can't be read: \(Self.reason())")
            }
            // In place: byte by byte through Data this was a tenth of a whole check.
            let (isBinary, valid) = data.withUnsafeBytes { bytes in
                (bytes.prefix(8192).contains(0), String(validating: bytes, as: UTF8.self))
            }
            guard !isBinary else { throw refusal("it is binary") }
            guard let text = valid else { throw refusal("it is not UTF-8 text; save it as UTF-8") }
            return text.first == "\u{FEFF}" ? String(text.dropFirst()) : text
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }

    /// `a/./b/../c` as `a/c`; nil where it leads out of the tree.
    package static func normal(_ path: String) -> String? {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// The folder of a file, empty for the top.
    package static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    }

    package static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// `path` as a file in `folder` names it; nil where it is absolute or leads out of the tree.
    package static func resolve(_ path: String, in folder: String) -> String? {
        path.hasPrefix("/") ? nil : normal(folder + "/" + path)
    }
}

/// Lists a folder without following links to folders.
private struct TreeWalk {
    /// What others made: dependencies, build products, version control.
    static let skipped: Set<String> = [
        ".git", ".hg", ".svn", ".jj", "node_modules", "bower_components", "jspm_packages", "vendor", ".venv", "venv",
        "site-packages", "__pycache__", ".tox", ".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".eggs",
        ".build",
        ".gradle", ".m2", ".terraform", ".next", ".nuxt", ".svelte-kit", ".turbo", ".cache", "dist", "coverage", "Pods",
        "Carthage", "DerivedData", ".idea", ".dart_tool",
    ]

    let root: String
    let limit: Int
    var files: [String] = []
    var leadingOut: Set<String> = []
    var unread: [UnreadFile] = []

    mutating func add(_ path: String) {
        guard let path = SourceTree.normal(path) else { return }
        if isFolder(path) { list(path) } else { files.append(path) }
    }

    private func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(root + "/" + path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    private func leadsOut(_ path: String) -> Bool {
        guard let target = Self.resolved(root + "/" + path), let top = Self.resolved(root) else { return false }
        return top != "/" && !target.hasPrefix(top + "/")
    }

    /// Without links; nil where there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private mutating func list(_ top: String) {
        var pending = [top]
        while let folder = pending.popLast() {
            guard let handle = opendir(root + "/" + folder) else {
                unread.append(
                    UnreadFile(
                        SourcePosition(file: folder, line: 1),
                        "the folder can't be listed: \(String(cString: strerror(errno)))"))
                continue
            }
            defer { closedir(handle) }
            while let entry = readdir(handle) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
                guard name != ".", name != ".." else { continue }
                let path = folder.isEmpty ? name : folder + "/" + name
                switch Int(entry.pointee.d_type) {
                case Int(DT_DIR):
                    if !Self.skipped.contains(name) { pending.append(path) }
                case Int(DT_LNK):
                    guard !isFolder(path) else { continue }
                    files.append(path)
                    if leadsOut(path) { leadingOut.insert(path) }
                default:
                    files.append(path)
                }
                guard files.count < limit else {
                    unread.append(
                        UnreadFile(
                            SourcePosition(file: folder, line: 1),
                            "there are more than \(limit) files; name the folders that matter"))
                    return
                }
            }
        }
    }
}
