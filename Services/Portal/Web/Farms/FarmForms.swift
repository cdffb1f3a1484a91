/// The fields of this area's forms.
enum FarmForms {
    static let farm = [
        FieldPlan("name", .text, isRequired: true), FieldPlan("code", .text, isRequired: true, limit: 8),
        FieldPlan("location", .text, limit: 240),
    ]

    static let harvestGrades = ["a", "b", "c", "waste"]
    static let severities = ["critical", "high", "medium", "low"]

    static func block(_ texts: Texts) -> [FieldPlan] {
        [
            FieldPlan("type", of: BlockFilter.types.map { ($0, texts["block_type.\($0)"]) }),
            FieldPlan("name", .text), FieldPlan("max_plants", .number, isRequired: true, limit: 7),
        ]
    }

    static func harvest(_ texts: Texts) -> [FieldPlan] {
        [
            FieldPlan("quantity_kg", .number, isRequired: true, limit: 14),
            FieldPlan("grade", of: harvestGrades.map { ($0, texts["grade.\($0)"]) }), .day, .note,
        ]
    }

    static func alert(_ texts: Texts) -> [FieldPlan] {
        [
            FieldPlan("severity", of: severities.map { ($0, texts["severity.\($0)"]) }),
            FieldPlan("title", .text, isRequired: true, limit: 160), FieldPlan("description", .area, limit: 2000),
        ]
    }

    static let resolve = [FieldPlan("resolution", .area, limit: 1000)]

    /// - Parameter allowed: states other than `alert`.
    static func move(_ allowed: [String], _ texts: Texts) -> [FieldPlan] {
        [FieldPlan("state", of: allowed.map { ($0, StateMark.word($0, texts)) }), .day, .note]
    }

    /// From an empty block.
    static func plant(_ allowed: [String], _ crops: [CropDocument], _ texts: Texts) -> [FieldPlan] {
        [
            FieldPlan("crop_id", of: crops.map { ($0.id, $0.name) }),
            FieldPlan("plants", .number, isRequired: true, limit: 7),
            FieldPlan("state", of: allowed.map { ($0, texts.known("form.plant_\($0)") ?? StateMark.word($0, texts)) }),
            FieldPlan("planned_day", .day), .note,
        ]
    }
}

extension FarmForms {
    /// - Parameter block: whose page it is on; nil: the farm's.
    static func resolving(
        _ alert: AlertDocument, from block: String?, _ writer: FormWriter, _ visitor: Visitor
    ) -> WorkForm? {
        guard let id = RecordID(alert.id) else { return nil }
        return writer.form(
            "resolve", action: FarmAddress.farm(alert.farmID) + "/alerts/\(id.text)/resolve",
            once: OnceKey.make("resolve", facts: [id.text], for: visitor),
            hidden: block.map { [("block", $0)] } ?? [], idSuffix: "-\(id.text)", fields: resolve)
    }
}
