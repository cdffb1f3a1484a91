import Evidence

/// The code of one program: the sources below a folder that builds as a whole.
struct Component: Sendable {
    /// Relative to the tree; empty for its top.
    let directory: String
    var facts: [SourceFacts]

    var uses: [TokenUse] { facts.flatMap(\.uses) }
    var reads: [SecretRead] { facts.flatMap(\.reads) }
    var signs: Bool { facts.contains { $0.uses.contains { $0.action == .sign } } }
    var verifies: Bool { facts.contains { $0.uses.contains { $0.action == .verify } } }
    var takesPart: Bool { facts.contains { !$0.uses.isEmpty } }
}

/// The components of a tree, and which of them a workload runs.
struct Components: Sendable {
    let all: [Component]
    private let byDirectory: [String: Int]
    /// By the normal name of their folder; the top has none.
    private let byName: [String: [Int]]

    /// What stands at the top of a program's folder, whatever its language.
    private static let markers: Set<String> = [
        "package.json", "pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "manage.py", "go.mod",
        "pom.xml", "build.gradle", "build.gradle.kts", "Package.swift", "Cargo.toml", "Gemfile", "composer.json",
        "Dockerfile", "Procfile", "deno.json",
    ]

    init(_ facts: [SourceFacts], files: [String]) {
        var roots: Set<String> = []
        for path in files {
            let name = SourceTree.name(of: path)
            if Self.markers.contains(name) || name.hasSuffix(".csproj") { roots.insert(SourceTree.folder(of: path)) }
        }
        var grouped: [String: [SourceFacts]] = [:]
        for fact in facts where !fact.isEmpty && !Self.isTest(fact.file) {
            grouped[Self.root(of: fact.file, among: roots), default: []].append(fact)
        }
        all = grouped.sorted { $0.key < $1.key }.map { Component(directory: $0.key, facts: $0.value) }
        byDirectory = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1.directory, $0) })
        byName = Dictionary(grouping: all.indices.filter { [all] in !all[$0].directory.isEmpty }) { [all] in
            ServiceName.normal(SourceTree.name(of: all[$0].directory))
        }
    }

    private static func root(of file: String, among roots: Set<String>) -> String {
        var folder = SourceTree.folder(of: file)
        while !folder.isEmpty {
            if roots.contains(folder) { return folder }
            folder = SourceTree.folder(of: folder)
        }
        if roots.contains("") { return "" }
        // Without any marker the folders at the top are taken for programs.
        return file.firstIndex(of: "/").map { String(file[..<$0]) } ?? ""
    }

    /// Code that runs in no service: its secrets are made up, and rightly so.
    static func isTest(_ path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/")
        let folders: Set<Substring> = [
            "test", "tests", "__tests__", "spec", "specs", "testing", "fixtures", "mocks", "__mocks__", "e2e",
            "examples",
            "example", "testdata", "benchmarks",
        ]
        if parts.dropLast().contains(where: folders.contains) { return true }
        guard let name = parts.last else { return false }
        return name.hasPrefix("test_") || name.hasPrefix("conftest.")
            || ["_test.", ".test.", ".spec.", "_spec.", "tests.", "test.swift", "test.java", "test.kt"]
                .contains { name.contains($0) }
    }

    /// The program of a workload: at its build folder, its Dockerfile's, or in a folder that bears its name; nil where
    /// that is not clear.
    func component(of workload: Workload) -> Component? {
        for folder in [workload.dockerfile.map(SourceTree.folder), workload.sourceDirectory] {
            guard let folder else { continue }
            if let index = byDirectory[folder], !all[index].facts.isEmpty { return all[index] }
            guard !folder.isEmpty || workload.sourceDirectory == nil else { continue }
            let below = all.filter { $0.directory.hasPrefix(folder + "/") }
            if below.count == 1 { return below[0] }
        }
        if let named = byName[ServiceName.normal(workload.name)], named.count == 1 { return all[named[0]] }
        if workload.sourceDirectory == "", all.count == 1 { return all[0] }
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
        let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let kept = words.filter { StackEnvironment.named(by: $0, evidence: "") == nil }
        return (kept.isEmpty ? words : kept).joined(separator: "-")
    }

    /// Whether two names of different stacks are likely one service.
    static func isSame(_ a: String, _ b: String) -> Bool { normal(a) == normal(b) }
}
