import HTTPKit
import Logging
import PlantKit
import Storage
import Tokens

/// DB updates, where they are on (docs/decisions/0005): what they answer, and who may come to it. Where they are off there
/// is no such value, and no such path.
struct DBUpdatesRoutes: Sendable {
    let routes: [Route]
    let makeGate: @Sendable (ClientTokens) -> DBUpdatesGate

    /// - Parameters:
    ///   - database: the plant's own.
    ///   - protected: see `ProtectedTables`.
    init(
        settings: PlantSettings, updates: DBUpdatesSettings, database: any Database, protected: [String],
        now: @escaping @Sendable () -> Int64, logger: Logger
    ) throws(RestrictedSQLError) {
        let audit = DBUpdatesAudit(database: database, now: now, logger: logger)
        let login = DBUpdatesLogin(settings: settings, updates: updates)
        let restricted = try login.open(protecting: protected, logger: logger)
        let own = OwnDatabase(database)
        let collected = ModuleRoutes(prefix: "/api/v1/admin", tag: "Administration")
        ExecuteOperation(restricted: restricted, own: own, settings: updates, audit: audit).add(to: collected)
        ConnectionInfoOperation(
            restricted: restricted, own: own, login: login, settings: updates, protected: protected, audit: audit
        ).add(to: collected)
        routes = collected.collected
        let quota = RefusalQuota()
        makeGate = { tokens in
            DBUpdatesGate(
                tokens: tokens,
                proof: GatewayProof(assertion: tokens.assertion, audience: tokens.audience, now: tokens.now),
                audit: audit,
                quota: quota)
        }
    }
}
