import Contracts

/// What is offered to whom, as the plant's roles are when they are new (`FarmRights` tells why that is enough).
enum CustomerRights {
    private static let administrators: Set<String> = [Role.superAdmin, Role.admin]
    private static let subscriptions = administrators.union([Role.operator, Role.subscriptionManager])

    /// Fields, plans and trials.
    static func mayChange(_ visitor: Visitor) -> Bool { visitor.has(anyOf: subscriptions) }

    static func mayExport(_ visitor: Visitor) -> Bool {
        visitor.has(anyOf: administrators.union([Role.subscriptionManager]))
    }

    static func may(_ act: CustomerAct, _ visitor: Visitor) -> Bool {
        switch act {
        case .suspend, .reactivate, .plan, .trial, .endTrial, .remove: mayChange(visitor)
        case .merge, .erase: visitor.has(anyOf: administrators)
        }
    }
}
