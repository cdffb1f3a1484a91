import Hummingbird
import ServerKit
import ServiceKit

/// All pages of a portal.
struct WebRoutes: Sendable {
    let parts: WebParts
    let signIn: SignInRoutes
    let security: SecurityPages
    let sessions: SessionPages
    /// Where there are any: at a platform portal.
    let serviceAccounts: ServiceAccountPages?
    /// This portal first, then the others; nil where they are not for the people who sign in.
    let standings: (@Sendable () async -> [KeyStanding])?
    let clock: WallClock

    func add(to router: Router<AppContext>) {
        let web = router.group().add(middleware: WebFaults(parts: parts))
        parts.assets.add(to: web)
        signIn.add(to: web)
        let visitors = VisitorRoutes(
            group: web,
            gate: VisitorGate(webSessions: signIn.webSessions, cookies: parts.cookies, clock: clock))
        visitors.get("/", .overview) { [parts, standings] _, visitor in
            let mayKnow = Area.keys.isOpen(to: visitor.user.roles) || parts.kind == .customer
            return try parts.pages.response(
                OverviewPage(parts: parts, visitor: visitor, standings: mayKnow ? await standings?() : nil))
        }
        visitors.get("account", .account) { [parts] request, visitor in
            try parts.pages.response(
                AccountPage(parts: parts, visitor: visitor, notice: request.notice))
        }
        security.add(to: visitors)
        sessions.add(to: visitors)
        serviceAccounts?.add(to: visitors)
        if let standings {
            visitors.get("keys", .keys) { [parts] _, visitor in
                try parts.pages.response(KeysPage(parts: parts, visitor: visitor, standings: await standings()))
            }
        }
    }
}

extension Request {
    /// Names what has just been done (`WebParts.frame`).
    var notice: String? { uri.queryParameters["notice"].map(String.init) }
}
