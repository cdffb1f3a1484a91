import ArgumentParser
import Foundation
import Manifests

/// Which compose file a command is about; its `.env` stands beside it.
struct ProjectOptions: ParsableArguments {
    @Option(name: [.short, .long], help: "The compose file; .env is read from its folder.")
    var file = "docker-compose.local.yml"

    @Option(help: "Another file than .env beside the compose file.")
    var envFile: String?
}

/// The environment a command works with: `.env`, with the process environment over it.
package struct Project: Sendable {
    /// As it was named.
    package let file: String
    package let composePath: String
    package let directory: String
    package let variables: [String: String]

    /// Reads `.env` and says so. A missing one is no fault unless it was named.
    static func load(_ options: ProjectOptions, in context: CommandContext) throws(CommandFailure) -> Project {
        let composePath = context.absolute(options.file)
        let directory = AbsolutePath.parent(of: composePath)
        let envPath = options.envFile.map { context.absolute($0) } ?? directory + "/.env"
        var variables = context.variables
        if let text = try readText(envPath) {
            let dotEnv: DotEnv
            do throws(ManifestFaults) {
                dotEnv = try DotEnv.parse(text, file: envPath, environment: context.variables)
            } catch {
                throw CommandFailure(error)
            }
            for warning in dotEnv.warnings { context.say("warning: \(warning)") }
            announce(dotEnv, over: context)
            variables = dotEnv.values.merging(context.variables) { _, environment in environment }
        } else if options.envFile != nil {
            throw CommandFailure(.inputMissing, "\(envPath) is not there; name the .env file that is meant")
        } else {
            context.say("no .env at \(envPath); the environment alone counts")
        }
        return Project(file: options.file, composePath: composePath, directory: directory, variables: variables)
    }

    private static func announce(_ dotEnv: DotEnv, over context: CommandContext) {
        let values = dotEnv.values
        let overruled = values.filter { context.variables[$0.key].map { [value = $0.value] in $0 != value } ?? false }
        let exception =
            overruled.isEmpty
            ? "" : "; the environment wins for \(overruled.keys.sorted().joined(separator: ", "))"
        let count = values.count == 1 ? "1 variable" : "\(values.count) variables"
        context.say("read \(dotEnv.file) (\(count)\(exception))")
    }

    /// Nil when there is no such file.
    static func readText(_ path: String) throws(CommandFailure) -> String? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure(.inputMissing, "\(path) can't be read; check its permissions")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw CommandFailure(.configuration, "\(path) is not UTF-8 text; save it as UTF-8")
        }
        return text
    }
}
