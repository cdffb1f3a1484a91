import Glibc
import ServiceKit

/// `gateway check FILE`: what a routes file says and what is wrong with it, without starting anything and without a
/// secret. It refuses what the gateway would refuse at start.
package struct RoutesCheck: Equatable {
    package enum Format: String, CaseIterable, Sendable { case text, json }

    package struct Outcome: Equatable, Sendable {
        package var output = ""
        package var errors = ""
        package var exitCode: Int32 = ExitCode.success
    }

    package enum Command: Equatable {
        case check(RoutesCheck)
        case help
        case wrong(String)
    }

    /// EX_NOINPUT: the file is missing or can't be read.
    package static let unreadable: Int32 = 66

    package let file: String
    package let format: Format

    package static let help = """
        usage: gateway check FILE [--format text|json]

        Reads a routes file (GW_ROUTES_FILE) as the gateway would at start, and prints its routes in order of
        precedence, or everything that is wrong with it as FILE:LINE:COLUMN: what; how to mend it.
        FILE is YAML or JSON; - reads standard input. docs/ROUTES.md explains each member.

        examples:
          gateway check routes.yaml
          gateway check routes.yaml --format json | jq '.routes[] | select(.auth == "public") | .name'
          kubectl get configmap routes -o jsonpath='{.data.routes\\.yaml}' | gateway check -

        exit codes: 0 the gateway would take it, 78 it has faults, 66 FILE can't be read, 64 wrong command line
        """

    /// - Parameter arguments: without the executable's name.
    /// - Returns: nil when something else than a check is asked for.
    package static func command(arguments: [String]) -> Command? {
        guard arguments.first == "check" else { return nil }
        var rest = arguments.dropFirst()
        var file: String?
        var format = Format.text
        while let argument = rest.popFirst() {
            switch argument {
            case "--help", "-h": return .help
            case "--format":
                guard let name = rest.popFirst(), let known = Format(rawValue: name) else {
                    return .wrong("--format is text or json")
                }
                format = known
            case _ where argument.hasPrefix("--format="):
                guard let known = Format(rawValue: String(argument.dropFirst("--format=".count))) else {
                    return .wrong("--format is text or json")
                }
                format = known
            case _ where argument.hasPrefix("-") && argument != "-": return .wrong("unknown option \(argument)")
            default:
                guard file == nil else { return .wrong("one file at a time; \(argument) is another one") }
                file = argument
            }
        }
        guard let file, !file.isEmpty else { return .wrong("which file?") }
        return .check(RoutesCheck(file: file, format: format))
    }

    /// - Parameter read: the bytes of a file, or of standard input for `-`; nil when it can't be read.
    package static func run(_ command: Command, read: (String) -> [UInt8]?) -> Outcome {
        switch command {
        case .help: Outcome(output: help + "\n")
        case .wrong(let problem):
            Outcome(errors: "gateway: check: \(problem); try gateway check --help\n", exitCode: ExitCode.usage)
        case .check(let check): check.run(read)
        }
    }

    private func run(_ read: (String) -> [UInt8]?) -> Outcome {
        guard let bytes = read(file) else {
            return Outcome(errors: "gateway: check: \(file) can't be read\n", exitCode: Self.unreadable)
        }
        let report: CheckReport
        do throws(RoutesFile.Faults) {
            report = CheckReport(file: file, table: try RoutesFile.load(bytes))
        } catch {
            report = CheckReport(file: file, faults: error.faults)
        }
        return Outcome(
            output: format == .json ? report.json : report.text,
            exitCode: report.faults.isEmpty ? ExitCode.success : ExitCode.configuration)
    }

    /// For `main`: does what the command line asks for and ends the process; returns when it asks for something else.
    package static func runIfAsked(arguments: [String]) {
        guard let command = command(arguments: arguments) else { return }
        let outcome = run(command) { file in
            file == "-" ? RoutesFileReader.read(descriptor: STDIN_FILENO) : RoutesFileReader.read(file)
        }
        writeWhole(outcome.output, to: STDOUT_FILENO)
        writeWhole(outcome.errors, to: STDERR_FILENO)
        exit(outcome.exitCode)
    }

    private static func writeWhole(_ text: String, to descriptor: CInt) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = Array(rest).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else { return }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }
}
