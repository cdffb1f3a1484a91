import Evidence

/// Which files hold `NAME=value` lines, and which of them are only to be copied from.
enum EnvironmentFileName {
    /// `.env`, `.env.production`, `prod.env`, `.env.example`, `env.sample`, `.envrc`, `.flaskenv`.
    static func isEnvironmentFile(_ path: String) -> Bool {
        let words = words(of: path)
        guard let last = words.last, !otherFormats.contains(last) else { return false }
        let name = SourceTree.name(of: path).lowercased()
        if name == ".envrc" || name == ".flaskenv" { return true }
        // `make-env` and `set_env` are programs.
        let namesExample = words.first == "env" && exampleWords.contains(last)
        return name == ".env" || name.hasSuffix(".env") || namesExample
            || [".env.", ".env-", ".env_"].contains { name.hasPrefix($0) }
    }

    static func isExample(_ path: String) -> Bool { words(of: path).contains { exampleWords.contains($0) } }

    /// Direnv's file is a shell script of which the assignments matter alone.
    static func isScript(_ path: String) -> Bool { SourceTree.name(of: path).lowercased() == ".envrc" }

    /// The file beside a missing one that shows what it holds.
    static func example(beside path: String, in tree: SourceTree) -> String? {
        let folder = SourceTree.folder(of: path)
        let name = SourceTree.name(of: path)
        let own = ["example", "sample", "template", "dist", "tmpl", "default", "defaults"].flatMap {
            ["\(name).\($0)", "\(name)-\($0)", "\(name)_\($0)", "\($0).\(name)", "\($0)\(name)"]
        }
        let stem = name.hasSuffix(".env") ? String(name.dropLast(4)) : ""
        let inner = stem.isEmpty ? [] : ["\(stem).example.env", "\(stem).sample.env", "\(stem).env.example"]
        let shared = [
            ".env.example", ".env.sample", "example.env", ".env.template", ".env.dist", "env.example", "sample.env",
            "env.sample", ".env.default", ".env.defaults", ".env-example", ".env_example",
        ]
        return (own + inner + shared).lazy.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }.first(where: tree.contains)
    }

    private static func words(of path: String) -> [Substring] {
        SourceTree.name(of: path).lowercased().split { $0 == "." || $0 == "-" || $0 == "_" }.map { $0[...] }
    }

    private static let exampleWords: Set<Substring> = [
        "example", "examples", "sample", "template", "tmpl", "tpl", "dist", "default", "defaults", "schema",
    ]

    /// `env.d.ts`, `.env.vault` (encrypted), `.env.json`.
    private static let otherFormats: Set<Substring> = [
        "ts", "js", "mjs", "cjs", "tsx", "jsx", "py", "rb", "go", "rs", "php", "java", "kt", "swift", "cs", "sh", "bat",
        "ps1", "json", "yml", "yaml", "toml", "xml", "md", "txt", "html", "vault", "keys", "enc", "gpg", "age", "sops",
        "j2", "erb", "lock", "log", "zip", "gz", "png", "svg", "vue", "ex", "exs", "cfg", "ini", "conf", "hcl", "tf",
    ]
}
