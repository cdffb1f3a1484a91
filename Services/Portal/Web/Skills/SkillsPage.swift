/// `GET /skills`: the catalogue.
struct SkillsPage: WebPage {
    struct Row: Sendable {
        let address: PageText
        let name: PageText
        let description: PageText
        let category: PageText
        let categoryAddress: PageText
        let level: PageText
    }

    let templateName = "skills"
    let frame: PageFrame
    let count: PageText
    let rows: [Row]
    /// There is no skill at all.
    let isEmpty: Bool
    let nothingFound: Bool
    let mayChange: Bool
    let filter: RecordFilterForm
    let category: PageText
    /// Offered while one types.
    let categories: [PageText]
    let pages: [PageLinks]

    init(
        parts: WebParts, visitor: Visitor, rights: SkillRights, list: PlantList<SkillDocument>, categories: [String],
        filter: RecordFilter, notice: String? = nil
    ) {
        let texts = parts.texts
        frame = parts.frame(texts["menu.skills"], for: visitor, notice: notice)
        count = PageText(texts.counted("skills.found", list.total))
        rows = list.data.map { skill in
            Row(
                address: PageText(SkillForms.address(skill.id)), name: PageText(skill.name),
                description: PageText(Self.line(skill.description)),
                category: PageText(skill.category),
                categoryAddress: PageText(filter.with("category", skill.category).address(SkillForms.address)),
                level: PageText(SkillForms.words(ofLevel: skill.level, texts)))
        }
        isEmpty = list.total == 0 && !filter.isNarrowed
        nothingFound = list.data.isEmpty && !isEmpty
        mayChange = rights.mayChange
        self.filter = RecordFilterForm(filter, SkillForms.address, texts)
        category = PageText(filter["category"] ?? "")
        self.categories = categories.map(PageText.init)
        pages = PageLinks.make(list.page, of: list.totalPages, texts) {
            filter.address(SkillForms.address, page: $0)
        }
    }

    /// As much of it as a row has room for.
    private static func line(_ description: String?) -> String {
        BoundedText.line((description ?? "").replacing("\n", with: " "), maximumBytes: 160)
    }
}
