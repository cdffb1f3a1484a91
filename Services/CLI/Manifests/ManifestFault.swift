package import Evidence

/// What is wrong in a manifest, where, and how to mend it. Never holds a value of a variable: it may be a secret.
package struct ManifestFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let position: SourcePosition
    package let problem: String
    package let mend: String

    package init(_ position: SourcePosition, _ problem: String, mend: String) {
        self.position = position
        self.problem = problem
        self.mend = mend
    }

    package var description: String { "\(position): \(problem); \(mend)" }
}

/// Every fault of a manifest at once, in the order of the file.
package struct ManifestFaults: Error, Sendable, CustomStringConvertible {
    package let faults: [ManifestFault]

    package init(_ faults: [ManifestFault]) {
        self.faults = faults.sorted { ($0.position.file, $0.position.line) < ($1.position.file, $1.position.line) }
    }

    package var description: String { faults.map(\.description).joined(separator: "\n") }
}
