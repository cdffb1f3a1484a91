import ServiceKit

/// `GET /farms/{id}/blocks/{block}`: one block, its past, and what may be done with it.
struct BlockPage: WebPage {
    struct Change: Sendable {
        let from: StateMark
        let to: StateMark
        let at: PageMoment
        let note: PageText
        /// `3 days late`; empty where nothing was expected.
        let punctuality: PageText
        let isLate: Bool
        let byVisitor: Bool
    }

    struct HarvestLine: Sendable {
        let at: PageMoment
        let amount: PageText
        let grade: PageText
        let note: PageText
    }

    let templateName = "block"
    let frame: PageFrame
    let farmName: PageText
    let farmAddress: PageText
    let block: BlockCard
    let plantedDay: PageText
    let plannedDay: PageText
    let alerts: [AlertLine]
    let changes: [Change]
    let harvests: [HarvestLine]
    let mayOperate: Bool
    /// In the order in which they are likely wanted.
    let forms: [WorkForm]
    let alertForms: [WorkForm]
    /// An empty block can't be planted while there are no crops.
    let needsCrops: Bool

    /// What the plant told.
    struct Facts: Sendable {
        var farm: FarmDocument
        var block: BlockDocument
        var status: BlockStatusDocument
        var planting: PlantingDocument?
        var crop: CropDocument?
        /// To choose from; for an empty block alone.
        var crops: [CropDocument]
        var alerts: [AlertDocument]
        var transitions: [TransitionDocument]
        var harvests: [HarvestDocument]
    }

    init(
        parts: WebParts, visitor: Visitor, rights: FarmRights, facts: Facts, attempt: FormAttempt? = nil,
        notice: String? = nil
    ) {
        let texts = parts.texts
        let figures = FarmFigures(texts: texts, now: visitor.now)
        let home = FarmAddress.farm(facts.farm.id)
        // What answers a form stands at the form's address, which can't be asked for again.
        frame = parts.frame(
            facts.block.code, for: visitor, notice: notice, live: attempt == nil ? home + "/events" : "")
        farmName = PageText(facts.farm.name)
        farmAddress = PageText(home)
        block = BlockCard(facts.block, facts.occupancy, figures)
        plantedDay = PageText(facts.planting?.plantedDay ?? "")
        plannedDay = PageText(facts.planting?.status == "planned" ? facts.planting?.plannedDay ?? "" : "")
        mayOperate = rights.mayOperate
        let writer = FormWriter(texts: texts, attempt: attempt)
        let mayOperate = mayOperate
        alerts = AlertLine.inOrder(facts.alerts).map { alert in
            AlertLine(
                alert, code: facts.block.code, figures,
                form: mayOperate ? FarmForms.resolving(alert, from: facts.block.id, writer, visitor) : nil)
        }
        changes = facts.transitions.map { Change($0, visitor, figures) }
        harvests = facts.harvests.map {
            HarvestLine(
                at: PageMoment($0.at.seconds), amount: PageText(figures.kilograms($0.quantity)),
                grade: PageText(texts.known("grade.\($0.grade)") ?? $0.grade), note: PageText($0.note ?? ""))
        }
        let work = BlockForms(facts: facts, writer: writer, visitor: visitor)
        forms = mayOperate ? work.main : []
        alertForms = mayOperate ? [work.alert] : []
        needsCrops = mayOperate && facts.block.state == "empty" && facts.crops.isEmpty
    }
}

extension BlockPage.Facts {
    /// What a list would tell of the block.
    var occupancy: BlockDocument.Occupancy? {
        planting.map { planting in
            let room = Double(max(1, block.maxPlants))
            let share = planting.predicted > 0 ? planting.harvested / planting.predicted * 100 : nil
            return BlockDocument.Occupancy(
                crop: crop?.name ?? "", plants: planting.plants,
                capacityUsed: planting.status == "active" ? Double(planting.plants) * 100 / room : 0,
                yield: YieldsDocument(
                    predicted: planting.predicted, actual: planting.harvested,
                    efficiency: share.map { ($0 * 10).rounded(.down) / 10 }, category: nil))
        }
    }
}

extension BlockPage.Change {
    init(_ change: TransitionDocument, _ visitor: Visitor, _ figures: FarmFigures) {
        let texts = figures.texts
        from = StateMark(change.from, texts)
        to = StateMark(change.to, texts)
        at = PageMoment(change.at.seconds)
        note = PageText(change.note ?? "")
        isLate = (change.offset ?? 0) > 0
        byVisitor = change.by == visitor.user.id
        punctuality = PageText(
            change.offset.map { offset in
                if offset == 0 { return texts["farms.on_time"] }
                return offset > 0
                    ? texts.counted("farms.late", Int(offset)) : texts.counted("farms.early", Int(-offset))
            } ?? "")
    }
}
