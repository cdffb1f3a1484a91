import Contracts
import PlantKit

/// What the core itself lets roles do; the modules' permissions come beside them.
enum CorePermissions {
    static let viewCustomers = "customers.view"
    static let changeCustomers = "customers.change"
    static let suspendCustomers = "customers.suspend"
    static let mergeCustomers = "customers.merge"
    static let exportCustomers = "customers.export"
    static let eraseCustomers = "customers.erase"
    static let changeSkills = "skills.change"
    static let viewModules = "modules.view"
    static let viewRoles = "roles.view"
    static let changeRoles = "roles.change"
    static let viewAudit = "audit.view"

    private static let administrators: Set<String> = [Role.superAdmin, Role.admin]
    private static let staff: Set<String> = [Role.superAdmin, Role.admin, Role.operator]
    private static let everybody = staff.union([Role.viewer])
    private static let subscriptions = staff.union([Role.subscriptionManager])

    static let all = [
        ModulePermission(
            viewCustomers, "See all customers.",
            defaultRoles: everybody.union([Role.subscriptionManager, Role.helpdeskAgent])),
        ModulePermission(
            changeCustomers, "Make, change and delete customers, their plans and trials.", defaultRoles: subscriptions),
        ModulePermission(suspendCustomers, "Suspend and reactivate customers.", defaultRoles: subscriptions),
        ModulePermission(mergeCustomers, "Merge one customer into another.", defaultRoles: administrators),
        // A customer gets no other's export, whatever its role holds.
        ModulePermission(
            exportCustomers, "Export all that is kept of a customer.",
            defaultRoles: administrators.union([Role.subscriptionManager, Role.customer, Role.customerAdmin]),
            isForCustomers: true),
        ModulePermission(eraseCustomers, "Erase customers for good.", defaultRoles: administrators),
        ModulePermission(
            changeSkills, "Change the catalogue of skills.", defaultRoles: staff.union([Role.agentOrchestrator])),
        ModulePermission(
            viewModules, "See which modules serve, and how they are.",
            defaultRoles: everybody.union([Role.infrastructureEngineer])),
        ModulePermission(viewRoles, "See what roles may do.", defaultRoles: administrators),
        ModulePermission(changeRoles, "Decide what roles may do.", defaultRoles: administrators),
        ModulePermission(
            viewAudit, "Read the audit log.", defaultRoles: administrators.union([Role.infrastructureEngineer])),
    ]
}
