package import Logging
package import Secrets
package import ServiceLifecycle

// INTERFACE SKELETON: the owner of ServiceKit splits this into files and fills it in. Signatures are what other modules compile against.

/// The wall clock as a value. Seconds since the epoch.
package struct WallClock: Sendable {
    package let now: @Sendable () -> Int64
    package init(now: @escaping @Sendable () -> Int64) { self.now = now }
    package static let system = WallClock { fatalError("skeleton") }
}

package struct SettingsFault: Error, Sendable, Equatable {
    package let variable: String
    package let problem: String
    package let mend: String
    package init(variable: String, problem: String, mend: String) {
        self.variable = variable
        self.problem = problem
        self.mend = mend
    }
}
/// All faults at once; exit code 78 (EX_CONFIG).
package struct SettingsError: Error, Sendable {
    package let faults: [SettingsFault]
    package init(faults: [SettingsFault]) { self.faults = faults }
}

/// Reads settings by variable name through swift-configuration, collects every fault, throws them together in `finish()`.
/// Used at startup by one task; not Sendable. A getter whose value is bad records a fault and answers the default (or a harmless value).
package final class SettingsReader {
    /// What the process was started with; `SecretManager.load` takes it.
    package let variables: [String: String]
    package init(variables: [String: String]) { self.variables = variables }
    /// The process environment: the only place besides Shared/Secrets that reads it.
    package static var live: SettingsReader { fatalError("skeleton") }

    /// Empty counts as absent.
    package func string(_ name: String) -> String? { fatalError("skeleton") }
    package func string(_ name: String, default value: String) -> String { fatalError("skeleton") }
    package func require(_ name: String, mend: String) -> String { fatalError("skeleton") }
    package func int(_ name: String, default value: Int, in range: ClosedRange<Int>) -> Int { fatalError("skeleton") }
    package func bool(_ name: String, default value: Bool) -> Bool { fatalError("skeleton") }
    package func choice<T: RawRepresentable & CaseIterable>(_ name: String, default value: T) -> T
    where T.RawValue == String { fatalError("skeleton") }
    /// An absolute http(s) URL without trailing slash, user info, query or fragment.
    package func url(_ name: String) -> String? { fatalError("skeleton") }
    package func list(_ name: String, separator: Character = ",") -> [String] { fatalError("skeleton") }
    /// `NAME` or `NAME_FILE`; both set and different is a fault. Never printed.
    package func secret(_ name: String, minimumBytes: Int) -> SecretBytes? { fatalError("skeleton") }
    package func fault(_ name: String, _ problem: String, mend: String) { fatalError("skeleton") }
    package func finish() throws(SettingsError) { fatalError("skeleton") }
}

/// What every service reads. Keys: ENVIRONMENT, HOST (127.0.0.1), PORT, LOG_LEVEL (info), LOG_FORMAT (auto|json|text),
/// DRAIN_SECONDS (10), LOCKSTEP_INSTANCE (host name and pid).
package struct CommonSettings: Sendable {
    package var host: String
    package var port: Int
    package var logLevel: Logger.Level
    package var drainSeconds: Int
    package var instance: String
    package init(reader: SettingsReader, defaultPort: Int) { fatalError("skeleton") }
}

/// The one way a service's `main` runs and fails: handles `healthcheck`, `--version` and `--help`, reads live settings,
/// bootstraps logging and metrics, calls `body`, and turns an error into one line on fd 2: exit 78 for settings and secrets, 1 else.
package enum Startup {
    package static func run(
        service: String, defaultPort: Int, help: String,
        _ body: (SettingsReader, CommonSettings, Logger) async throws -> Void
    ) async { fatalError("skeleton") }
    /// Runs services until SIGTERM or SIGINT, then drains for at most `drainSeconds`.
    package static func serve(_ services: [any Service], drainSeconds: Int, logger: Logger) async throws {
        fatalError("skeleton")
    }
}

package enum BuildInfo {
    package static let version = "0.1.0"
}

/// What a service's `/ready` is made of. Checks are named; one that is not ready makes the service not ready.
package final class Readiness: Sendable {
    package enum Status: Sendable, Equatable {
        case ready
        /// Ready, with something to say, e.g. `agreement: unconfirmed`.
        case warning(code: String, detail: String)
        /// Stable code, e.g. `key_disagreement`, `database_unreachable`, `starting`, `draining`.
        case notReady(code: String, detail: String)
    }
    package init(checks: [String]) { fatalError("skeleton") }
    package func set(_ check: String, _ status: Status) { fatalError("skeleton") }
    package var isReady: Bool { fatalError("skeleton") }
    package var checks: [(name: String, status: Status)] { fatalError("skeleton") }
}

/// The swift-metrics backend; text exposition format 0.0.4. Labels come from metric dimensions; bounded cardinality.
/// Installed by `Startup.run`; everyone records through swift-metrics' `Counter`, `Timer`, `Gauge`/`Meter`.
package final class PrometheusRegistry: Sendable {
    package static let shared = PrometheusRegistry()
    package init() {}
    package func render() -> String { fatalError("skeleton") }
}
