/// A variable as one service of one stack is given it.
package struct Assignment: Hashable, Sendable {
    /// By what way it reaches the process.
    package enum Origin: String, Hashable, Sendable, CaseIterable {
        /// Written with the service itself (`environment:`, `env:`, `env_vars:`, `secrets:`).
        case manifest
        /// A file of variables (`env_file:`), or an object of them (`envFrom:`).
        case file
        /// `ENV` in the image's Dockerfile.
        case image
        /// What a deploying workflow or command line sets (`--set-env-vars`, `environment:` of a job).
        case workflow
    }

    package let name: String
    package let value: BoundValue
    /// Where the binding stands; for a value that comes from elsewhere, `valuePosition` says where that stands.
    package let position: SourcePosition
    package let origin: Origin
    /// Where the text itself stands, if not at `position`: the line in `.env`, in a ConfigMap, in tfvars.
    package let valuePosition: SourcePosition?

    package init(
        _ name: String, _ value: BoundValue, at position: SourcePosition, origin: Origin = .manifest,
        valueAt valuePosition: SourcePosition? = nil
    ) {
        self.name = name
        self.value = value
        self.position = position
        self.origin = origin
        self.valuePosition = valuePosition
    }
}
