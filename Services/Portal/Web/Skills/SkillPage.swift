import ServiceKit

/// `GET /skills/{id}`: one skill, to read and, for some, to change.
struct SkillPage: WebPage {
    let templateName = "skill"
    let frame: PageFrame
    let name: PageText
    let facts: [AccountPage.Fact]
    let description: PageText
    /// None for those who may only look.
    let forms: [WorkForm]
    let removal: PageText

    init(
        parts: WebParts, visitor: Visitor, rights: SkillRights, skill: SkillDocument, attempt: FormAttempt? = nil,
        notice: String? = nil
    ) {
        let texts = parts.texts
        frame = parts.frame(skill.name, for: visitor, notice: notice)
        name = PageText(skill.name)
        let level = SkillForms.words(ofLevel: skill.level, texts)
        facts = [
            .init(texts["skills.category"], skill.category),
            .init(texts["skills.level"], level.isEmpty ? texts["skills.no_level"] : level),
            .init(texts["records.changed"], at: skill.updatedAt.seconds),
        ]
        description = PageText(skill.description ?? "")
        forms = rights.mayChange ? [SkillForms(texts: texts, visitor: visitor).changing(skill, attempt)] : []
        removal = PageText(rights.mayChange ? SkillForms.address(skill.id) + "/remove" : "")
    }
}
