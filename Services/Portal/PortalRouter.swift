import HTTPKit
import Hummingbird
import Secrets
import ServerKit
import ServiceKit
import Tokens

/// Every route of a portal, and what stands behind it.
struct PortalRouter {
    let settings: PortalSettings
    let tokenSettings: TokenSettings
    let parts: ServerParts
    let resources: Portal.Resources
    let stores: Portal.Stores
    let hasher: PasswordHasher
    let signed: SigningTimes
    let refusals: RefusalLog
    let board: FleetBoard
    /// Nil where nothing can be rotated from here.
    let desk: RotationDesk?

    func build() throws -> Router<AppContext> {
        let issuer = tokenSettings.issuer ?? settings.kind.defaultIssuer
        let entropy = resources.entropy
        let tokens = accessTokens(issuer, lifetime: tokenSettings.lifetime)
        let verifier = LiveVerifier(
            manager: parts.manager, policy: ownPolicy(issuer), clock: parts.clock, refusals: refusals)
        let sessions = SessionService(store: stores.sessions, entropy: entropy)
        let accounts = AccountParts(
            settings: settings, stores: stores, hasher: hasher, canSend: resources.mail != nil, entropy: entropy)
        let opener = SessionOpener(
            store: stores.opening, tokens: tokens, limits: settings.sessions, entropy: entropy)
        guard let dataKey = settings.dataKey else { throw Portal.UnsettledSettings() }
        let secondFactorStore = SecondFactorStore(
            database: resources.database, seals: SecondFactorSeals(dataKey: dataKey, entropy: entropy),
            lockout: settings.login.lockout)
        let secondFactorVerifier = SecondFactorVerifier(
            store: secondFactorStore, limits: settings.login, entropy: entropy, logger: parts.logger)
        let login = LoginService(
            store: stores.login, hasher: hasher, opener: opener, secondFactors: secondFactorVerifier,
            limits: settings.login, entropy: entropy, logger: parts.logger,
            sendVerification: accounts.accounts.sendVerification)
        let secondFactors = SecondFactorService(
            store: secondFactorStore, verifier: secondFactorVerifier, policy: settings.secondFactors, opener: opener,
            login: login, issuer: "Lockstep \(settings.kind.rawValue)", entropy: entropy)

        let router = parts.router()
        router.add(middleware: StorageRefusals())
        parts.addProbe(to: router, issuer: issuer)
        parts.addKeySet(to: router)
        Revocations.route(
            database: resources.database, tokens: RevocationToken(internalToken: parts.internalToken.secret)
        ).add(to: parts.internalGroup(of: router))
        if let fleet = stores.fleet, let rotation = stores.rotation {
            let group = parts.internalGroup(of: router)
            FleetRoutes(store: fleet, clock: parts.clock, rotation: { try await rotation.record() }).add(to: group)
            DiagnosticTokenRoute(
                issuer: issuer, audience: tokenSettings.policy.audience, manager: parts.manager, clock: parts.clock
            ).add(to: group)
            RotationRoutes(store: rotation, clock: parts.clock, entropy: entropy).add(to: group)
        } else {
            NoFleetRoutes().add(to: parts.internalGroup(of: router))
        }
        let auth = router.group("api/v1/auth")
        LoginRoutes(
            login: login,
            refresh: RefreshService(
                store: stores.refresh, tokens: tokens, limits: settings.sessions, entropy: entropy,
                logger: parts.logger),
            environment: parts.environment, clock: parts.clock
        ).add(to: auth)
        SecondFactorRoutes(
            secondFactors: secondFactors, sessions: sessions, verifier: verifier, clock: parts.clock
        ).add(to: auth)
        if let accounts = stores.serviceAccounts {
            TokenRoute(
                grants: ClientCredentialsGrant(
                    store: accounts, tokens: tokens, limits: settings.login, entropy: entropy),
                clock: parts.clock
            ).add(to: auth)
            ServiceAccountRoutes(
                accounts: ServiceAccountService(store: accounts, kind: settings.kind, entropy: entropy),
                sessions: sessions, verifier: verifier, clock: parts.clock
            ).add(to: auth)
        }
        SessionRoutes(sessions: sessions, verifier: verifier, clock: parts.clock).add(to: auth)
        let federated = try federatedLogin(opener: opener)
        IDTokenRoutes(login: federated, environment: parts.environment, clock: parts.clock).add(to: auth)
        let identities = IdentityService(
            store: stores.identities, federated: federated, login: login, entropy: entropy)
        IdentityRoutes(
            identities: identities,
            sessions: sessions, verifier: verifier, clock: parts.clock
        ).add(to: auth)
        // One for both ways to a token, so that its limits hold for both together.
        let dbUpdates = settings.dbUpdatesLifetime.map { lifetime in
            DBUpdatesTokens(
                login: login, tokens: accessTokens(issuer, lifetime: min(lifetime, tokenSettings.lifetime)),
                store: stores.login, entropy: entropy)
        }
        if let dbUpdates {
            DBUpdatesRoute(tokens: dbUpdates, sessions: sessions, verifier: verifier, clock: parts.clock).add(to: auth)
        }
        accounts.addRoutes(to: auth, login: login, sessions: sessions, verifier: verifier, clock: parts.clock)
        if settings.kind == .customer {
            OutboxRoutes(store: stores.outbox, entropy: entropy, clock: parts.clock)
                .add(to: parts.internalGroup(of: router))
        }
        try webRoutes(
            login: login, identities: identities, secondFactors: secondFactors, sessions: sessions, tokens: tokens,
            verifier: verifier, accounts: accounts, dbUpdates: dbUpdates
        ).add(to: router)
        return router
    }

    /// With no provider configured it knows none, and its routes say so.
    private func federatedLogin(opener: SessionOpener) throws -> FederatedLogin {
        guard let dataKey = settings.dataKey,
            let publicURL = settings.publicURL ?? (settings.providers.isEmpty ? "" : nil)
        else { throw Portal.UnsettledSettings() }
        let fetch = KeySetClient(client: resources.client, logger: parts.logger)
        let flows = settings.providers.map { provider in
            CodeFlow(
                provider: provider,
                documents: ProviderDocuments(
                    provider: provider, spread: resources.entropy.fraction(), fetch: fetch.fetch),
                endpoint: TokenEndpoint(client: resources.client, logger: parts.logger), store: stores.flows,
                seal: DataKeySeal(dataKey, for: .oidcLogin, entropy: resources.entropy), publicURL: publicURL,
                leeway: tokenSettings.policy.leeway, entropy: resources.entropy)
        }
        return FederatedLogin(
            kind: settings.kind, flows: flows, store: stores.identities, opener: opener,
            addresses: RateLimiter(perMinute: settings.login.perAddress), entropy: resources.entropy,
            logger: parts.logger)
    }

    /// - Parameter lifetime: seconds; a rotation waits for tokens of `tokenSettings.lifetime`, so none lives longer.
    private func accessTokens(_ issuer: String, lifetime: Int64) -> AccessTokens {
        AccessTokens(
            kind: settings.kind,
            issuer: TokenIssuer(issuer: issuer, audience: tokenSettings.policy.audience, lifetime: lifetime),
            ring: { [manager = parts.manager] in manager.ring }, signers: parts.manager.signers, signed: signed)
    }

    /// A portal accepts its own tokens alone: what another issuer says of a person is not what this database says.
    private func ownPolicy(_ issuer: String) -> VerificationPolicy {
        var policy = tokenSettings.policy
        policy.trustedIssuers = TrustedIssuers([issuer: settings.kind == .platform ? .platform : .customer])
        return policy
    }

    private func webRoutes(
        login: LoginService, identities: IdentityService, secondFactors: SecondFactorService,
        sessions: SessionService, tokens: AccessTokens, verifier: LiveVerifier, accounts: AccountParts,
        dbUpdates: DBUpdatesTokens?
    ) throws -> WebRoutes {
        guard let dataKey = settings.dataKey, let isSecure = settings.cookieSecure else {
            throw Portal.UnsettledSettings()
        }
        // Addresses, sources and kids of the whole deployment: for those who run it. Anybody can register at a customer
        // portal, and learns of them in development alone, as from a refusal's body.
        let showsKeys = settings.kind == .platform || parts.environment == .development
        let texts = try Texts(json: WebFiles.texts)
        let web = WebParts(
            kind: settings.kind, environment: parts.environment.rawValue, pages: try Pages(texts: texts), texts: texts,
            assets: Assets(), cookies: WebCookies(kind: settings.kind, isSecure: isSecure),
            hasGateway: settings.gatewayURL != nil, hasDBUpdates: dbUpdates != nil)
        let webSessions = WebSessions(
            store: stores.webSessions, tokens: tokens,
            // One of its own: a kept token that has expired, or whose key was rotated away, is renewed, and no token that
            // anybody was refused.
            verifier: LiveVerifier(
                manager: parts.manager,
                policy: ownPolicy(tokenSettings.issuer ?? settings.kind.defaultIssuer), clock: parts.clock),
            seal: DataKeySeal(dataKey, for: .webAccessToken, entropy: resources.entropy), limits: settings.sessions)
        // One for all areas: it bounds what is asked of the plant at once.
        let plant = settings.gatewayURL.map { PlantAPI(client: resources.client, gatewayURL: $0) }
        let secondFactorPages = SecondFactorPages(parts: web, secondFactors: secondFactors, clock: parts.clock)
        return WebRoutes(
            parts: web,
            signIn: SignInRoutes(
                parts: web, login: login, providers: settings.providers, webSessions: webSessions, sessions: sessions,
                secondFactors: secondFactorPages, entropy: resources.entropy, clock: parts.clock),
            oidc: OIDCRoutes(
                login: identities.federated, identities: identities, webSessions: webSessions, cookies: web.cookies,
                secondFactors: secondFactorPages, entropy: resources.entropy, clock: parts.clock),
            board: showsKeys ? board : nil,
            areas: areas(web, plant, secondFactors: secondFactors, sessions: sessions, identities: identities)
                + dbUpdatesPages(web, plant, dbUpdates, secondFactors, dataKey)
                + accounts.areas(web, login: login),
            plant: plant, clock: parts.clock, accounts: accounts)
    }

    /// Where they are on, and the plant can be asked.
    private func dbUpdatesPages(
        _ web: WebParts, _ plant: PlantAPI?, _ tokens: DBUpdatesTokens?, _ secondFactors: SecondFactorService,
        _ dataKey: SecretBytes
    ) -> [any AreaPages] {
        guard let tokens, let plant else { return [] }
        let entropy = resources.entropy
        return [
            DBUpdatesPages(
                parts: web, plant: plant,
                openings: DBUpdatesOpenings(
                    database: resources.database, tokens: tokens,
                    seal: DataKeySeal(dataKey, for: .dbUpdatesOpening, entropy: entropy), entropy: entropy),
                runs: StatementRuns(
                    database: resources.database, seal: DataKeySeal(dataKey, for: .statementRun, entropy: entropy),
                    entropy: entropy),
                secondFactors: secondFactors, clock: parts.clock)
        ]
    }

    private func areas(
        _ web: WebParts, _ plant: PlantAPI?, secondFactors: SecondFactorService, sessions: SessionService,
        identities: IdentityService
    ) -> [any AreaPages] {
        var areas: [any AreaPages] = [
            SecurityPages(parts: web, secondFactors: secondFactors), SessionPages(parts: web, sessions: sessions),
            IdentityPages(
                parts: web, identities: identities, secondFactors: secondFactors, entropy: resources.entropy),
        ]
        if let store = stores.serviceAccounts {
            areas.append(
                ServiceAccountPages(
                    parts: web,
                    accounts: ServiceAccountService(store: store, kind: settings.kind, entropy: resources.entropy)))
        }
        if let plant {
            areas.append(FarmRoutes(parts: web, plant: plant))
            if settings.kind == .platform {
                areas.append(
                    PlantAuditPages(
                        parts: web, plant: plant, audit: stores.audit,
                        issuer: tokenSettings.issuer ?? settings.kind.defaultIssuer))
                areas += [CustomerRoutes(parts: web, plant: plant), SkillRoutes(parts: web, plant: plant)]
            }
            if settings.kind == .customer { areas.append(CustomerProfileRoutes(parts: web, plant: plant)) }
        }
        if parts.environment == .development { areas.append(StyleguidePages(parts: web)) }
        if settings.kind == .platform {
            areas.append(AuditPages(parts: web, audit: stores.audit))
            areas.append(
                KeysPages(
                    parts: web, board: board, desk: desk, audit: stores.audit,
                    ring: { [manager = parts.manager] in manager.ring }, policy: tokenSettings.policy,
                    entropy: resources.entropy))
        }
        return areas
    }
}
