/// What `healthcheck` asks: its raw value is the path.
package enum HealthQuestion: String, Sendable {
    case alive = "/health"
    /// For platforms that wait for a container's own check before they end the one before it.
    case ready = "/ready"
}

/// What a service's command line asks for.
enum ServiceCommand: Equatable {
    case serve
    case healthcheck(HealthQuestion)
    /// Of services with a database alone.
    case migrate, migrations
    /// With the words behind it.
    case seed([String])
    case version
    case help
    case unknown(String)

    /// - Parameter arguments: without the executable's name.
    init(arguments: [String]) {
        guard let first = arguments.first else {
            self = .serve
            return
        }
        if arguments == ["healthcheck", "--ready"] {
            self = .healthcheck(.ready)
            return
        }
        if first == "seed" {
            self = .seed(Array(arguments.dropFirst()))
            return
        }
        guard arguments.count == 1 else {
            self = .unknown(arguments[1])
            return
        }
        self =
            switch first {
            case "healthcheck": .healthcheck(.alive)
            case "migrate": .migrate
            case "migrations": .migrations
            case "--version", "-v": .version
            case "--help", "-h", "help": .help
            default: .unknown(first)
            }
    }
}
