import Evidence

/// What one file of a hosting platform says: services in one environment or in several.
struct HostingFile {
    /// One file may hold a stack for each environment.
    struct Part {
        var environment: StackEnvironment?
        var workloads: [Workload]
    }

    var parts: [Part] = []
    var loose: [LooseBinding] = []

    /// A service that stands alone in its file is named by itself or by its folder.
    static func name(_ own: String?, _ path: String, platform: String) -> String {
        if let own, !own.isEmpty { return own }
        let folder = SourceTree.name(of: SourceTree.folder(of: path))
        return folder.isEmpty ? platform : folder
    }

    mutating func add(_ workload: Workload, in environment: StackEnvironment?) {
        parts.append(Part(environment: environment, workloads: [workload]))
    }

    /// `NAME = "value"` of a mapping.
    static func take(_ members: [ManifestNode.Member], into workload: inout Workload, _ value: (String) -> BoundValue) {
        for member in members {
            guard let scalar = member.value.scalar else { continue }
            workload.assign(Assignment(member.key, value(scalar.text), at: member.position))
        }
    }
}

/// The files of one platform.
protocol HostingFormat: Sendable {
    /// For messages and the stack's name: `Fly.io`.
    var platform: String { get }
    func claims(_ path: String, text: () -> String?) -> Bool
    func read(_ path: String, in tree: SourceTree) throws -> HostingFile
}

extension HostingFormat {
    /// Reads JSON, TOML or YAML, by the file's name.
    func root(_ path: String, in tree: SourceTree) throws -> ManifestNode? {
        let text = try tree.text(path)
        if path.hasSuffix(".toml") { return try TOMLDocument.parse(text, file: path) }
        return try ManifestNode.documents(text, file: path).first
    }
}
