import ServiceKit

/// The filters of the Block Monitor.
struct FilterForm: Sendable {
    let address: PageText
    let states: [WorkForm.Option]
    let types: [WorkForm.Option]
    let text: PageText
    let isActive: Bool

    init(_ filter: BlockFilter, _ home: String, _ texts: Texts, _ figures: FarmFigures) {
        address = PageText(home)
        states = BlockState.allCases.map {
            .init(
                value: PageText($0.rawValue), label: PageText(StateMark.word($0.rawValue, texts)),
                isChosen: filter.state == $0.rawValue)
        }
        types = BlockFilter.types.map {
            .init(value: PageText($0), label: PageText(figures.typeWord($0)), isChosen: filter.type == $0)
        }
        text = PageText(filter.text ?? "")
        isActive = filter.isActive
    }
}

/// A block at a glance.
struct BlockCard: Sendable {
    let address: PageText
    let code: PageText
    let name: PageText
    let type: PageText
    let state: StateMark
    /// How long it has been so.
    let since: PageText
    /// What comes next, and when; empty: nothing is expected.
    let next: PageText
    let isLate: Bool
    /// What stands there.
    let crop: PageText
    /// `80 of 100 plants`; `room for 100 plants` where nothing stands.
    let capacity: PageText
    /// Percent, 0 to 100, for the bar.
    let capacityLength: PageText
    let yield: PageText
    let efficiency: PageText
    let yieldStyle: PageText

    init(_ block: BlockDocument, _ occupancy: BlockDocument.Occupancy?, _ figures: FarmFigures) {
        let texts = figures.texts
        address = PageText(FarmAddress.block(block.id, of: block.farmID))
        code = PageText(block.code)
        name = PageText(block.name ?? "")
        type = PageText(figures.typeWord(block.type))
        state = StateMark(block.state, texts)
        since = PageText(texts.counted("farms.since", figures.days(since: block.stateSince)))
        let span = block.nextDay.flatMap { figures.span(to: $0) }
        if let state = block.nextState, let span {
            next = PageText(texts("farms.next", ["state": StateMark.word(state, texts), "when": span.text]))
        } else {
            next = ""
        }
        isLate = span?.isLate ?? false
        crop = PageText(occupancy?.crop ?? "")
        let room = String(block.maxPlants)
        capacity = PageText(
            occupancy.map { texts("farms.capacity", ["plants": String($0.plants), "room": room]) }
                ?? texts("farms.room", ["room": room]))
        capacityLength = PageText(String(min(100, max(0, Int(occupancy?.capacityUsed ?? 0)))))
        yield = PageText(occupancy.map { figures.yield($0.yield) } ?? "")
        let isJudged = [.harvesting, .cleaning].contains(BlockState(rawValue: block.state))
        efficiency = PageText(occupancy.map { figures.efficiency($0.yield, isJudged: isJudged) } ?? "")
        yieldStyle = isJudged ? YieldStyle.of(occupancy?.yield.category) : ""
    }
}

/// An alert that is not resolved.
struct AlertLine: Sendable {
    let severity: PageText
    /// Names the colour.
    let style: PageText
    let title: PageText
    let description: PageText
    let raised: PageMoment
    let blockCode: PageText
    let blockAddress: PageText
    /// Resolves it; one or none.
    let forms: [WorkForm]

    /// - Parameter code: of its block, where the page knows it.
    init(_ alert: AlertDocument, code: String?, _ figures: FarmFigures, form: WorkForm?) {
        severity = PageText(figures.severityWord(alert.severity))
        style = ["critical", "high"].contains(alert.severity) ? "bad" : "warn"
        title = PageText(alert.title)
        description = PageText(alert.description ?? "")
        raised = PageMoment(alert.raisedAt.seconds)
        blockCode = PageText(alert.blockID == nil ? "" : code ?? figures.texts["farms.its_block"])
        blockAddress = PageText(alert.blockID.map { FarmAddress.block($0, of: alert.farmID) } ?? "")
        forms = form.map { [$0] } ?? []
    }

    /// The worst first, then the newest.
    static func inOrder(_ alerts: [AlertDocument]) -> [AlertDocument] {
        func rank(_ alert: AlertDocument) -> Int {
            FarmForms.severities.firstIndex(of: alert.severity) ?? FarmForms.severities.count
        }
        return alerts.sorted { (rank($0), $1.raisedAt) < (rank($1), $0.raisedAt) }
    }
}

/// What was done.
struct ActivityLine: Sendable {
    let at: PageMoment
    let blockCode: PageText
    let blockAddress: PageText
    let what: PageText
    let byVisitor: Bool

    init(_ activity: DashboardDocument.Activity, _ farm: String, _ visitor: Visitor, _ figures: FarmFigures) {
        let texts = figures.texts
        at = PageMoment(activity.at.seconds)
        blockCode = PageText(activity.blockCode ?? "")
        blockAddress = PageText(activity.blockID.map { FarmAddress.block($0, of: farm) } ?? "")
        let words: String
        switch activity.kind {
        case "state": words = texts("farms.did_state", ["state": StateMark.word(activity.what, texts)])
        case "harvest":
            words = texts(
                "farms.did_harvest",
                [
                    "amount": figures.kilograms(activity.quantity ?? 0),
                    "grade": texts.known("grade.\(activity.what)") ?? activity.what,
                ])
        case "alert": words = texts("farms.did_alert", ["severity": figures.severityWord(activity.what)])
        default: words = activity.what
        }
        what = PageText(words)
        byVisitor = activity.by == visitor.user.id
    }
}

/// What is expected.
struct UpcomingLine: Sendable {
    let blockCode: PageText
    let blockAddress: PageText
    let state: StateMark
    let day: PageText
    let when: PageText
    let isLate: Bool

    init(_ next: DashboardDocument.Upcoming, _ farm: String, _ figures: FarmFigures) {
        blockCode = PageText(next.blockCode)
        blockAddress = PageText(FarmAddress.block(next.blockID, of: farm))
        state = StateMark(next.state, figures.texts)
        day = PageText(next.day)
        when = PageText(figures.span(next.days))
        isLate = next.days < 0
    }
}
