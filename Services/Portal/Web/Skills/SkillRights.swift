import Contracts

/// Whose pages have forms, as the plant's roles are when they are new (`FarmRights` tells why that is enough).
enum SkillRights {
    private static let writers: Set<String> = [Role.superAdmin, Role.admin, Role.operator, Role.agentOrchestrator]

    static func mayChange(_ visitor: Visitor) -> Bool { visitor.has(anyOf: writers) }
}
