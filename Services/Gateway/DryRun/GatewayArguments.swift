import Glibc
import ServiceKit

/// What of a command line is the gateway's own: `--dry-run FILE`, which stands for GW_ROUTES_DRY_RUN_FILE.
package struct GatewayArguments: Equatable {
    /// For `Startup`.
    package private(set) var rest: [String] = []
    /// Over those of the environment.
    package private(set) var variables: [String: String] = [:]

    package enum Fault: Error, Equatable { case noFile, twice }

    /// - Parameter arguments: without the executable's name.
    package init(_ arguments: [String]) throws(Fault) {
        var remaining = arguments[...]
        while let argument = remaining.popFirst() {
            let file: String
            if argument == "--dry-run" {
                guard let next = remaining.popFirst(), !next.hasPrefix("-") else { throw .noFile }
                file = next
            } else if argument.hasPrefix("--dry-run=") {
                file = String(argument.dropFirst("--dry-run=".count))
            } else {
                rest.append(argument)
                continue
            }
            guard !file.isEmpty else { throw .noFile }
            guard variables["GW_ROUTES_DRY_RUN_FILE"] == nil else { throw .twice }
            variables["GW_ROUTES_DRY_RUN_FILE"] = file
        }
    }

    /// Of this process; ends it with 64 where they are wrong.
    package static func ofProcess() -> GatewayArguments {
        do throws(Fault) {
            return try GatewayArguments(Array(CommandLine.arguments.dropFirst()))
        } catch {
            let problem =
                switch error {
                case .noFile: "--dry-run needs a file of routes"
                case .twice: "--dry-run takes one file"
                }
            let text = "gateway: \(problem); try gateway --help\n"
            _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
            exit(ExitCode.usage)
        }
    }
}
