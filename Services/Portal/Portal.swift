import AsyncHTTPClient
import Fleet
import HTTPKit
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Secrets
import ServerKit
import ServiceKit
import ServiceLifecycle
import Storage
import Tokens

/// A portal, wired by hand: what it is made of, and how it runs.
package struct Portal {
    let router: Router<AppContext>
    let parts: ServerParts
    let settings: PortalSettings
    let stores: Stores
    let hasher: PasswordHasher
    let outbox: OutboxWorker?
    /// Where mails can be sent.
    let mail: MailService?
    let housekeeping: Housekeeping
    let databaseWatch: DatabaseWatch
    /// What pages show of the fleet.
    let board: FleetBoard
    /// Where keys can be rotated from the page: a platform portal that may write to the store of its ring.
    let rotationDesk: RotationDesk?
    /// When each key last signed an access token.
    let signed = SigningTimes()
    /// Which tokens were refused here of late.
    let refusals = RefusalLog()
    /// Where a keeper of the fleet table is known.
    var fleet: FleetParts?
    /// Where `JWT_ROTATE_EVERY` is set, and the store can be written to.
    var scheduled: ScheduledRotation?
    private let database: any Database
    private let entropy: Entropy
    private let client: HTTPClient

    /// The database by what is done with it.
    struct Stores: Sendable {
        let login: LoginStore
        let opening: SessionOpeningStore
        let refresh: RefreshStore
        let sessions: SessionStore
        let webSessions: WebSessionStore
        let registration: RegistrationStore
        let outbox: OutboxStore
        let mails: OutboxStore
        let links: AccountLinkStore
        let accounts: AccountStore
        let people: PeopleStore
        let invitations: InvitationStore
        let housekeeping: HousekeepingStore
        let audit: AuditStore
        /// Programs with accounts of their own are the platform's.
        let serviceAccounts: ServiceAccountStore?
        let identities: IdentityStore
        let flows: FlowStore
        /// The platform portal keeps the fleet table.
        let fleet: FleetStore?
        /// And remembers rotations.
        let rotation: RotationStore?

        init(database: any Database, settings: PortalSettings, revocations: Revocations, post: PostOffice) {
            login = LoginStore(database: database)
            opening = SessionOpeningStore(
                database: database, revocations: revocations, policy: settings.secondFactors)
            let policy = settings.secondFactors
            refresh = RefreshStore(database: database, revocations: revocations, policy: policy)
            sessions = SessionStore(database: database, revocations: revocations, policy: policy)
            webSessions = WebSessionStore(database: database, policy: policy)
            serviceAccounts =
                settings.kind == .platform
                ? ServiceAccountStore(database: database, revocations: revocations) : nil
            registration = RegistrationStore(database: database, post: post)
            outbox = OutboxStore(database: database)
            mails = OutboxStore(database: database, table: .mails)
            links = AccountLinkStore(database: database)
            let rules = PeopleRules(kind: settings.kind)
            people = PeopleStore(database: database, rules: rules, revocations: revocations, post: post)
            invitations = InvitationStore(database: database, rules: rules, post: post)
            accounts = AccountStore(database: database, revocations: revocations, post: post)
            housekeeping = HousekeepingStore(database: database)
            audit = AuditStore(database: database)
            identities = IdentityStore(database: database, revocations: revocations, post: post)
            flows = FlowStore(database: database)
            rotation = settings.kind == .platform ? RotationStore(database: database) : nil
            fleet =
                settings.kind == .platform ? FleetStore(database: database, settings: settings.fleetKeeping) : nil
        }
    }

    /// What reports to the fleet keeper.
    struct FleetParts: Sendable {
        /// Nil where the portal is the keeper itself.
        var connection: FleetHTTP?
        var reporter: FleetReporter
    }

    /// What comes from outside: opened by the caller, closed by `run()` or `close()`.
    struct Resources: Sendable {
        var database: any Database
        var client: HTTPClient
        /// Started; for password hashes alone.
        var pool: NIOThreadPool
        var entropy: Entropy
        /// Seconds that only grow.
        var uptime: @Sendable () -> Int64 = Portal.uptime
        /// How mails leave; nil where they can't.
        var mail: Mail?

        struct Mail: Sendable {
            var send: @Sendable (MailMessage) async -> OutboxPacing.Answer
            /// Called once, when nothing is sent any more.
            var close: @Sendable () async throws -> Void
        }
    }

    /// `PortalSettings.settle` was not called.
    struct UnsettledSettings: Error {}

    init(settings: PortalSettings, tokenSettings: TokenSettings, parts: ServerParts, resources: Resources) throws {
        self.settings = settings
        self.parts = parts
        database = resources.database
        entropy = resources.entropy
        client = resources.client
        guard let dataKey = settings.dataKey else { throw UnsettledSettings() }
        let seal = LetterSeal(seal: DataKeySeal(dataKey, for: .letter, entropy: resources.entropy))
        let stores = Stores(
            database: resources.database, settings: settings,
            revocations: Revocations(
                issuer: tokenSettings.issuer ?? settings.kind.defaultIssuer, policy: tokenSettings.policy,
                entropy: resources.entropy),
            post: PostOffice(seal: seal, entropy: resources.entropy))
        self.stores = stores
        hasher = try PasswordHasher(
            parameters: settings.argon2, pool: resources.pool, threads: settings.passwordThreads,
            queue: settings.passwordQueue, entropy: resources.entropy)
        databaseWatch = DatabaseWatch(
            database: resources.database, readiness: parts.readiness, logger: parts.logger)
        housekeeping = Housekeeping(
            store: stores.housekeeping, limits: settings.housekeeping, clock: parts.clock, logger: parts.logger)
        outbox = settings.plantURL.flatMap { plantURL in
            guard settings.kind == .customer else { return nil }
            let plant = PlantCustomers(
                client: resources.client, plantURL: plantURL, internalToken: parts.internalToken)
            return OutboxWorker(
                store: stores.outbox, deliver: plant.deliver, entropy: resources.entropy, clock: parts.clock,
                logger: parts.logger)
        }
        board = Self.board(settings: settings, parts: parts, stores: stores, resources: resources)
        rotationDesk = Self.rotationDesk(
            algorithm: tokenSettings.algorithm, parts: parts, stores: stores, resources: resources)
        mail = try resources.mail.map { mail in
            let postman = Postman(
                seal: seal,
                text: LetterText(
                    texts: try Texts(json: WebFiles.texts), kind: settings.kind, publicURL: settings.publicURL ?? ""),
                links: stores.links, send: mail.send, entropy: resources.entropy, clock: parts.clock,
                logger: parts.logger)
            return MailService(
                worker: OutboxWorker(
                    store: stores.mails, voice: .mails, deliver: postman.deliver, recorded: postman.recorded,
                    entropy: resources.entropy, clock: parts.clock, logger: parts.logger),
                close: mail.close)
        }
        router = try PortalRouter(
            settings: settings, tokenSettings: tokenSettings, parts: parts, resources: resources, stores: stores,
            hasher: hasher, signed: signed, refusals: refusals, board: board, desk: rotationDesk
        ).build()
    }

    /// Brings the database up to date and creates the first administrator, before anybody is served.
    func prepare() async throws {
        try await database.migrate(PortalMigrations.all, namespace: PortalMigrations.namespace)
        try await Revocations.log.establish(id: entropy.identifier(), in: database)
        try await FirstAdministrator(
            store: stores.registration, hasher: hasher, entropy: entropy, logger: parts.logger
        ).ensure(settings.administrator, now: parts.clock.now(), isPlatform: settings.kind == .platform)
        await databaseWatch.look()
    }

    /// Nil, with a warning that says why, where nothing can be rotated from here.
    func scheduledRotation(_ schedule: RotationSchedule, algorithm: KeyAlgorithm) -> ScheduledRotation? {
        guard let fleet = stores.fleet, let rotations = stores.rotation else {
            parts.logger.warning("JWT_ROTATE_EVERY is for platform portals; this one rotates nothing")
            return nil
        }
        guard let store = parts.manager.writableStore else {
            parts.logger.warning(
                "JWT_ROTATE_EVERY does nothing: \(parts.manager.ring.source) can't be written to from here",
                metadata: ["mend": "name a store with JWT_SECRET_STORE that this portal may write to"])
            return nil
        }
        let (clock, entropy) = (parts.clock, entropy)
        return ScheduledRotation(
            schedule: schedule, store: store, rotations: rotations,
            ledger: RotationLedger(
                store: rotations, clock: clock, entropy: entropy,
                replicas: { try await fleet.replicas(now: clock.now()) }),
            ring: { [manager = parts.manager] in manager.ring }, algorithm: algorithm, instance: parts.common.instance,
            jitter: entropy.fraction(),
            surroundings: .init(
                pause: { try await Task.sleep(for: $0) }, uptime: clock.now, identifier: { entropy.identifier() }),
            clock: clock, logger: parts.logger)
    }

    private static let started = ContinuousClock.now

    /// Seconds of this process.
    static let uptime: @Sendable () -> Int64 = { Int64(started.duration(to: .now) / .seconds(1)) }

    /// Started in order, stopped in reverse: the server first, the database last.
    var services: [any Service] {
        var services: [any Service] = [
            databaseWatch, hasher, ClientOwner(client: client), parts.secretWatch,
        ]
        // Before the monitor, which asks the keeper too.
        if let connection = fleet?.connection { services.append(connection) }
        services += [parts.agreement, housekeeping] as [any Service]
        if let outbox { services.append(outbox) }
        if let mail { services.append(mail) }
        if let table = stores.fleet {
            services.append(FleetKeeping(store: table, clock: parts.clock, logger: parts.logger))
        }
        if let reporter = fleet?.reporter { services.append(reporter) }
        if let scheduled { services.append(scheduled) }
        if let desk = rotationDesk, let rotations = stores.rotation {
            services.append(
                RotationRunner(desk: desk, record: { try await rotations.record() }, logger: parts.logger))
        }
        services.append(FleetBoardKeeping(board: board))
        services.append(parts.application(router: router))
        return services
    }
}
