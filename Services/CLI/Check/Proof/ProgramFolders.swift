import Evidence

/// Where the programs of a tree lie.
struct ProgramFolders: Sendable {
    /// The folders of programs, without such that hold a Dockerfile alone.
    let programs: Set<String>
    private let roots: Set<String>

    /// What stands at the top of a program's folder, whatever its language.
    private static let markers: Set<String> = [
        "package.json", "pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile", "manage.py", "go.mod",
        "pom.xml", "build.gradle", "build.gradle.kts", "Package.swift", "Cargo.toml", "Gemfile", "composer.json",
        "deno.json",
    ]
    /// What may stand anywhere, and makes a folder a program only where code lies beside it.
    private static let recipes: Set<String> = ["Dockerfile", "Procfile"]

    init(_ files: [String]) {
        var programs: Set<String> = []
        var roots: Set<String> = []
        for path in files {
            let name = SourceTree.name(of: path)
            if Self.markers.contains(name) || name.hasSuffix(".csproj") { programs.insert(SourceTree.folder(of: path)) }
            if Self.recipes.contains(name) { roots.insert(SourceTree.folder(of: path)) }
            if let folder = Self.started(by: path) { programs.insert(folder) }
        }
        programs.formUnion(Self.configured(files))
        self.programs = programs
        self.roots = roots.union(programs)
    }

    /// The folder of the program that a file is of; empty for the top of the tree.
    func root(of file: String) -> String {
        var folder = SourceTree.folder(of: file)
        while !folder.isEmpty {
            if roots.contains(folder) { return folder }
            folder = SourceTree.folder(of: folder)
        }
        if roots.contains("") { return "" }
        // Without any marker the folders at the top are taken for programs.
        return file.firstIndex(of: "/").map { String(file[..<$0]) } ?? ""
    }

    // MARK: programs side by side

    private static let gatherings: Set<String> = ["apps", "services", "microservices"]
    /// What a program starts with, in its folder or in a `src` or `app` of it.
    private static let starts: Set<String> = [
        "main.ts", "main.js", "index.ts", "index.js", "server.ts", "server.js", "app.ts", "app.js", "main.py",
        "main.go",
    ]

    /// Programs of one Go module, each with its settings and its own code: `service/user/api` with `etc/user.yaml` and
    /// `internal`.
    private static func configured(_ files: [String]) -> Set<String> {
        var settings: Set<String> = []
        var code: Set<String> = []
        for path in files {
            if path.hasSuffix(".yaml") || path.hasSuffix(".yml"), let range = path.firstRange(of: "/etc/") {
                settings.insert(String(path[..<range.lowerBound]))
            } else if path.hasSuffix(".go"), let range = path.firstRange(of: "/internal/") {
                code.insert(String(path[..<range.lowerBound]))
            }
        }
        return settings.intersection(code)
    }

    /// Whether it is one of several that are built from one context: `apps/gateway`, `services/auth`.
    static func isGathered(_ folder: String) -> Bool {
        gatherings.contains(SourceTree.name(of: SourceTree.folder(of: folder)))
    }

    /// The program of such a place that a file starts; nil for every other file.
    static func started(by path: String) -> String? {
        guard starts.contains(SourceTree.name(of: path)) else { return nil }
        let folder = SourceTree.folder(of: path)
        let inner = SourceTree.name(of: folder)
        let program = inner == "src" || inner == "app" ? SourceTree.folder(of: folder) : folder
        // `services/mail/index.js` is a part of a program as often as one of its own.
        guard program != folder || path.hasSuffix(".py") || path.hasSuffix(".go") else { return nil }
        return isGathered(program) ? program : nil
    }
}
