/// One service of a stack with what its process will see.
package struct Workload: Sendable {
    /// As the manifest names it; of several containers in one pod or task, `POD/CONTAINER`.
    package let name: String
    package let position: SourcePosition
    /// What reaches the process, one for a name: precedence is applied.
    package var assignments: [Assignment]
    /// What precedence put aside.
    package var overridden: [Assignment] = []
    /// Why more variables may reach it than the files show; empty where the list is whole. While it is not, a missing name
    /// proves nothing.
    package var gaps: [Gap] = []
    /// Names that it asks for in a place that does not have them, so that it does not start.
    package var dangling: [DanglingReference] = []
    /// Without registry's credentials; as written.
    package var image: String?
    /// Relative to the tree: where its code is, as `build:`, a function's `CodeUri` or a Dockerfile say.
    package var sourceDirectory: String?
    /// The source that it starts with, relative to the tree and without an ending (`src/login`), where a folder may hold
    /// several programs, as those of functions do.
    package var entry: String?
    /// Relative to the tree.
    package var dockerfile: String?
    package var command: [String] = []
    /// Files that hold values: what a `NAME_FILE` variable may point at.
    package var mounts: [SecretMount] = []
    /// Other services of the stack that it names: `depends_on`, hosts in its variables.
    package var neighbours: [String] = []
    /// Which of Lockstep's own executables it is (`portal`, `gateway`, `plant`), where the files say so.
    package var executable: String?
    /// The issuer names under which it signs tokens, empty for none; nil where no declaration says.
    package var issues: [String]?
    /// The issuers whose tokens it accepts, empty for none; nil where no declaration says.
    package var verifies: [String]?

    package init(_ name: String, at position: SourcePosition, assignments: [Assignment] = []) {
        self.name = name
        self.position = position
        self.assignments = assignments
    }

    package subscript(name: String) -> Assignment? { assignments.last { $0.name == name } }
}

/// Something that may bring variables that the files do not show.
package struct Gap: Hashable, Sendable {
    /// For messages: `env_file .env is not in the tree`.
    package let reason: String
    package let position: SourcePosition
    /// A file beside the missing one that shows its names (`.env.example`).
    package let example: String?

    package init(_ reason: String, at position: SourcePosition, example: String? = nil) {
        self.reason = reason
        self.position = position
        self.example = example
    }
}

/// A variable that a place of the tree should give, and has not.
package struct DanglingReference: Hashable, Sendable {
    package let name: String
    package let position: SourcePosition
    /// For messages: `the key jwt of the Secret app at k8s/secret.yaml:3`.
    package let wanted: String

    package init(_ name: String, at position: SourcePosition, wanted: String) {
        self.name = name
        self.position = position
        self.wanted = wanted
    }
}

/// A value as a file in the container.
package struct SecretMount: Hashable, Sendable {
    /// Absolute, in the container; a folder where `isFolder`, with a file for each key of what is mounted.
    package let path: String
    package let value: BoundValue
    package let isFolder: Bool
    package let position: SourcePosition

    package init(_ path: String, _ value: BoundValue, isFolder: Bool = false, at position: SourcePosition) {
        self.path = path
        self.value = value
        self.isFolder = isFolder
        self.position = position
    }
}
