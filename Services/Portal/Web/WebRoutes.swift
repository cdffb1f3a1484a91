import Hummingbird
import ServerKit
import ServiceKit

/// All pages of a portal.
struct WebRoutes: Sendable {
    let parts: WebParts
    let signIn: SignInRoutes
    let oidc: OIDCRoutes
    /// Nil where how keys stand is not for the people who sign in.
    let board: FleetBoard?
    let areas: [any AreaPages]
    /// Nil where none is known.
    let plant: PlantAPI?
    let clock: WallClock
    let accounts: AccountParts

    func add(to router: Router<AppContext>) {
        let web = router.group().add(middleware: WebFaults(parts: parts))
        parts.assets.add(to: web)
        signIn.add(to: web)
        oidc.add(to: web)
        AccountPages(
            parts: parts, accounts: accounts.accounts, invitations: accounts.invitations,
            registration: accounts.registration
        ).add(to: GuestRoutes(group: web, desk: GuestDesk(parts: parts, entropy: signIn.entropy, clock: clock)))
        let visitors = VisitorRoutes(
            group: web,
            gate: VisitorGate(
                webSessions: signIn.webSessions, sessions: signIn.sessions, cookies: parts.cookies, clock: clock,
                alarm: alarm, plant: plant), streams: LiveStreams())
        visitors.get("/", .overview) { [parts, board] _, visitor in
            let mayKnow = Area.keys.isOpen(to: visitor.user.roles) || parts.kind == .customer
            return try parts.pages.response(
                OverviewPage(parts: parts, visitor: visitor, picture: mayKnow ? try await board?.look() : nil))
        }
        visitors.get("account", .account) { [parts, providers = signIn.providers] request, visitor in
            try parts.pages.response(
                AccountPage(
                    parts: parts, visitor: visitor, hasProviders: !providers.isEmpty, notice: request.notice))
        }
        for each in areas { each.add(to: visitors) }
    }

    /// One sentence where the fleet does not agree. A table that can't be read is no reason to keep a page from anybody.
    private var alarm: @Sendable () async -> String {
        { [board, texts = parts.texts] in
            guard let verdict = try? await board?.look().verdict, verdict != .allAgree else { return "" }
            return texts("keys.alarm", ["verdict": verdict.words(texts)])
        }
    }
}

/// The pages of an area, or of a part of one.
protocol AreaPages: Sendable {
    func add(to visitors: VisitorRoutes)
}

extension Request {
    /// Names what has just been done (`WebParts.frame`).
    var notice: String? { uri.queryParameters["notice"].map(String.init) }
}
