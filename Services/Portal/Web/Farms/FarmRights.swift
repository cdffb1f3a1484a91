import Contracts

/// Whose pages have forms, as the plant's roles are when they are new. The plant decides by its own: who is offered less
/// here than there asks the plant, who is offered more is told why not.
enum FarmRights {
    private static let managers: Set<String> = [Role.superAdmin, Role.admin, Role.operator, Role.industryManager]

    /// States, plantings, harvests, alerts.
    static func mayOperate(_ visitor: Visitor) -> Bool { visitor.has(anyOf: managers) }

    /// Farms and blocks themselves.
    static func mayManage(_ visitor: Visitor) -> Bool { visitor.has(anyOf: managers) }
}
