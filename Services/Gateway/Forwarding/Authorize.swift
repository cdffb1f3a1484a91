package import HTTPKit
package import Tokens

/// Step 4, second half: whether the one who asks may, by the route's own rules.
package enum Authorize {
    /// - Throws: `forbidden` without any of the route's roles, `insufficient_scope` without one of its scopes
    ///   (RFC 6750 §3.1).
    package static func check(_ identity: Identity, route: Route) throws(Refusal) {
        if !route.roles.isEmpty, !route.roles.contains(where: identity.roles.contains) {
            throw Refusal(
                .forbidden, "this route is for \(route.roles.joined(separator: ", ")) alone",
                cause: "roles of the token: \(identity.roles.joined(separator: " "))")
        }
        guard !route.scopes.isEmpty else { return }
        // RFC 8693 §4.2: separated by single spaces, and case counts.
        let granted = (identity.scope ?? "").split(separator: " ")
        let missing = route.scopes.filter { scope in !granted.contains { $0 == scope } }
        guard missing.isEmpty else {
            throw Refusal(
                .insufficientScope, "this route needs the scope \(missing.joined(separator: " "))",
                cause: "scope of the token: \(identity.scope ?? "none")")
        }
    }
}
