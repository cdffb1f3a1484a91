/// Components in the templates that the pages themselves use, or in the same markup where a page has it within its own. A
/// test fails for a class of the stylesheet that is not on it.
struct StyleguidePage: WebPage {
    /// What `farm-cards` and `farm-blocks` show under one name.
    struct FarmCards: Sendable { let cards: [FarmsPage.Card] }
    struct BlockCards: Sendable { let cards: [BlockCard] }

    let templateName = "styleguide"
    let frame: PageFrame
    let colours: [PageText]
    let sizes: [PageText]
    let moment: PageText
    let views: [PageView]
    let pages: [PageLinks]
    let forms: [WorkForm]
    let codes: [PageText]
    let symbol: [EnrolmentPage.Symbol]
    let filter: FilterForm
    let states: [FarmPage.StateCount]
    let farmList: FarmCards
    let plan: [BlockPlan]
    let blocks: BlockCards
    let chart: [YieldChart]
    let months: [MonthChart]
    let alerts: [AlertLine]

    init(parts: WebParts, visitor: Visitor) {
        let texts = parts.texts
        let figures = FarmFigures(texts: texts, now: visitor.now)
        let farm = StyleguideFarm(now: visitor.now)
        frame = parts.frame(texts["styleguide.title"], for: visitor)
        colours = ["ground", "card", "sunk", "accent", "good", "warn", "bad"].map(PageText.init)
        sizes = ["--text-small", "--text", "--text-large", "--text-title"].map(PageText.init)
        moment = PageText(moment: visitor.now)
        views = [
            PageView(texts["styleguide.first"], Self.address, isCurrent: true),
            PageView(texts["styleguide.second"], Self.address, isCurrent: false),
        ]
        pages = PageLinks.make(2, of: 7, texts) { _ in Self.address }
        forms = [Self.form(texts)]
        codes = ["SAMPL-ECODE", "NOTON-EOFAN", "YBODY-SOWNX", "FORTH-ELOOK"].map(PageText.init)
        symbol = [
            EnrolmentSeed(bytes: Array(repeating: 0, count: 20), issuer: "Lockstep", account: texts["styleguide.title"])
        ].compactMap { try? EnrolmentPage.Symbol($0) }
        filter = FilterForm(farm.filter, Self.address, texts, figures)
        states = BlockState.allCases.map { state in
            FarmPage.StateCount(
                state: StateMark(state.rawValue, texts), count: PageText(String(farm.count(of: state))),
                address: PageText(Self.address), isChosen: farm.filter.state == state.rawValue)
        }
        farmList = FarmCards(cards: farm.glances.map { FarmsPage.Card($0, figures) })
        plan = BlockPlan(farm.blocks, texts).map { [$0] } ?? []
        blocks = BlockCards(cards: farm.cards.map { BlockCard($0, $0.occupancy, figures) })
        chart = [YieldChart(farm.crops, figures)]
        months = MonthChart(farm.months, figures).map { [$0] } ?? []
        alerts = farm.alerts.map { AlertLine($0, code: farm.blocks.last?.code, figures, form: nil) }
    }

    private static let address = "/styleguide"

    /// As it comes back when it was not accepted.
    private static func form(_ texts: Texts) -> WorkForm {
        let attempt = FormAttempt(
            form: "alert", typed: FieldSet(["severity": "medium"]), problem: texts["form.faults"],
            faults: ["title": texts["styleguide.wrong"]])
        return FormWriter(texts: texts, attempt: attempt)
            .form("alert", action: address, once: "", fields: FarmForms.alert(texts))
    }
}
