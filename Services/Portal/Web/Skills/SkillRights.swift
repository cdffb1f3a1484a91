/// What the catalogue offers, by the plant's permissions.
struct SkillRights: Sendable {
    let mayChange: Bool

    init(_ permissions: PlantPermissions) { mayChange = permissions.may(.changeSkills) }
}
