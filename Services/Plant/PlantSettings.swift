package import Fleet
package import HTTPKit
package import PlantKit
package import Secrets
package import ServerKit
package import ServiceKit

/// What the plant reads, besides what every service reads (`CommonSettings`) and the signing secret (`SecretManager`).
///
/// | variable | type | default |
/// |---|---|---|
/// | `DATABASE_URL` | `sqlite:///ABSOLUTE/PATH`, `postgres://…` (`PostgreSQLAddress`) | required |
/// | `DATABASE_PASSWORD[_FILE]` (secret) | of a `postgres://` URL that has none | none |
/// | `PORTAL_URLS` or `PORTAL_URL` | issuers with which key agreement is proven | none |
/// | `FLEET_KEEPER_URL`, `FLEET_REPORT_INTERVAL_SECONDS` | see `FleetSettings` | |
/// | `PLANT_TRUST_ORIGINAL_AUTHORIZATION` | true: `X-Original-Authorization` counts without an assertion | false |
/// | `PLANT_ASSERTION_AUDIENCE` | what gateways name this plant as in their assertions | plant |
/// | `PLANT_AUDIT_RETENTION_DAYS` | 1 to 3650 | 90 |
/// | `PLANT_AUDIT_MAX_RECORDS` | 1000 to 100000000; the oldest go first | 1000000 |
/// | `PLANT_AUDIT_LOG_RETENTION_DAYS` | 30 to 3650: how long the log of changes is kept | 730 |
/// | `PLANT_AUDIT_LOG_MAX_RECORDS` | 1000 to 1000000000; the oldest go first | 10000000 |
/// | `PLANT_MODULES` | names with commas between, `all`, `none` | those that are enabled by default |
/// | `MODULE_<NAME>_*` | what each module's manifest declares (`GET /api/v1/modules`) | |
/// | `PLANT_MODULE_TIMEOUT_SECONDS` | 1 to 60: how long a module may take over one answer | 10 |
/// | `PLANT_MAX_STREAMS` | 1 to 100000: streams (events, exports) open at once | 1000 |
/// | `PLANT_MAX_STREAMS_PER_CALLER` | 1 to 100000: of them for one token's subject | 50 |
/// | `ENABLE_DB_UPDATES` | bool; statements of administrators, in development and test alone | false |
/// | `DB_UPDATES_…` | see `DBUpdatesSettings` | |
/// | `TRUSTED_PROXIES` | addresses and networks whose `X-Forwarded-For` counts | none |
/// | `LOCKSTEP_INTERNAL_TOKEN[_FILE]` | secret; what services show each other | required outside development and test |
/// | `JWT_ALGORITHM`, `JWT_TRUSTED_ISSUERS`, `JWT_AUDIENCE`, `JWT_LEEWAY_SECONDS` … | see `TokenSettings` | |
package struct PlantSettings: Sendable {
    package var environment: DeploymentEnvironment
    package var databaseURL: String
    package var databasePassword: SecretBytes?
    package var tokens: TokenSettings
    package var keySet: KeySetSettings?
    package var agreement: KeyAgreementMonitor.Settings
    package var fleet: FleetSettings
    package var internalToken: InternalToken
    package var trustedProxies: TrustedProxies
    package var trustsOriginalAuthorization: Bool
    package var assertionAudience: String
    /// Seconds.
    package var auditRetention: Int64
    package var auditMaximumRecords: Int64
    /// Seconds.
    package var auditLogRetention: Int64
    package var auditLogMaximumRecords: Int64
    package var modules: ModuleHost.Settings
    package var streams: StreamRules
    /// Nil: there are none.
    package var dbUpdates: DBUpdatesSettings?
    /// Of the start: they were asked for where there are none.
    package var dbUpdatesWarning: String?

    /// For `--help`; one line per variable.
    package static let help = """
          ENVIRONMENT                           development, test, staging, production (default: production)
          JWT_SECRET[_FILE]                     the signing secret, the same for all services
          DATABASE_URL                          sqlite:///ABSOLUTE/PATH or postgres://USER:PASSWORD@HOST/DATABASE
          DATABASE_PASSWORD[_FILE]              of a postgres URL that has none
          PORTAL_URLS                           issuers with which key agreement is proven
          FLEET_KEEPER_URL                      who keeps the fleet table (the first of PORTAL_URLS)
          FLEET_REPORT_INTERVAL_SECONDS         how often it hears of this replica (5)
          LOCKSTEP_INTERNAL_TOKEN[_FILE]        what services show each other
          PLANT_TRUST_ORIGINAL_AUTHORIZATION    true: X-Original-Authorization counts without an assertion (false)
          PLANT_ASSERTION_AUDIENCE              what gateways name this plant as (plant)
          PLANT_AUDIT_RETENTION_DAYS            how long validation records are kept (90)
          PLANT_AUDIT_MAX_RECORDS               how many are kept at most (1000000)
          PLANT_AUDIT_LOG_RETENTION_DAYS        how long the log of changes is kept (730)
          PLANT_AUDIT_LOG_MAX_RECORDS           how many of its entries are kept at most (10000000)
          PLANT_MODULES                         names with commas between, all or none (those enabled by default)
          PLANT_MODULE_TIMEOUT_SECONDS          how long a module may take over one answer (10)
          PLANT_MAX_STREAMS                     event streams and exports open at once (1000)
          PLANT_MAX_STREAMS_PER_CALLER          how many of them for one caller (50)
          MODULE_<NAME>_<SETTING>               a module's own settings; the core's can't be set there
          ENABLE_DB_UPDATES                     statements of administrators; development and test alone (false)
          DB_UPDATES_DATABASE_URL               postgres://USER@HOST/DATABASE of a restricted login for them
          DB_UPDATES_DATABASE_PASSWORD[_FILE]   of that URL, where it has none
          DB_UPDATES_MAX_ROWS                   rows that one may answer, and change (1000)
          DB_UPDATES_TIMEOUT_SECONDS            how long one may take (5)
          TRUSTED_PROXIES                       addresses and networks whose X-Forwarded-For counts
          HOST PORT LOG_LEVEL LOG_FORMAT DRAIN_SECONDS LOCKSTEP_INSTANCE
          JWT_ALGORITHM JWT_TRUSTED_ISSUERS JWT_AUDIENCE JWT_LEEWAY_SECONDS JWT_MAX_LIFETIME_HOURS
        """

    /// Faults stay in the reader; the caller ends with `reader.finish()`.
    package init(reader: SettingsReader, environment: DeploymentEnvironment) {
        self.environment = environment
        let access = DatabaseAccess(reader: reader)
        (databaseURL, databasePassword) = (access.url, access.password)
        tokens = TokenSettings(reader: reader, defaultIssuer: nil)
        keySet = KeySetSettings(reader: reader)
        agreement = KeyAgreementMonitor.Settings(reader: reader)
        fleet = FleetSettings(reader: reader, portalURLs: agreement.portalURLs)
        internalToken = InternalToken(reader: reader, environment: environment)
        trustedProxies = TrustedProxies(reader: reader)
        trustsOriginalAuthorization = reader.bool("PLANT_TRUST_ORIGINAL_AUTHORIZATION", default: false)
        assertionAudience = reader.string("PLANT_ASSERTION_AUDIENCE", default: "plant")
        auditRetention = Int64(reader.int("PLANT_AUDIT_RETENTION_DAYS", default: 90, in: 1...3650)) * 86_400
        auditMaximumRecords = Int64(reader.int("PLANT_AUDIT_MAX_RECORDS", default: 1_000_000, in: 1000...100_000_000))
        auditLogRetention = Int64(reader.int("PLANT_AUDIT_LOG_RETENTION_DAYS", default: 730, in: 30...3650)) * 86_400
        auditLogMaximumRecords = Int64(
            reader.int("PLANT_AUDIT_LOG_MAX_RECORDS", default: 10_000_000, in: 1000...1_000_000_000))
        let updates = DBUpdatesSettings(reader: reader, ownURL: databaseURL)
        let updatesSwitch = DBUpdatesSwitch(reader: reader, environment: environment)
        dbUpdates = updatesSwitch.isOn ? updates : nil
        dbUpdatesWarning = updatesSwitch.warning
        modules = ModuleHost.Settings(
            choice: ModuleChoice(reader: reader), variables: reader.variables,
            deadline: .seconds(reader.int("PLANT_MODULE_TIMEOUT_SECONDS", default: 10, in: 1...60)))
        streams = StreamRules(
            maximum: reader.int("PLANT_MAX_STREAMS", default: 1000, in: 1...100_000),
            maximumPerCaller: reader.int("PLANT_MAX_STREAMS_PER_CALLER", default: 50, in: 1...100_000),
            cutCounter: "lockstep_plant_streams_cut_total")
    }
}
