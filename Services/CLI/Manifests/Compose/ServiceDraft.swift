import Evidence

/// A service of a compose file before files are merged: its values are bound, its paths are the tree's.
struct ServiceDraft {
    struct EnvironmentFileUse {
        /// Nil where the path depends on what the files do not say, or leads out of the tree.
        let path: String?
        /// For messages.
        let spelled: String
        let isRequired: Bool
        /// `format: raw`
        let isRaw: Bool
        let position: SourcePosition
    }

    struct Build {
        /// Where the context is while none is named.
        let folder: String
        /// Relative to the tree; nil where none is named.
        var context: String?
        /// The context is no folder of the tree: a repository, or one that depends on a variable.
        var isElsewhere = false
        /// Relative to the context.
        var dockerfile: String?
        var target: String?
        var arguments: [Assignment] = []
        /// `dockerfile_inline`
        var inline: (text: String, position: SourcePosition)?
    }

    /// `command` or `entrypoint`.
    struct Command {
        let words: [(value: BoundValue, position: SourcePosition)]
        /// Written as one text, which compose splits into words.
        let isText: Bool
    }

    /// A secret or config that the service is given as a file.
    struct Grant {
        let source: String
        /// Absolute.
        let target: String
        let isSecret: Bool
        let position: SourcePosition
    }

    struct Volume {
        enum Source {
            /// Relative to the tree where it is in it, or as written.
            case path(String)
            case named(String)
        }
        let source: Source
        let target: String
        let position: SourcePosition
    }

    struct Extension {
        let service: String
        /// Nil for the same file.
        let file: String?
        let position: SourcePosition
    }

    let name: String
    let position: SourcePosition
    /// The lowest first; the last of a name counts.
    var environment: [Assignment] = []
    var environmentFiles: [EnvironmentFileUse] = []
    var image: String?
    var build: Build?
    var command: Command?
    var entrypoint: Command?
    var profiles: [String] = []
    var grants: [Grant] = []
    var volumes: [Volume] = []
    var neighbours: [String] = []
    var workingDirectory: String?
    var extends: Extension?
    var gaps: [Gap] = []
    /// Keys that are tagged `!reset` or `!override`: what the file below says of them does not count.
    var cleared: Set<String> = []
    /// Variables that are tagged so.
    var unset: Set<String> = []

    /// This service with what another file, or the service that extends it, says over it (compose specification,
    /// "Merge": mappings are merged, lists are joined, `command` and `entrypoint` are replaced).
    func merged(under over: ServiceDraft, as identity: ServiceDraft) -> ServiceDraft {
        var result = ServiceDraft(name: identity.name, position: identity.position)
        func kept<T>(_ key: String, _ list: [T]) -> [T] { over.cleared.contains(key) ? [] : list }
        result.environment =
            kept("environment", environment).filter { !over.unset.contains($0.name) } + over.environment
        result.environmentFiles = kept("env_file", environmentFiles) + over.environmentFiles
        result.image = over.image ?? (over.cleared.contains("image") ? nil : image)
        result.build = over.cleared.contains("build") ? over.build : Self.merged(build, under: over.build)
        result.command = over.command ?? (over.cleared.contains("command") ? nil : command)
        result.entrypoint = over.entrypoint ?? (over.cleared.contains("entrypoint") ? nil : entrypoint)
        let known = Set(over.profiles)
        result.profiles = kept("profiles", profiles).filter { !known.contains($0) } + over.profiles
        let targets = Set(over.grants.map(\.target))
        let own = grants.filter { !over.cleared.contains($0.isSecret ? "secrets" : "configs") }
        result.grants = own.filter { !targets.contains($0.target) } + over.grants
        let mounted = Set(over.volumes.map(\.target))
        result.volumes = kept("volumes", volumes).filter { !mounted.contains($0.target) } + over.volumes
        result.neighbours = kept("depends_on", neighbours) + over.neighbours
        result.workingDirectory = over.workingDirectory ?? workingDirectory
        result.extends = over.extends
        result.gaps = gaps + over.gaps
        result.unset = over.unset
        result.cleared = over.cleared
        return result
    }

    private static func merged(_ base: Build?, under over: Build?) -> Build? {
        guard var result = base, let over else { return over ?? base }
        if over.context != nil || over.isElsewhere {
            result.context = over.context
            result.isElsewhere = over.isElsewhere
        }
        result.dockerfile = over.dockerfile ?? result.dockerfile
        result.target = over.target ?? result.target
        result.inline = over.inline ?? (over.dockerfile == nil ? result.inline : nil)
        result.arguments += over.arguments
        return result
    }
}
