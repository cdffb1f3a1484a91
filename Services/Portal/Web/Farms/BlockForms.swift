/// What may be done with a block as it stands now.
struct BlockForms {
    let facts: BlockPage.Facts
    let writer: FormWriter
    let visitor: Visitor

    private var home: String { FarmAddress.block(facts.block.id, of: facts.farm.id) }
    /// Alerts are raised by a form of their own, which says more than the state.
    private var allowed: [String] { facts.status.allowed.filter { $0 != BlockState.alert.rawValue } }

    /// What a form was shown with. An alert within an alert, a harvest: neither changes the version.
    private var seen: [String] {
        [facts.block.id, String(facts.block.version), String(facts.block.harvests)] + facts.alerts.map(\.id)
    }
    private var version: (String, String) { ("version", String(facts.block.version)) }

    var main: [WorkForm] {
        switch facts.block.state {
        case BlockState.empty.rawValue: plant.map { [$0] } ?? []
        case BlockState.harvesting.rawValue: [harvest] + (move.map { [$0] } ?? [])
        default: move.map { [$0] } ?? []
        }
    }

    var alert: WorkForm {
        writer.form(
            "alert", action: home + "/alerts", once: OnceKey.make("alert", facts: seen, for: visitor),
            values: ["severity": "high"], fields: FarmForms.alert(writer.texts))
    }

    private var harvest: WorkForm {
        writer.form(
            "harvest", action: home + "/harvests", once: OnceKey.make("harvest", facts: seen, for: visitor),
            fields: FarmForms.harvest(writer.texts))
    }

    /// Nil where it may go nowhere.
    private var move: WorkForm? {
        guard let first = allowed.first else { return nil }
        return writer.form(
            "move", action: home + "/state", once: OnceKey.make("move", facts: seen, for: visitor),
            hidden: [version], values: ["state": first], fields: FarmForms.move(allowed, writer.texts))
    }

    /// Nil where there is nothing to plant.
    private var plant: WorkForm? {
        guard !facts.crops.isEmpty, let first = allowed.first else { return nil }
        return writer.form(
            "plant", action: home + "/state", once: OnceKey.make("plant", facts: seen, for: visitor),
            hidden: [version], values: ["state": first, "plants": String(facts.block.maxPlants)],
            fields: FarmForms.plant(allowed, facts.crops, writer.texts))
    }
}
