/// `GET /farms`: the farms within the visitor's reach, each at a glance.
struct FarmsPage: WebPage {
    struct Count: Sendable {
        let state: StateMark
        let count: PageText
    }

    struct Card: Sendable {
        let name: PageText
        let code: PageText
        let location: PageText
        let address: PageText
        /// The blocks that are in each state, without the states that none is in.
        let counts: [Count]
        let hasNoBlocks: Bool
        let yield: PageText
        let efficiency: PageText
        let alerts: PageText
    }

    let templateName = "farms"
    let frame: PageFrame
    let cards: [Card]
    let isEmpty: Bool
    let mayManage: Bool
    let isCustomer: Bool
    let forms: [WorkForm]
    let pages: [PageLinks]

    init(
        parts: WebParts, visitor: Visitor, rights: FarmRights, list: PlantList<GlanceDocument>,
        attempt: FormAttempt? = nil, notice: String? = nil
    ) {
        let texts = parts.texts
        let figures = FarmFigures(texts: texts, now: visitor.now)
        frame = parts.frame(texts["farms.title"], for: visitor, notice: notice)
        cards = list.data.map { Card($0, figures) }
        isEmpty = list.total == 0
        mayManage = rights.mayManage
        isCustomer = parts.kind == .customer
        let writer = FormWriter(texts: texts, attempt: attempt)
        forms =
            mayManage
            ? [
                writer.form(
                    "farm", action: "/farms",
                    once: OnceKey.make("farm", facts: list.data.map(\.farm.id) + [String(list.total)], for: visitor),
                    fields: FarmForms.farm)
            ] : []
        pages = PageLinks.make(list.page, of: list.totalPages, texts) { "/farms?page=\($0)" }
    }
}

extension FarmsPage.Card {
    init(_ glance: GlanceDocument, _ figures: FarmFigures) {
        let (texts, farm) = (figures.texts, glance.farm)
        name = PageText(farm.name)
        code = PageText(farm.code)
        location = PageText(farm.location ?? "")
        address = PageText(FarmAddress.farm(farm.id))
        counts = BlockState.allCases.compactMap { state in
            guard let count = glance.blocksByState[state.rawValue], count > 0 else { return nil }
            return .init(state: StateMark(state.rawValue, texts), count: PageText(String(count)))
        }
        hasNoBlocks = glance.blockCount == 0
        yield = PageText(figures.yield(glance.activeYield))
        efficiency = PageText(figures.efficiency(glance.activeYield, isJudged: false))
        let active = glance.alerts.values.reduce(0, +)
        alerts = PageText(active == 0 ? "" : texts.counted("farms.alert_count", active))
    }
}

/// Addresses of this area. What does not look like an identifier leads to the list.
enum FarmAddress {
    static func farm(_ id: String) -> String { RecordID(id).map { "/farms/\($0.text)" } ?? "/farms" }

    static func block(_ id: String, of farm: String) -> String {
        guard let block = RecordID(id) else { return self.farm(farm) }
        return self.farm(farm) + "/blocks/\(block.text)"
    }
}
