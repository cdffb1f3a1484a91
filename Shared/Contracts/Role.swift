/// The roles that the suite itself knows. An issuer may grant others; which family a name
/// belongs to decides which issuers may grant it.
package enum Role {
    package static let superAdmin = "super_admin"
    package static let admin = "admin"
    package static let `operator` = "operator"
    package static let viewer = "viewer"
    /// Of `lockstep doctor`'s tokens; no route grants it anything but to be looked at.
    package static let diagnostic = "diagnostic"
    package static let customer = "customer"
    package static let customerAdmin = "customer_admin"

    /// The customer family is `customer` and every name that starts with `customer_`.
    /// Everything else is a platform role.
    package static func isCustomer(_ name: String) -> Bool {
        name == customer || name.hasPrefix("customer_")
    }
}
