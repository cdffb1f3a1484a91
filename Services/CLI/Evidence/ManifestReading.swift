/// What the manifests of one kind came to.
package struct ManifestReading: Sendable {
    package var stacks: [Stack] = []
    package var loose: [LooseBinding] = []
    package var deliveries: [Delivery] = []
    package var unread: [UnreadFile] = []

    package init() {}

    package mutating func add(_ other: ManifestReading) {
        stacks += other.stacks
        loose += other.loose
        deliveries += other.deliveries
        unread += other.unread
    }
}

/// A name with a value that stands in the files outside any service: what a repository shows to everybody who has it.
package struct LooseBinding: Hashable, Sendable {
    package enum Place: String, Hashable, Sendable, CaseIterable {
        /// `.env`, `.env.production`
        case environmentFile
        /// `.env.example`, `.env.sample`: its values are meant to be replaced.
        case exampleFile
        /// `data` or `stringData` of a Kubernetes Secret; decoded.
        case secretObject
        /// `data` of a ConfigMap, a parameter's default, a Terraform variable, values.yaml
        case configuration
        /// `ARG` with a value, `build.args`
        case buildArgument
        /// `ENV` of a Dockerfile
        case imageLayer
        /// A text for people: README, runbook, notes.
        case document
        /// `env:` of a workflow or a literal in a `run:` step
        case workflow
    }

    package let name: String
    package let value: BoundValue
    package let place: Place
    package let position: SourcePosition

    package init(_ name: String, _ value: BoundValue, in place: Place, at position: SourcePosition) {
        self.name = name
        self.value = value
        self.place = place
        self.position = position
    }
}

/// A step of a workflow that deploys services, and what it hands them.
package struct Delivery: Sendable {
    /// `workflow.yml: deploy`
    package let name: String
    package let position: SourcePosition
    package let environment: StackEnvironment?
    package let target: Stack.Target?
    /// The services it deploys, as far as it names them; empty where it deploys files as they stand.
    package let services: [String]
    /// Manifests that it applies, relative to the tree.
    package let manifests: [String]
    package let assignments: [Assignment]
    /// What it writes into a store, for manifests that name the place (`kubectl create secret`, `fly secrets set`).
    package let stored: [StoredValue]
    /// Why it may hand over more than `assignments` shows; while there are any, a missing name proves nothing.
    package let gaps: [Gap]

    package init(
        _ name: String, at position: SourcePosition, environment: StackEnvironment?, target: Stack.Target?,
        services: [String], manifests: [String], assignments: [Assignment], stored: [StoredValue] = [], gaps: [Gap] = []
    ) {
        self.name = name
        self.position = position
        self.environment = environment
        self.target = target
        self.services = services
        self.manifests = manifests
        self.assignments = assignments
        self.stored = stored
        self.gaps = gaps
    }
}

/// A value that a workflow puts in a place that manifests name.
package struct StoredValue: Hashable, Sendable {
    package let place: SecretReference
    package let value: BoundValue
    package let position: SourcePosition

    package init(_ place: SecretReference, _ value: BoundValue, at position: SourcePosition) {
        self.place = place
        self.value = value
        self.position = position
    }
}

/// A file, or a part of one, that could not be read; the rest is checked all the same.
package struct UnreadFile: Error, Hashable, Sendable {
    package let position: SourcePosition
    /// What is wrong and how to mend it; without a value from the file.
    package let reason: String

    package init(_ position: SourcePosition, _ reason: String) {
        self.position = position
        self.reason = reason
    }
}
