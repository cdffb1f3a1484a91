/// What a service's command line asks for.
enum ServiceCommand: Equatable {
    case serve
    case healthcheck
    case version
    case help
    case unknown(String)

    /// - Parameter arguments: without the executable's name.
    init(arguments: [String]) {
        guard let first = arguments.first else {
            self = .serve
            return
        }
        guard arguments.count == 1 else {
            self = .unknown(arguments[1])
            return
        }
        self =
            switch first {
            case "healthcheck": .healthcheck
            case "--version", "-v": .version
            case "--help", "-h", "help": .help
            default: .unknown(first)
            }
    }
}
