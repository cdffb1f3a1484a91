package import Logging
package import Storage

/// Something that plugs into the plant: a target that stands on PlantKit alone, listed in `PlantMain`.
///
/// Life: discovered (its manifest is read) → validated → registered (settings, migrations, `init`) → serving → stopped.
/// Whatever throws or hangs on the way takes this module out and nobody else.
package protocol PlantModule: Sendable {
    static var manifest: ModuleManifest { get }
    /// Its tables, each named `<module_name>_…`; applied before `init`.
    static var migrations: [Migration] { get }
    /// What it can invent for an empty database (`lockstep seed`).
    static var seeds: [ModuleSeed] { get }

    /// Builds the module. What it throws is shown at `/api/v1/modules`, and the module does not serve.
    init(_ context: ModuleContext) async throws

    /// Says what it answers. Called once, before it serves.
    func routes(_ routes: ModuleRoutes)

    /// Work beside answers; started when the plant serves, cancelled when it stops.
    func work() -> [ModuleWork]

    /// Asked now and then.
    func health() async -> ModuleHealth

    /// Last, after its work has ended.
    func stop() async

    /// What the module keeps of a customer, for its export; nil for nothing.
    func exportCustomer(_ id: String, in transaction: any SQLTransaction) async throws -> JSONValue?
    /// Forgets what identifies a customer. Runs in the transaction that erases it everywhere.
    func eraseCustomer(_ id: String, in transaction: any SQLTransaction) async throws
    /// What belonged to one customer belongs to another. Runs in the transaction of the merge.
    func mergeCustomer(_ id: String, into other: String, in transaction: any SQLTransaction) async throws
}

extension PlantModule {
    package static var migrations: [Migration] { [] }
    package static var seeds: [ModuleSeed] { [] }
    package func work() -> [ModuleWork] { [] }
    package func health() async -> ModuleHealth { .ok }
    package func stop() async {}
    package func exportCustomer(_ id: String, in transaction: any SQLTransaction) async throws -> JSONValue? { nil }
    package func eraseCustomer(_ id: String, in transaction: any SQLTransaction) async throws {}
    package func mergeCustomer(_ id: String, into other: String, in transaction: any SQLTransaction) async throws {}
}

/// All that a module is handed. No key, no address of the database, no environment.
package struct ModuleContext: Sendable {
    package let settings: ModuleSettings
    package let database: any Database
    /// Seconds since the epoch.
    package let now: @Sendable () -> Int64
    package let makeID: @Sendable () -> String
    /// Names the module in each line.
    package let logger: Logger
    package let metrics: ModuleMetrics

    package init(
        settings: ModuleSettings, database: any Database, now: @escaping @Sendable () -> Int64,
        makeID: @escaping @Sendable () -> String, logger: Logger, metrics: ModuleMetrics
    ) {
        self.settings = settings
        self.database = database
        self.now = now
        self.makeID = makeID
        self.logger = logger
        self.metrics = metrics
    }
}

/// Background work under supervision: what throws is started again, later each time.
package struct ModuleWork: Sendable {
    /// For logs and metrics.
    package let name: String
    /// Until cancelled; who returns is done.
    package let run: @Sendable () async throws -> Void

    package init(_ name: String, _ run: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.run = run
    }
}

package enum ModuleHealth: Sendable, Equatable {
    case ok
    /// Serves, with less than all.
    case degraded(String)
    case down(String)
}

/// Why a module does not serve. Knows no HTTP.
package enum ModuleFault: Error, Sendable, Equatable, CustomStringConvertible {
    case undeclaredSetting(String)
    /// Seconds.
    case tookTooLong(seconds: Int)
    /// Too many of its requests are under way, or it has hung too often lately.
    case busy
    case hanging(retryAfter: Int)

    package var description: String {
        switch self {
        case .undeclaredSetting(let name): "reads setting \(name), which its manifest does not declare as such"
        case .tookTooLong(let seconds): "did not end within \(seconds) s"
        case .busy: "has too many requests under way"
        case .hanging: "has hung too often lately"
        }
    }
}
