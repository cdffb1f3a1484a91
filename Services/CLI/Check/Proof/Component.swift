import Evidence

/// The code of one program: the sources below a folder that builds as a whole.
struct Component: Sendable {
    /// Relative to the tree; empty for its top.
    let directory: String
    var facts: [SourceFacts]
    /// What its settings give to the code of a library that it shares with others.
    var shared: [SharedKey] = []

    var uses: [TokenUse] { facts.flatMap(\.uses) }
    var reads: [SecretRead] { facts.flatMap(\.reads) }
    var signs: Bool { facts.contains { $0.uses.contains { $0.action == .sign } } }
    var verifies: Bool { facts.contains { $0.uses.contains { $0.action == .verify } } }
    var takesPart: Bool { !shared.isEmpty || facts.contains { !$0.uses.isEmpty } }
}

/// The components of a tree, and which of them a workload runs.
struct Components: Sendable {
    private(set) var all: [Component]
    private let byDirectory: [String: Int]
    /// Of all of them, by the last word of what takes it.
    private let readsByWord: [String: [SecretRead]]
    /// By the normal name of their folder; the top has none.
    private let byName: [String: [Int]]
    /// The folders of programs, also of those that say nothing of keys; without such that hold a Dockerfile alone.
    private let programs: Set<String>
    /// Programs side by side in one repository, by their short names.
    private let siblings: [String: [String]]
    /// From which folders services of a normal name are built, in whichever stack says it.
    private let builds: [String: Set<String>]

    init(_ facts: [SourceFacts], files: [String], stacks: [Stack] = []) {
        let folders = ProgramFolders(files)
        var grouped: [String: [SourceFacts]] = [:]
        for fact in facts where !fact.isEmpty && !Self.isTest(fact.file) {
            grouped[folders.root(of: fact.file), default: []].append(fact)
        }
        all = grouped.sorted { $0.key < $1.key }.map { Component(directory: $0.key, facts: $0.value) }
        readsByWord = Dictionary(grouping: all.flatMap(\.reads).filter { !$0.bound.isEmpty }) {
            CodeKeys.word($0.bound)
        }
        programs = folders.programs
        siblings = Dictionary(grouping: programs.filter(ProgramFolders.isGathered)) {
            ServiceName.short(SourceTree.name(of: $0))
        }
        builds = stacks.flatMap(\.workloads).reduce(into: [:]) { builds, workload in
            guard let folder = workload.sourceDirectory, !folder.isEmpty else { return }
            builds[ServiceName.normal(workload.name), default: []].insert(folder)
        }
        byDirectory = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.directory, $0) })
        byName = Dictionary(grouping: all.indices.filter { [all] in !all[$0].directory.isEmpty }) { [all] in
            ServiceName.normal(SourceTree.name(of: all[$0].directory))
        }
        all = SharedKey.found(in: self)
    }

    /// Those of all components whose name has this last word.
    func reads(_ word: String) -> [SecretRead] { readsByWord[word] ?? [] }

    /// The components of the folders around one.
    func around(_ component: Component) -> [Component] {
        var found: [Component] = []
        var folder = component.directory
        while !folder.isEmpty {
            folder = SourceTree.folder(of: folder)
            if let index = byDirectory[folder] { found.append(all[index]) }
        }
        return found
    }

    /// Code that runs in no service: its secrets are made up, and rightly so.
    static func isTest(_ path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/")
        let folders: Set<Substring> = [
            "test", "tests", "__tests__", "spec", "specs", "testing", "fixtures", "mocks", "__mocks__", "e2e",
            "examples",
            "example", "testdata", "benchmarks",
        ]
        // Below `src/main` folders are packages: `org.example` is a name.
        let main = parts.indices.dropLast().first { parts[$0] == "src" && parts[$0 + 1] == "main" }
        if parts.dropLast().prefix(main ?? parts.count).contains(where: folders.contains) { return true }
        guard let name = parts.last else { return false }
        return name.hasPrefix("test_") || name.hasPrefix("conftest.")
            || ["_test.", ".test.", ".spec.", "_spec.", "tests.", "test.swift", "test.java", "test.kt"]
                .contains { name.contains($0) }
    }

    /// The program of one of a stack's workloads. Where functions share a folder, the source that a function starts with
    /// says what it does; nil where two start with one, or where that source does nothing with tokens, as it may well call
    /// what does.
    func component(of workload: Workload, in stack: Stack) -> Component? {
        guard let found = component(of: workload) else { return nil }
        guard let entry = workload.entry else { return found }
        let neighbours = stack.workloads.filter { $0.sourceDirectory == workload.sourceDirectory }
        guard neighbours.count > 1 else { return found }
        guard neighbours.count(where: { $0.entry == entry }) == 1 else { return nil }
        let facts = found.facts.filter { $0.file.hasPrefix(entry + ".") && !$0.uses.isEmpty }
        return facts.isEmpty ? nil : Component(directory: found.directory, facts: facts)
    }

    /// The program of a workload: at its build folder, its Dockerfile's, or in a folder that bears its name; nil where
    /// that is not clear.
    func component(of workload: Workload) -> Component? {
        for folder in [workload.dockerfile.map(SourceTree.folder), workload.sourceDirectory] {
            guard let folder else { continue }
            if let program = program(of: workload, below: folder) { return byDirectory[program].map { all[$0] } }
            if let index = byDirectory[folder], !all[index].facts.isEmpty { return all[index] }
            // A program that says nothing of keys is not the one around it.
            if !folder.isEmpty, programs.contains(folder) { return nil }
            guard !folder.isEmpty || workload.sourceDirectory == nil else { continue }
            let below = all.filter { $0.directory.hasPrefix(folder + "/") }
            if below.count == 1 { return below[0] }
        }
        if let named = byName[ServiceName.normal(workload.name)], named.count == 1 { return all[named[0]] }
        if workload.sourceDirectory == "", all.count == 1 { return all[0] }
        guard workload.sourceDirectory == nil, workload.command.isEmpty else { return nil }
        return component(builtFor: workload.name) ?? component(ofImage: workload.image)
    }

    /// A manifest for the cloud names an image; the compose file beside it says from what a service of that name is built.
    private func component(builtFor name: String) -> Component? {
        guard let folders = builds[ServiceName.normal(name)], folders.count == 1, let folder = folders.first else {
            return nil
        }
        return byDirectory[folder].map { all[$0] }
    }

    /// By what the image is called: a release puts a name of its own before that of the program. With another command than
    /// the image's own it may do anything (migrate, count), and is not taken for the program.
    private func component(ofImage image: String?) -> Component? {
        guard let last = image?.split(separator: "@").first?.split(separator: "/").last,
            let name = last.split(separator: ":").first, let named = byName[ServiceName.normal(String(name))],
            named.count == 1
        else { return nil }
        return all[named[0]]
    }

    /// Which of the programs that are built together a workload runs: the one of its name, or that its command names.
    private func program(of workload: Workload, below folder: String) -> String? {
        guard !siblings.isEmpty else { return nil }
        let words = workload.command.flatMap { word in
            word.split { !$0.isLetter && !$0.isNumber && $0 != "-" && $0 != "_" }.map(String.init)
        }
        // `docker/auth.Dockerfile` and `Dockerfile.auth` name it too.
        let recipe = SourceTree.name(of: workload.dockerfile ?? "").split(separator: ".").map(String.init)
            .filter { $0.lowercased() != "dockerfile" }
        for name in words.prefix(64) + recipe.prefix(4) + [workload.name] {
            let found = (siblings[ServiceName.short(name)] ?? []).filter {
                folder.isEmpty || $0.hasPrefix(folder + "/")
            }
            if found.count == 1 { return found[0] }
        }
        return nil
    }
}

/// Names of services, as far as they say which program it is: `platform_portal`, `platform-portal-prod`.
enum ServiceName {
    /// What a container is called where it is the only one that matters: then the pod's or the task's name says more.
    private static let general: Set<String> = ["app", "main", "server", "service", "container", "web", "default"]

    static func normal(_ name: String) -> String {
        // `TASK/CONTAINER`: the container is the program.
        if let slash = name.lastIndex(of: "/") {
            let container = normal(String(name[name.index(after: slash)...]))
            return general.contains(container) ? normal(String(name[..<slash])) : container
        }
        let words = SecretLikeName.words(of: name)
        var kept = words.filter { StackEnvironment.named(by: $0, evidence: "") == nil }
        // `LoginFunction`, as templates call what runs `login`.
        if kept.count > 1, let last = kept.last, ["function", "lambda"].contains(last) { kept.removeLast() }
        // `worker-1` and `worker-2` are two of one.
        while kept.count > 1, let last = kept.last, last.allSatisfy(\.isNumber) { kept.removeLast() }
        return (kept.isEmpty ? words : kept).joined(separator: "-")
    }

    private static let kinds: Set<String> = ["service", "svc", "microservice", "ms", "api", "app", "server"]

    /// Without the word for what it is: `auth` of `auth-service`.
    static func short(_ name: String) -> String {
        var words = normal(name).split(separator: "-")
        if words.count > 1, let last = words.last, kinds.contains(String(last)) { words.removeLast() }
        return words.joined(separator: "-")
    }

    /// Whether two names of different stacks are likely one service.
    static func isSame(_ a: String, _ b: String) -> Bool { normal(a) == normal(b) }
}
