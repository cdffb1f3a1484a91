import AsyncHTTPClient
import HTTPKit
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOPosix
import Secrets
import ServerKit
import ServiceKit
import Storage
import Synchronization
import TestSupport
import Tokens

@testable import Portal

/// A whole portal in process: an empty database, a clock moved by hand, cheap hashes.
struct TestPortal: Sendable {
    static let adminEmail = "admin@example.com"
    static let adminPassword = "mule dynamo stapler"
    /// As a portal's own; for the whole run.
    private static let client = HTTPClient(
        eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: Portal.clientConfiguration)
    static let customerPassword = "copper kettle sunday"

    private let app: any ApplicationProtocol
    /// Where `JWT_ROTATE_EVERY` is set, and the store can be written to.
    let scheduled: ScheduledRotation?
    /// All that it answers, as templates.
    let routes: [(method: HTTPRequest.Method, path: String)]
    let ring: KeyRing
    let manager: SecretManager
    let stores: Portal.Stores
    let signed: SigningTimes
    let hasher: PasswordHasher
    let outbox: OutboxWorker?
    /// Where mails go.
    let mailbox = Mailbox()
    let mail: MailService?
    let clock: ManualClock
    let log: CapturedLog
    let database: any Database
    let board: FleetBoard
    let refusals: RefusalLog
    let rotationDesk: RotationDesk?
    let variables: [String: String]

    /// - Parameters:
    ///   - environment: what is there in one alone.
    ///   - extra: variables beside the least that a portal needs.
    ///   - database: nil: a new one.
    init(
        _ kind: PortalKind = .platform, environment: DeploymentEnvironment = .test, extra: [String: String] = [:],
        database existing: (any Database)? = nil,
        clock: ManualClock = ManualClock(), entropy: Entropy = .system, sendsMail: Bool = true
    ) async throws {
        var variables = [
            "ENVIRONMENT": environment.rawValue, "PORTAL_KIND": kind.rawValue, "DATABASE_URL": "sqlite::memory:",
            "JWT_SECRET": "pl0ok9-ijm8uh-nby7gv-tfc6rd-xes5zw-aq4321-QWErty",
            "LOCKSTEP_INTERNAL_TOKEN": "internal-token-internal-token-internal",
            "ARGON2_MEMORY_KIB": "8", "ARGON2_PASSES": "1",
        ]
        switch kind {
        case .platform:
            variables["PORTAL_ADMIN_EMAIL"] = Self.adminEmail
            variables["PORTAL_ADMIN_PASSWORD"] = Self.adminPassword
        case .customer:
            variables["PLANT_BACKEND_URL"] = "http://127.0.0.1:9"
            variables["REGISTER_VERIFY_EMAIL"] = "false"
        }
        variables.merge(extra) { $1 }
        self.variables = variables
        self.clock = clock
        let log = CapturedLog()
        self.log = log
        let reader = SettingsReader(variables: variables)
        var settings = PortalSettings(reader: reader)
        settings.settle(environment: environment, reader: reader)
        let tokenSettings = TokenSettings(reader: reader, defaultIssuer: kind.defaultIssuer)
        let internalToken = InternalToken(reader: reader, environment: environment)
        let common = CommonSettings(reader: reader, defaultPort: 8080)
        let schedule = RotationSchedule(reader: reader, environment: environment)
        try reader.finish()
        let wall = WallClock { clock.now }
        let manager = try await SecretManager.load(variables: variables, logger: log.logger, now: wall.now)
        let readiness = Readiness(checks: [DatabaseWatch.check, KeyAgreementMonitor.check])
        let parts = ServerParts(
            service: "portal", common: common, environment: environment, manager: manager, internalToken: internalToken,
            readiness: readiness,
            agreement: KeyAgreementMonitor(
                settings: .init(portalURLs: [], needsIssuers: false), service: "portal", manager: manager,
                internalToken: internalToken, readiness: readiness, clock: wall, logger: log.logger),
            clock: wall, logger: log.logger)
        let database =
            if let existing { existing } else {
                try Databases.open(
                    url: try await TestedPostgreSQL.emptyDatabase() ?? "sqlite::memory:", logger: log.logger)
            }
        self.database = database
        let portal = try Portal(
            settings: settings, tokenSettings: tokenSettings, parts: parts,
            resources: .init(
                database: database, client: Self.client, pool: .singleton, entropy: entropy,
                // Whatever is looked at twice is looked at anew.
                uptime: { [ticks = Ticks()] in ticks.next() },
                mail: sendsMail ? .init(send: mailbox.receive, close: {}) : nil))
        mail = portal.mail
        board = portal.board
        refusals = portal.refusals
        rotationDesk = portal.rotationDesk
        try await portal.prepare()
        scheduled = schedule.flatMap { portal.scheduledRotation($0, algorithm: tokenSettings.algorithm) }
        routes = portal.router.routes.map { ($0.method, $0.path.description) }
        ring = manager.ring
        self.manager = manager
        stores = portal.stores
        signed = portal.signed
        hasher = portal.hasher
        outbox = portal.outbox
        app = portal.parts.application(router: portal.router)
    }

    /// Calls the routes without a socket.
    func test<T: Sendable>(_ body: @Sendable (Client) async throws -> T) async throws -> T {
        try await app.test(.router) { try await body(Client($0)) }
    }

    /// On a socket of the loopback interface; the body is handed the address.
    func testLive(_ body: @Sendable (_ url: String) async throws -> Void) async throws {
        try await app.test(.live) { client in
            guard let port = client.port else { throw NoPort() }
            try await body("http://localhost:\(port)")
        }
    }

    struct NoPort: Error {}

    /// Seconds that go on with each question.
    private final class Ticks: Sendable {
        private let count = Mutex<Int64>(0)

        func next() -> Int64 {
            count.withLock { count in
                count += 10
                return count
            }
        }
    }

    var lastAudited: AuditEvent? {
        get async throws { try await stores.audit.latest(1).first }
    }

    func audited(_ kind: AuditEvent.Kind) async throws -> Int {
        try await stores.audit.latest(1000).count { $0.kind == kind }
    }
}
