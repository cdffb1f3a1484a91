import Contracts

/// A part of the portal, as the menu shows it, and who may go there: who may see its data at the plant, where the plant
/// decides that by a permission, and certain roles elsewhere. What may be done in it is decided again where it is done: by
/// the plant for its data, by the portal's services for theirs.
enum Area: String, CaseIterable, Sendable {
    case overview, farms, customers, skills, profile, people, keys, audit
    case dbUpdates = "db-updates"
    case serviceAccounts = "service-accounts"
    case account

    /// Roles that find it in the menu and may open its pages; nil: everybody who is signed in. Where there is a permission,
    /// these have it at a plant where nobody changed it.
    private var roles: Set<String>? {
        switch self {
        case .overview, .account: nil
        case .profile: Set(Role.customers)
        case .dbUpdates: Set(DBUpdates.roles)
        case .serviceAccounts: [Role.superAdmin, Role.admin]
        case .people: [Role.superAdmin, Role.admin, Role.helpdeskAgent, Role.customer, Role.customerAdmin]
        case .audit: [Role.superAdmin, Role.admin, Role.infrastructureEngineer]
        case .farms:
            Set(Role.customers).union([Role.superAdmin, Role.admin, Role.operator, Role.industryManager, Role.viewer])
        case .customers:
            [Role.superAdmin, Role.admin, Role.operator, Role.viewer, Role.subscriptionManager, Role.helpdeskAgent]
        case .skills: Set(Role.platform)
        case .keys: [Role.superAdmin, Role.admin, Role.operator, Role.viewer, Role.infrastructureEngineer]
        }
    }

    /// What opens it at the plant, whose roles may be given it and lose it.
    var permission: PlantPermission? {
        switch self {
        case .farms: .viewFarms
        case .customers: .viewCustomers
        case .overview, .skills, .profile, .people, .keys, .audit, .dbUpdates, .serviceAccounts, .account: nil
        }
    }

    /// Customers are told at the plant's API of themselves alone, whatever their roles are given.
    private var isForCustomers: Bool { self != .customers }

    /// - Parameter permissions: what the plant told of these roles; nil: nothing yet.
    func isOpen(to roles: [String], permissions: PlantPermissions? = nil) -> Bool {
        if let permission, let permissions, permissions.isTold {
            return permissions.may(permission) && (isForCustomers || !roles.allSatisfy(Role.isCustomer))
        }
        guard let allowed = self.roles else { return true }
        return roles.contains(where: allowed.contains)
    }

    /// Shows what the plant has, and asks the gateway for it.
    var needsGateway: Bool {
        switch self {
        case .farms, .customers, .skills, .profile, .dbUpdates: true
        case .overview, .people, .keys, .audit, .serviceAccounts, .account: false
        }
    }

    /// Its first page.
    var address: String {
        switch self {
        case .overview: "/"
        case .farms, .customers, .skills, .profile, .people, .keys, .audit, .serviceAccounts, .dbUpdates, .account:
            "/" + rawValue
        }
    }
}
