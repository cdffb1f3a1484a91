import Evidence
import Foundation

/// Which files the name of a module may mean.
struct ModulePaths {
    private let tree: SourceTree
    private let folders: ProgramFolders
    /// The folders of npm packages by the names that they have in their `package.json`.
    private let packages: [String: String]

    init(_ tree: SourceTree, folders: ProgramFolders) {
        self.tree = tree
        self.folders = folders
        var packages: [String: String] = [:]
        for path in tree.files where SourceTree.name(of: path) == "package.json" {
            guard let text = try? tree.text(path), let name = Self.packageName(in: text) else { continue }
            packages[name] = packages[name] ?? SourceTree.folder(of: path)
        }
        self.packages = packages
    }

    private static func packageName(in text: String) -> String? {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return object?["name"] as? String
    }

    /// Whether `module`, as `file` spells it, may be the file at `path` or a folder around it.
    func leads(_ module: String, from file: String, to path: String) -> Bool {
        if path == file { return false }
        return file.hasSuffix(".py")
            ? leads(python: module, from: file, to: path) : leads(npm: module, from: file, to: path)
    }

    // MARK: JavaScript

    private func leads(npm module: String, from file: String, to path: String) -> Bool {
        let target = Self.stem(path)
        if module.hasPrefix(".") {
            guard let place = SourceTree.resolve(module, in: SourceTree.folder(of: file)) else { return false }
            return Self.isAt(Self.stem(place), target) || Self.isAt(place, target)
        }
        let words = module.split(separator: "/").map(String.init)
        for count in [1, 2] where words.count >= count {
            if let folder = packages[words.prefix(count).joined(separator: "/")] {
                return folder.isEmpty || path.hasPrefix(folder + "/")
            }
        }
        guard let first = words.first, words.count > 1 else { return false }
        // `@/lib/auth` and `~/lib/auth` are of the program itself, `@app/common` one of the repository's libraries.
        if first == "@" || first == "~" {
            return folders.root(of: file) == folders.root(of: path)
                && Self.isWithin(words.dropFirst().joined(separator: "/"), target)
        }
        return first.hasPrefix("@") && Self.isWithin(words[1], target)
    }

    // MARK: Python

    private func leads(python module: String, from file: String, to path: String) -> Bool {
        let target = Self.stem(path)
        let dots = module.prefix { $0 == "." }.count
        let name = module.dropFirst(dots).split(separator: ".").joined(separator: "/")
        if dots > 0 {
            var folder = SourceTree.folder(of: file)
            for _ in 1..<max(dots, 1) { folder = SourceTree.folder(of: folder) }
            guard let place = SourceTree.normal(folder + "/" + name) else { return false }
            return Self.isAt(place, target)
        }
        guard !name.isEmpty, Self.isWithin(name, target) else { return false }
        // Two programs with an `app/core/security.py` each: everyone means its own.
        let root = folders.root(of: file)
        guard folders.root(of: path) != root else { return true }
        let places = ["", "src/", "app/"].map { (root.isEmpty ? "" : root + "/") + $0 + name }
        return !places.contains { tree.contains($0 + ".py") || tree.contains($0 + "/__init__.py") }
    }

    // MARK: paths

    /// Without its ending.
    private static func stem(_ path: String) -> String {
        for ending in [".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".py"] where path.hasSuffix(ending)
        {
            return String(path.dropLast(ending.count))
        }
        return path
    }

    /// The file itself, or one in the folder.
    private static func isAt(_ place: String, _ target: String) -> Bool {
        target == place || target.hasPrefix(place + "/")
    }

    /// Whether these folders, or a file so named, are a part of the path.
    private static func isWithin(_ part: String, _ target: String) -> Bool {
        ("/" + target + "/").contains("/" + part + "/")
    }
}
