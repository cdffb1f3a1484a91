import Foundation
package import Logging
import Manifests
package import Secrets
import ServiceKit

/// What a command knows of the world: handed in, so that tests hand in another.
package struct CommandContext: Sendable {
    package var console: Console
    /// The process environment.
    package var variables: [String: String]
    /// Absolute; what relative paths stand under.
    package var directory: String
    /// Seconds since the epoch.
    package var now: @Sendable () -> Int64
    /// So many bytes from the system's random source.
    package var randomBytes: @Sendable (Int) -> [UInt8]

    /// What secret stores can be opened with these variables (credentials, endpoints).
    package var stores: @Sendable ([String: String], Logger) -> SecretStores

    package init(
        console: Console, variables: [String: String], directory: String, now: @escaping @Sendable () -> Int64,
        randomBytes: @escaping @Sendable (Int) -> [UInt8],
        stores: @escaping @Sendable ([String: String], Logger) -> SecretStores = { _, _ in .fileOnly }
    ) {
        self.console = console
        self.variables = variables
        self.directory = directory
        self.now = now
        self.randomBytes = randomBytes
        self.stores = stores
    }

    /// - Parameter stores: chosen by Main.
    package static func live(
        stores: @escaping @Sendable ([String: String], Logger) -> SecretStores
    ) -> CommandContext {
        let variables = SettingsReader.live.variables
        return CommandContext(
            console: .live(allowsColour: variables["NO_COLOR"]?.isEmpty ?? true), variables: variables,
            directory: FileManager.default.currentDirectoryPath, now: WallClock.system.now,
            randomBytes: { count in
                // The system's generator is cryptographically secure (getrandom on Linux).
                var generator = SystemRandomNumberGenerator()
                return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            }, stores: stores)
    }

    /// The stores that these variables open, logging as `logger()` does.
    func stores(for variables: [String: String]) -> SecretStores { stores(variables, logger()) }

    package func absolute(_ path: String) -> String { AbsolutePath.of(path, under: directory) }

    func say(_ line: String) { console.err("lockstep: \(line)") }

    /// What libraries log while a command runs is not the command's answer: warnings and errors alone, on stderr.
    package func logger(_ label: String = "lockstep") -> Logger {
        let console = console
        return Logger(label: label) { _ in ConsoleLogHandler(console: console) }
    }
}

/// `lockstep: warning: …` on stderr.
struct ConsoleLogHandler: LogHandler {
    let console: Console
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        console.err("lockstep: \(event.level): \(event.message)")
    }
}
