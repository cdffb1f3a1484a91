import Evidence

/// Which compose files run together. What compose itself takes in a folder, what scripts show, and for the rest: a file
/// that can't stand alone is laid over the folder's base file, and every other is a stack of its own.
struct ComposePlan {
    struct Combination: Hashable {
        let files: [String]
        /// `--env-file`; empty for the `.env` of the folder.
        var environmentFiles: [String] = []
        /// Where it is run, if not in the folder of the first file.
        var folder: String?
        /// Profiles that are switched on together, beside each by itself.
        var profiles: Set<[String]> = []
    }

    private(set) var combinations: [Combination] = []

    /// In the order in which compose looks for them.
    private static let baseNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
    private static let overrideNames = [
        "compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml",
    ]

    private let facts: [String: ComposeFacts]
    private let uses: [ComposeUse]
    private let usedLists: Set<[String]>
    private let usedFiles: Set<String>
    private let usedTogether: Set<String>
    private var emitted: [[String]: Int] = [:]

    /// - Parameters:
    ///   - facts: of every compose file.
    ///   - scope: the variables of a folder's `.env`, for `COMPOSE_FILE` and `COMPOSE_PROFILES`.
    init(_ facts: [String: ComposeFacts], tree: SourceTree, scope: (_ folder: String) -> VariableScope) {
        self.facts = facts
        let folders = Dictionary(grouping: facts.keys.sorted()) { SourceTree.folder(of: $0) }
        var defaults: [String: [String]] = [:]
        for (folder, files) in folders {
            defaults[folder] = Self.named(in: scope(folder), folder: folder, facts: facts) ?? Self.defaults(of: files)
        }
        // One file that can't stand alone, named by itself, is laid over its base all the same.
        uses = ComposeUses(of: Set(facts.keys), defaults: defaults, in: tree).found.filter { use in
            use.files.count > 1 || facts[use.files[0]]?.standsAlone == true
        }
        usedLists = Set(uses.map(\.files))
        usedFiles = Set(uses.flatMap(\.files))
        usedTogether = Set(uses.filter { $0.files.count > 1 }.flatMap(\.files))
        for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
            plan(files, defaults: defaults[folder] ?? [], all: defaults, scope: scope(folder))
        }
        for use in uses { add(use) }
    }

    private static func named(in scope: VariableScope, folder: String, facts: [String: ComposeFacts]) -> [String]? {
        guard let list = scope["COMPOSE_FILE"]?.value.literal else { return nil }
        let separator = scope["COMPOSE_PATH_SEPARATOR"]?.value.literal?.first
        let separators: [Character] = separator.map { [$0] } ?? [":", ";"]
        let files = list.split(whereSeparator: separators.contains).map {
            SourceTree.resolve(String($0), in: folder) ?? ""
        }
        return !files.isEmpty && files.allSatisfy { facts[$0] != nil } ? files : nil
    }

    private static func defaults(of files: [String]) -> [String] {
        func first(_ names: [String]) -> String? {
            names.lazy.compactMap { name in files.first { SourceTree.name(of: $0) == name } }.first
        }
        guard let base = first(baseNames) else { return [] }
        return [base] + [first(overrideNames)].compactMap(\.self)
    }

    private mutating func plan(
        _ files: [String], defaults: [String], all: [String: [String]], scope: VariableScope
    ) {
        let profiles = scope["COMPOSE_PROFILES"]?.value.literal.map {
            $0.split(separator: ",").map(String.init).sorted()
        }
        let alone = Set([profiles].compactMap(\.self))
        var overlaid: Set<String> = []
        for file in files where !defaults.contains(file) {
            // What others extend or include is part of their stacks.
            guard let fact = facts[file], !usedFiles.contains(file) else { continue }
            if fact.isPart, !Self.isBase(file) { continue }
            if fact.standsAlone {
                add(Combination(files: [file]))
            } else if let base = base(of: file, among: files, defaults: defaults) {
                overlaid.insert(base)
                add(Combination(files: [base, file]))
            } else if let base = baseAbove(file, all) {
                add(Combination(files: [base, file]))
            } else {
                add(Combination(files: [file]))
            }
        }
        overlaid.formUnion(files.filter(usedTogether.contains))
        guard let base = defaults.first else { return }
        // A base that is always laid under something is not run by itself: what it lacks, the others bring.
        let isUsedAlone = usedLists.contains(defaults)
        let isUsed = usedFiles.contains(base)
        if defaults.count > 1 || isUsedAlone || !overlaid.contains(base)
            || (!isUsed && facts[base]?.standsAlone == true)
        {
            add(Combination(files: defaults, profiles: alone))
        }
    }

    private static func isBase(_ file: String) -> Bool { baseNames.contains(SourceTree.name(of: file)) }

    /// The file of the folder that has the services which `file` only adds to.
    private func base(of file: String, among files: [String], defaults: [String]) -> String? {
        let missing = facts[file]?.incomplete ?? []
        let candidates = defaults.prefix(1) + files.filter { $0 != file && !defaults.contains($0) }
        return candidates.first { !missing.isDisjoint(with: facts[$0]?.complete ?? []) }
    }

    /// The same in a folder above: `dev/docker-compose.dev.yml` is laid over `docker-compose.yml`.
    private func baseAbove(_ file: String, _ defaults: [String: [String]]) -> String? {
        let missing = facts[file]?.incomplete ?? []
        var folder = SourceTree.folder(of: file)
        while !folder.isEmpty {
            folder = SourceTree.folder(of: folder)
            if let base = defaults[folder]?.first, !missing.isDisjoint(with: facts[base]?.complete ?? []) {
                return base
            }
        }
        return nil
    }

    private mutating func add(_ use: ComposeUse) {
        var combination = Combination(files: use.files, environmentFiles: use.environmentFiles)
        if use.folder != SourceTree.folder(of: use.files[0]) { combination.folder = use.folder }
        if use.profiles.count > 1 { combination.profiles = [use.profiles] }
        add(combination)
    }

    private mutating func add(_ combination: Combination) {
        let key = combination.files + ["--env-file"] + combination.environmentFiles
        guard let known = emitted[key] else {
            emitted[key] = combinations.count
            return combinations.append(combination)
        }
        combinations[known].profiles.formUnion(combination.profiles)
        combinations[known].folder = combinations[known].folder ?? combination.folder
    }
}

/// What a look at one file by itself says of how it is used.
struct ComposeFacts {
    /// Services with an image, a build or something that they extend.
    var complete: Set<String> = []
    /// Services that only add to one of another file.
    var incomplete: Set<String> = []
    /// Another file extends or includes it.
    var isPart = false
    /// Relative to the tree.
    var parts: [String] = []

    var standsAlone: Bool { incomplete.isEmpty }

    init(_ root: ManifestNode, services: [ManifestNode.Member], file: String) {
        let folder = SourceTree.folder(of: file)
        func add(_ node: ManifestNode?) {
            guard let text = node?.scalar?.text, let path = SourceTree.resolve(text, in: folder), path != file else {
                return
            }
            parts.append(path)
        }
        for service in services {
            let value = service.value
            let isComplete = ["image", "build", "extends", "provider"].contains { value[$0] != nil }
            if isComplete { complete.insert(service.key) } else { incomplete.insert(service.key) }
            add(value["extends"]?["file"])
        }
        for entry in root["include"]?.list ?? [] {
            let node = entry["path"] ?? entry
            for path in node.list ?? [node] { add(path) }
        }
    }
}
