/// What a module says of itself before any of its code runs (DESIGN §9).
package struct ModuleManifest: Sendable {
    /// `[a-z][a-z0-9_]*`: the namespace of its migrations and tables, of its settings (`MODULE_<NAME>_*`) and metrics.
    package var moduleName: String
    package var displayName: String
    /// `MAJOR.MINOR.PATCH`
    package var version: String
    package var description: String
    /// Where its routes are: `/api/v1/<segment>`.
    package var routePrefix: String
    /// `core >= 0.1.0`, `other_module >= 1.2`.
    package var dependencies: [String]
    package var permissions: [ModulePermission]
    package var settings: [ModuleSetting]
    package var enabledByDefault: Bool

    package init(
        moduleName: String, displayName: String, version: String, description: String, routePrefix: String,
        dependencies: [String] = [], permissions: [ModulePermission] = [], settings: [ModuleSetting] = [],
        enabledByDefault: Bool = true
    ) {
        self.moduleName = moduleName
        self.displayName = displayName
        self.version = version
        self.description = description
        self.routePrefix = routePrefix
        self.dependencies = dependencies
        self.permissions = permissions
        self.settings = settings
        self.enabledByDefault = enabledByDefault
    }
}

/// Something that may be allowed to roles. Lands in role management (`RoleBook`).
package struct ModulePermission: Sendable, Equatable {
    /// `farm.view`: of `[a-z0-9_.]`.
    package let name: String
    package let description: String
    /// Roles that have it until an administrator decides otherwise. `super_admin` always has it.
    package let defaultRoles: Set<String>
    /// Whether a role that customers have may get it: where it shows a customer no more than its own.
    package let isForCustomers: Bool

    package init(_ name: String, _ description: String, defaultRoles: Set<String>, isForCustomers: Bool = false) {
        self.name = name
        self.description = description
        self.defaultRoles = defaultRoles
        self.isForCustomers = isForCustomers
    }
}

/// An application setting of a module: `MODULE_<NAME>_<SETTING>`. Security, database and CORS settings are the core's, and
/// a manifest that declares one is refused.
package struct ModuleSetting: Sendable {
    package enum Kind: Sendable {
        case text(default: String, maximumLength: Int)
        case integer(default: Int, in: ClosedRange<Int>)
        case flag(default: Bool)
        case choice(default: String, of: [String])
    }

    /// `PAGE_SIZE`: of `[A-Z0-9_]`.
    package let name: String
    package let description: String
    package let kind: Kind

    package init(_ name: String, _ description: String, _ kind: Kind) {
        self.name = name
        self.description = description
        self.kind = kind
    }
}
