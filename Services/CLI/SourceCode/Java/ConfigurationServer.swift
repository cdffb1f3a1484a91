import Evidence

/// The files that a Spring configuration server hands out: `config-repo/auth-service-prod.yml` goes to the program of
/// that name, `application.yml` to all.
enum ConfigurationServer {
    private static let folders = ["config-server", "configserver", "config-repo", "configrepo", "cloud-config"]

    static func holds(_ path: String) -> Bool {
        guard [".yml", ".yaml", ".properties"].contains(where: path.hasSuffix) else { return false }
        let parts = path.lowercased().split(separator: "/").dropLast()
        return parts.contains { part in folders.contains { part.contains($0) } } && !parts.contains("test")
    }

    /// The program that a file is for, by the folders that the program's code lies in; nil for one that is for all.
    static func isFor(_ file: String, _ folders: Set<String>) -> Bool? {
        let name = SourceTree.name(of: file)
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        if stem == "application" || stem.hasPrefix("application-") || stem.hasPrefix("bootstrap") { return nil }
        return folders.contains(stem)
    }
}
