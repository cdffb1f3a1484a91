/// The roles that the suite itself knows. An issuer may grant others; which family a name
/// belongs to decides which issuers may grant it.
package enum Role {
    package static let superAdmin = "super_admin"
    package static let admin = "admin"
    /// Customers' plans and trials.
    package static let subscriptionManager = "subscription_manager"
    /// The catalogue of skills.
    package static let agentOrchestrator = "agent_orchestrator"
    /// How the services stand, and what was done.
    package static let infrastructureEngineer = "infrastructure_engineer"
    /// Sees customers, and helps people back into their accounts.
    package static let helpdeskAgent = "helpdesk_agent"
    /// The farms that one manages.
    package static let industryManager = "industry_manager"
    /// Older than the ones above: what `subscription_manager` and `agent_orchestrator` do, and all farms.
    package static let `operator` = "operator"
    package static let viewer = "viewer"
    /// Of `lockstep doctor`'s tokens; no route grants it anything but to be looked at.
    package static let diagnostic = "diagnostic"
    package static let customer = "customer"
    package static let customerAdmin = "customer_admin"
    package static let customerUser = "customer_user"

    /// What people can be at a platform portal, most first.
    package static let platform = [
        superAdmin, admin, subscriptionManager, agentOrchestrator, infrastructureEngineer, helpdeskAgent,
        industryManager, `operator`, viewer,
    ]
    /// What people can be at a customer portal, most first. `customer` registered by themself.
    package static let customers = [customerAdmin, customer, customerUser]

    /// The customer family is `customer` and every name that starts with `customer_`.
    /// Everything else is a platform role.
    package static func isCustomer(_ name: String) -> Bool {
        name == customer || name.hasPrefix("customer_")
    }
}
