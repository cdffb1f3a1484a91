import ServiceKit

/// `GET /farms/{id}`: the Block Monitor.
struct FarmPage: WebPage {
    struct StateCount: Sendable {
        let state: StateMark
        let count: PageText
        /// Of the same page with this filter, or without it where it is on.
        let address: PageText
        let isChosen: Bool
    }

    let templateName = "farm"
    let frame: PageFrame
    let name: PageText
    let code: PageText
    let location: PageText
    let description: PageText
    let address: PageText
    let states: [StateCount]
    let blockCount: PageText
    let hasNoBlocks: Bool
    let activeYield: PageText
    let activeEfficiency: PageText
    let harvested: PageText
    let finishedEfficiency: PageText
    let finishedStyle: PageText
    let finishedCycles: PageText
    let filter: FilterForm
    let plan: [BlockPlan]
    let cards: [BlockCard]
    let nothingFound: Bool
    let pages: [PageLinks]
    let chart: [YieldChart]
    let months: [MonthChart]
    let alerts: [AlertLine]
    let hasNoAlerts: Bool
    let activity: [ActivityLine]
    let upcoming: [UpcomingLine]
    let hasNothingUpcoming: Bool
    let mayOperate: Bool
    let alertForms: [WorkForm]
    let blockForms: [WorkForm]

    /// What the plant told.
    struct Facts: Sendable {
        var dashboard: DashboardDocument
        var blocks: PlantList<BlockDocument>
        var alerts: PlantList<AlertDocument>
        /// Nil where it did not come: the page is worth showing without.
        var statistics: StatisticsDocument?
    }

    init(
        parts: WebParts, visitor: Visitor, rights: FarmRights, facts: Facts, filter: BlockFilter,
        attempt: FormAttempt? = nil, notice: String? = nil
    ) {
        let texts = parts.texts
        let (dashboard, farm) = (facts.dashboard, facts.dashboard.farm)
        let figures = FarmFigures(texts: texts, now: visitor.now)
        let home = FarmAddress.farm(farm.id)
        // What answers a form stands at the form's address, which can't be asked for again.
        frame = parts.frame(
            farm.name, for: visitor, notice: notice, live: attempt == nil ? home + "/events" : "")
        name = PageText(farm.name)
        code = PageText(farm.code)
        location = PageText(farm.location ?? "")
        description = PageText(farm.description ?? "")
        address = PageText(home)
        states = BlockState.allCases.map { state in
            var other = filter
            other.state = filter.state == state.rawValue ? nil : state.rawValue
            return StateCount(
                state: StateMark(state.rawValue, texts),
                count: PageText(String(dashboard.blocksByState[state.rawValue] ?? 0)),
                address: PageText(home + other.query() + "#blocks"), isChosen: filter.state == state.rawValue)
        }
        blockCount = PageText(texts.counted("farms.block_count", dashboard.blockCount))
        hasNoBlocks = dashboard.blockCount == 0
        activeYield = PageText(figures.yield(dashboard.activeYield))
        activeEfficiency = PageText(figures.efficiency(dashboard.activeYield, isJudged: false))
        finishedStyle = YieldStyle.of(dashboard.finishedYield.category)
        harvested = PageText(figures.kilograms(dashboard.harvested))
        finishedEfficiency = PageText(figures.efficiency(dashboard.finishedYield))
        finishedCycles = PageText(texts.counted("farms.cycles", dashboard.finishedCycles))
        self.filter = FilterForm(filter, home, texts, figures)
        plan = BlockPlan(facts.blocks.data, texts).map { [$0] } ?? []
        cards = facts.blocks.data.map { BlockCard($0, $0.occupancy, figures) }
        nothingFound = facts.blocks.data.isEmpty && dashboard.blockCount > 0
        pages = PageLinks.make(facts.blocks.page, of: facts.blocks.totalPages, texts) {
            home + filter.query(page: $0) + "#blocks"
        }
        let chart = YieldChart(dashboard.activePlantings, figures)
        self.chart = chart.rows.isEmpty ? [] : [chart]
        months = facts.statistics.flatMap { MonthChart($0.groups, figures) }.map { [$0] } ?? []
        let codes = Dictionary(facts.blocks.data.map { ($0.id, $0.code) }) { first, _ in first }
        let mayOperate = rights.mayOperate
        let writer = FormWriter(texts: texts, attempt: attempt)
        alerts = AlertLine.inOrder(facts.alerts.data).map { alert in
            AlertLine(
                alert, code: alert.blockID.flatMap { codes[$0] }, figures,
                form: mayOperate ? FarmForms.resolving(alert, from: nil, writer, visitor) : nil)
        }
        hasNoAlerts = facts.alerts.data.isEmpty
        activity = dashboard.activity.prefix(12).map { ActivityLine($0, farm.id, visitor, figures) }
        upcoming = dashboard.upcoming.prefix(12).map { UpcomingLine($0, farm.id, figures) }
        hasNothingUpcoming = dashboard.upcoming.isEmpty
        self.mayOperate = mayOperate
        alertForms =
            mayOperate
            ? [
                writer.form(
                    "alert", action: home + "/alerts",
                    once: OnceKey.make("alert", facts: [farm.id] + facts.alerts.data.map(\.id), for: visitor),
                    values: ["severity": "medium"], fields: FarmForms.alert(texts))
            ] : []
        blockForms =
            rights.mayManage
            ? [
                writer.form(
                    "block", action: home + "/blocks",
                    once: OnceKey.make("block", facts: [farm.id, String(dashboard.blockCount)], for: visitor),
                    values: ["type": "greenhouse"], fields: FarmForms.block(texts))
            ] : []
    }
}
