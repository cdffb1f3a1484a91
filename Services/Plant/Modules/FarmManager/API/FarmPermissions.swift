import PlantKit

/// What roles may do at the farms. All but `viewAll` concern the farms that the caller reaches (`FarmReach`).
enum FarmPermissions {
    static let view = "farm.view"
    static let viewAll = "farm.view_all"
    static let operate = "farm.operate"
    static let manage = "farm.manage"
    static let bringIn = "farm.import"
    static let export = "farm.export"

    private static let staff: Set<String> = [Role.superAdmin, Role.admin, Role.operator]
    private static let managers = staff.union([Role.industryManager])
    private static let customers: Set<String> = [Role.customer, Role.customerAdmin, Role.customerUser]

    static let all = [
        ModulePermission(
            view, "See the farms that one manages or works at; customers see their own.",
            defaultRoles: managers.union([Role.viewer]).union(customers), isForCustomers: true),
        ModulePermission(viewAll, "See all farms.", defaultRoles: staff.union([Role.viewer])),
        ModulePermission(
            operate, "Change states of blocks, plant, record harvests, raise and resolve alerts.",
            defaultRoles: managers),
        ModulePermission(
            manage, "Make, change and remove farms, their staff, blocks and crops.", defaultRoles: managers),
        ModulePermission(bringIn, "Bring in farms, blocks and crops from CSV.", defaultRoles: managers),
        ModulePermission(
            export, "Take out farms, blocks, crops and harvests as CSV.", defaultRoles: managers.union([Role.viewer])),
    ]

    /// Of farms, blocks and crops.
    static func grant(for caller: Caller, reach: Reach) -> ResourceGrant {
        var actions: Set<ResourceGrant.Action> = []
        if caller.may(view) { actions.formUnion([.list, .read]) }
        if caller.may(manage) { actions.formUnion([.create, .replace, .patch, .delete]) }
        return ResourceGrant(actions: actions, reach: reach)
    }
}
