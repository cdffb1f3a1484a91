import Evidence

/// A way in which the repository's own scripts, documents and workflows run compose: which files together, with which
/// profiles and variables.
struct ComposeUse: Hashable {
    /// In the order of `-f`.
    let files: [String]
    /// `--env-file`, as far as they are files of the tree by their names.
    var environmentFiles: [String] = []
    var profiles: [String] = []
    /// Where it is run, as far as the paths tell.
    let folder: String
}

/// Finds them, in every text that may hold a command.
struct ComposeUses {
    private let tree: SourceTree
    private let composeFiles: Set<String>
    private let sortedFiles: [String]
    /// Of a folder: the files that compose takes there by itself.
    private let defaults: [String: [String]]
    private(set) var found: [ComposeUse] = []
    private var seen: Set<ComposeUse> = []

    /// Texts looked at; a repository with more holds the same commands many times.
    private static let fileLimit = 2000

    init(of composeFiles: Set<String>, defaults: [String: [String]], in tree: SourceTree) {
        self.tree = tree
        self.composeFiles = composeFiles
        sortedFiles = composeFiles.sorted()
        self.defaults = defaults
        for path in tree.files.lazy.filter(Self.mayHoldCommands).prefix(Self.fileLimit) {
            guard let text = try? tree.text(path), Self.speaksOfCompose(text) else { continue }
            read(text, file: path)
        }
    }

    static func mayHoldCommands(_ path: String) -> Bool {
        let name = SourceTree.name(of: path)
        let lower = name.lowercased()
        if names.contains(lower) || lower.hasPrefix("readme") || lower.hasPrefix("makefile") { return true }
        if lower.hasPrefix("jenkinsfile") || lower == ".env" || lower.hasPrefix(".env.") { return true }
        guard let dot = lower.lastIndex(of: ".") else { return path.contains("scripts/") || path.contains("bin/") }
        let ending = lower[lower.index(after: dot)...]
        if ending == "yml" || ending == "yaml" {
            return path.contains(".github/") || path.contains(".circleci/") || lower.contains("ci")
                || lower.contains("pipeline")
        }
        return endings.contains(String(ending))
    }

    private static let names: Set<String> = [
        "justfile", ".justfile", "taskfile.yml", "taskfile.yaml", "package.json", "devcontainer.json", "tiltfile",
        ".gitlab-ci.yml", ".travis.yml", "procfile", "procfile.dev", "rakefile", "fabfile.py", "tasks.py", ".envrc",
    ]
    private static let endings: Set<String> = ["sh", "bash", "zsh", "mk", "md", "rst", "bat", "cmd", "ps1", "just"]

    private static func speaksOfCompose(_ text: String) -> Bool {
        let word = Array("compose".utf8)
        return text.utf8.withContiguousStorageIfAvailable { bytes in
            var index = 0
            while index + word.count <= bytes.count {
                // The second letter of `compose` and `COMPOSE` without its case; most bytes end here.
                if bytes[index] | 0x20 == word[0], bytes[index + 1] | 0x20 == word[1],
                    (2..<word.count).allSatisfy({ bytes[index + $0] | 0x20 == word[$0] })
                {
                    return true
                }
                index += 1
            }
            return false
        } ?? text.lowercased().contains("compose")
    }

    // MARK: reading

    private mutating func read(_ text: String, file: String) {
        let folder = SourceTree.folder(of: file)
        if SourceTree.name(of: file) == "devcontainer.json" { return readContainer(text, folder: folder) }
        var line = ""
        for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let part = part.last == "\r" ? part.dropLast() : part
            if part.last == "\\" {
                line += part.dropLast() + " "
                continue
            }
            line += part
            if Self.speaksOfCompose(line) {
                for words in ComposeCommandLine.commands(in: line) { add(words, folder: folder) }
            }
            line = ""
        }
    }

    /// `"dockerComposeFile": ["../docker-compose.yml", "docker-compose.yml"]`
    private mutating func readContainer(_ text: String, folder: String) {
        guard let key = text.firstRange(of: "\"dockerComposeFile\"") else { return }
        let rest = text[key.upperBound...].drop { $0 == ":" || $0.isWhitespace }
        let value = rest.first == "[" ? rest.prefix { $0 != "]" } : rest.prefix { $0 != "\n" && $0 != "," }
        let files = value.split(separator: "\"").filter { $0.contains(".y") }.compactMap {
            SourceTree.resolve(String($0), in: folder)
        }
        guard !files.isEmpty, files.allSatisfy(composeFiles.contains) else { return }
        add(ComposeUse(files: files, folder: SourceTree.folder(of: files[0])))
    }

    private mutating func add(_ use: ComposeUse) { if seen.insert(use).inserted { found.append(use) } }

    /// Paths in scripts stand under the script's folder, the top, or a folder between.
    private mutating func add(_ command: ComposeCommandLine, folder: String) {
        var folders: [String] = []
        var next = folder
        while true {
            if let inner = command.folder, let path = SourceTree.resolve(inner, in: next) { folders.append(path) }
            folders.append(next)
            if next.isEmpty { break }
            next = SourceTree.folder(of: next)
        }
        for folder in folders {
            let combinations =
                command.files.isEmpty ? [defaults[folder] ?? []] : combinations(of: command.files, in: folder)
            let usable = combinations.filter { !$0.isEmpty }
            guard !usable.isEmpty else { continue }
            for files in usable {
                let variables = command.environmentFiles.compactMap { SourceTree.resolve($0, in: folder) }
                add(
                    ComposeUse(
                        files: files, environmentFiles: variables.filter { !$0.contains("\u{1}") },
                        profiles: command.profiles.filter { !$0.contains("\u{1}") }.sorted(), folder: folder))
            }
            return
        }
    }

    /// `-f docker-compose.${ENV}.yml` is each of the files that it may be.
    private func combinations(of written: [String], in folder: String) -> [[String]] {
        let files = written.compactMap { path in
            SourceTree.resolve(path.hasPrefix("\u{1}/") ? String(path.dropFirst(2)) : path, in: folder)
        }
        guard files.count == written.count else { return [] }
        guard let pattern = files.first(where: { $0.contains("\u{1}") }) else {
            return files.allSatisfy(composeFiles.contains) ? [files] : []
        }
        let parts = pattern.split(separator: "\u{1}", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].contains("\u{1}") else { return [] }
        return sortedFiles.compactMap { file in
            guard file.count > parts[0].count + parts[1].count, file.hasPrefix(parts[0]), file.hasSuffix(parts[1])
            else {
                return nil
            }
            let word = file.dropFirst(parts[0].count).dropLast(parts[1].count)
            guard !word.contains("/") else { return nil }
            let filled = files.map { $0.replacing("\u{1}", with: String(word)) }
            return filled.allSatisfy(composeFiles.contains) ? filled : nil
        }
    }
}
