/// The forms of this area.
struct SkillForms: Sendable {
    let texts: Texts
    let visitor: Visitor

    static let levels = 1...5
    static let address = "/skills"

    static func address(_ id: String) -> String { RecordID(id).map { "\(address)/\($0.text)" } ?? address }

    /// `3 of 5: after a season`; empty where there is none.
    static func words(ofLevel level: Int?, _ texts: Texts) -> String {
        guard let level else { return "" }
        return texts.known("skills.level_\(level)") ?? String(level)
    }

    private var fields: [FieldPlan] {
        let levels = Self.levels.map { (value: String($0), label: Self.words(ofLevel: $0, texts)) }
        return [
            FieldPlan("name", .text, isRequired: true),
            FieldPlan("category", .text, isRequired: true, limit: 32),
            FieldPlan("level", of: [(value: "", label: texts["skills.no_level"])] + levels),
            FieldPlan("description", .area, limit: 2000),
        ]
    }

    func adding(_ attempt: FormAttempt?) -> WorkForm {
        FormWriter(texts: texts, attempt: attempt).form(
            "skill_new", action: Self.address, once: RecordWork.once("skill_new", attempt, visitor),
            values: ["category": "general"], fields: fields)
    }

    func changing(_ skill: SkillDocument, _ attempt: FormAttempt?) -> WorkForm {
        FormWriter(texts: texts, attempt: attempt).form(
            "skill", action: Self.address(skill.id), once: RecordWork.once("skill", attempt, visitor),
            hidden: [(RecordVersion.field, String(skill.version))], values: skill.fields, fields: fields)
    }

    func removing(_ skill: SkillDocument, _ attempt: FormAttempt?) -> WorkForm {
        var form = FormWriter(texts: texts, attempt: attempt).form(
            "skill_remove", action: Self.address(skill.id) + "/remove",
            once: RecordWork.once("skill_remove", attempt, visitor),
            hidden: [(RecordVersion.field, String(skill.version))], fields: [])
        form.isDangerous = true
        return form
    }

    /// From what was typed to what the plant keeps.
    static func reading(_ typed: FieldSet, _ texts: Texts, now: Int64) -> WorkReading {
        var reading = WorkReading(typed, texts, now: now)
        for name in ["name", "category", "description"] { reading.text(name) }
        reading.integer("level")
        return reading
    }
}
