package import Evidence
package import Manifests

/// What `lockstep up` is going to run, resolved to the last path and port; started and printed from this one value.
package struct StackPlan: Sendable {
    /// In an order in which each stands after what it depends on.
    package var services: [PlannedService]
    package var skipped: [SkippedService]
    /// Folders that have to be there, absolute.
    package var folders: [String]
    package var warnings: [ManifestFault]

    package func service(_ name: String) -> PlannedService? { services.first { $0.name == name } }

    /// For every service that does not set the variable itself.
    mutating func defaultEnvironment(_ name: String, _ value: String) {
        for index in services.indices where services[index].environment[name] == nil {
            services[index].environment[name] = value
        }
    }
}

package struct PlannedService: Sendable {
    package let name: String
    package let position: SourcePosition
    /// Absolute.
    package let executable: String
    package let arguments: [String]
    /// All that the process gets.
    package var environment: [String: String]
    /// Absolute.
    package let workingDirectory: String
    /// On loopback.
    package let ports: [Int]
    /// Those that run here too.
    package let dependencies: [ComposeDependency]
    package let healthcheck: ComposeHealthcheck?
    package let restart: ComposeRestart
    package let stopGracePeriod: Duration
    package let stopSignal: Int32
    package let ignoredKeys: [String]

    /// Where people and tools reach it.
    package var address: String? { ports.first.map { "http://127.0.0.1:\($0)" } }
}

package struct SkippedService: Sendable, Equatable {
    package let name: String
    package let reason: String
}
