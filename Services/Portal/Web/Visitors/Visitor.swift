import Hummingbird
import ServerKit
import Tokens

/// Somebody who is signed in, in a browser: made from a live session alone (`VisitorRoutes`), so that no page behind the
/// sign-in can be written without one.
struct Visitor: Sendable {
    let user: User
    let session: Session
    /// Of the access token that the portal keeps for the browser.
    let identity: Identity
    /// The token itself, for what is asked in the visitor's name. It never reaches the browser.
    let accessToken: String
    /// Of all forms of this session.
    let formToken: String
    let area: Area
    /// What an operator must not miss on any page; empty: nothing, or not for this visitor.
    var alarm = ""
    let caller: Caller
    let requestID: String
    /// Of the request, seconds since the epoch.
    let now: Int64

    /// What the plant told last of the visitor's roles; nil: nothing yet.
    var permissions: PlantPermissions?

    func mayOpen(_ area: Area) -> Bool { area.isOpen(to: user.roles, permissions: permissions) }

    func has(anyOf roles: Set<String>) -> Bool { user.roles.contains(where: roles.contains) }
}
