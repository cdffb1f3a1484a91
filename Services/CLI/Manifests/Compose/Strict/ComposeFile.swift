package import Evidence

/// What a compose file says, as far as it matters without containers; interpolated, env files merged.
package struct ComposeFile: Sendable {
    package let file: String
    /// Absolute; what relative paths stand under.
    package let directory: String
    package let services: [ComposeService]
    /// Not wrong, but worth a line.
    package let warnings: [ManifestFault]

    package func service(_ name: String) -> ComposeService? { services.first { $0.name == name } }
}

package struct ComposeService: Sendable {
    package let name: String
    package let position: SourcePosition
    /// `x-lockstep`: which of the suite's executables this service is.
    package var executable: ServiceExecutable?
    package var environment: [ComposeVariable] = []
    package var entrypoint: [String]?
    package var command: [String]?
    package var ports: [ComposePort] = []
    package var dependencies: [ComposeDependency] = []
    package var healthcheck: ComposeHealthcheck?
    package var mounts: [ComposeMount] = []
    package var restart = ComposeRestart.never
    package var profiles: [String] = []
    package var stopGracePeriod = Duration.seconds(10)
    package var stopSignal: Int32?
    package var workingDirectory: String?
    /// Other names by which services reach it: container name, host name, network aliases.
    package var aliases: [String] = []
    /// Keys that mean nothing outside a container.
    package var ignoredKeys: [String] = []

    package var environmentValues: [String: String] {
        var values: [String: String] = [:]
        for variable in environment { values[variable.name] = variable.value }
        return values
    }
}

package struct ServiceExecutable: Sendable, Equatable {
    package let name: String
    /// Absolute, where the compose file names one.
    package let path: String?
    package let position: SourcePosition
}

package struct ComposeVariable: Sendable, Equatable {
    package let name: String
    package let value: String
    package let position: SourcePosition
}

package struct ComposePort: Sendable, Equatable {
    package let published: Int
    package let target: Int
    package let position: SourcePosition
}

package struct ComposeDependency: Sendable, Equatable {
    package enum Condition: String, Sendable, CaseIterable {
        case started = "service_started"
        case healthy = "service_healthy"
        case completed = "service_completed_successfully"
    }
    package let service: String
    package let condition: Condition
    package let position: SourcePosition
}

/// Times as in compose; the command itself is the executable's own `healthcheck`.
package struct ComposeHealthcheck: Sendable, Equatable {
    package var interval = Duration.seconds(30)
    package var timeout = Duration.seconds(30)
    package var startPeriod = Duration.zero
    package var startInterval: Duration?
    package var retries = 3

    package init() {}
}

package struct ComposeMount: Sendable, Equatable {
    package enum Source: Sendable, Equatable {
        case volume(String)
        /// An absolute path of this host.
        case host(String)
        case anonymous
    }
    package let source: Source
    /// The path inside the container.
    package let target: String
    /// A file rather than a folder; known for `secrets`.
    package let isFile: Bool
    package let position: SourcePosition
}

package enum ComposeRestart: Sendable, Equatable {
    case never
    case always
    /// After a failure only, at most so many times in a row.
    case onFailure(limit: Int?)
}
