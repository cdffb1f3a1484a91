/// The forms of this area.
struct CustomerForms: Sendable {
    let texts: Texts
    let visitor: Visitor

    static let address = "/customers"

    static func address(_ id: String) -> String { RecordID(id).map { "\(address)/\($0.text)" } ?? address }

    static func address(_ id: String, _ act: CustomerAct) -> String { "\(address(id))/\(act.segment)" }

    private static let known = [
        FieldPlan("name", .text, isRequired: true, limit: 200),
        FieldPlan("email", .email, isRequired: true, limit: 254), FieldPlan("phone", .phone, limit: 40),
    ]
    private static let notes = FieldPlan("notes", .area, limit: 4000)
    private static let plan = FieldPlan("plan", .text, isRequired: true, limit: 32)

    func adding(_ attempt: FormAttempt?) -> WorkForm {
        FormWriter(texts: texts, attempt: attempt).form(
            "customer_new", action: Self.address, once: RecordWork.once("customer_new", attempt, visitor),
            values: ["plan": "free"], fields: Self.known + [Self.plan, Self.notes])
    }

    func changing(_ customer: CustomerDocument, _ attempt: FormAttempt?) -> WorkForm {
        FormWriter(texts: texts, attempt: attempt).form(
            "customer", action: Self.address(customer.id) + "/edit",
            once: RecordWork.once("customer", attempt, visitor),
            hidden: [(RecordVersion.field, String(customer.version))], values: customer.fields,
            fields: Self.known + [Self.notes])
    }

    /// - Parameter target: of a merge.
    func asking(
        _ act: CustomerAct, of customer: CustomerDocument, into target: CustomerDocument?, _ attempt: FormAttempt?
    ) -> WorkForm {
        let name = Self.form(act)
        var hidden = [(RecordVersion.field, String(customer.version))]
        if let target { hidden.append(("into", target.id)) }
        var form = FormWriter(texts: texts, attempt: attempt).form(
            name, action: Self.address(customer.id, act), once: RecordWork.once(name, attempt, visitor),
            hidden: hidden, values: act == .trial ? ["days": "14"] : ["plan": customer.plan], fields: Self.fields(act))
        form.isDangerous = act.isDangerous
        return form
    }

    /// Its name on the page.
    static func form(_ act: CustomerAct) -> String { "customer_\(act.rawValue)" }

    private static func fields(_ act: CustomerAct) -> [FieldPlan] {
        switch act {
        case .suspend: [FieldPlan("reason", .area, limit: 400)]
        case .plan: [plan]
        case .trial:
            [FieldPlan("days", .number, isRequired: true, limit: 3), FieldPlan("trial_plan", .text, limit: 32)]
        case .erase: [FieldPlan("confirm", .email, isRequired: true, limit: 320)]
        case .reactivate, .endTrial, .merge, .remove: []
        }
    }

    static func adding(_ typed: FieldSet, _ texts: Texts, now: Int64) -> WorkReading {
        var reading = WorkReading(typed, texts, now: now)
        for name in ["name", "email", "phone", "plan", "notes"] { reading.text(name) }
        return reading
    }

    static func changing(_ typed: FieldSet, _ texts: Texts, now: Int64) -> WorkReading {
        var reading = WorkReading(typed, texts, now: now)
        for name in ["name", "email", "phone", "notes"] { reading.replacing(name) }
        return reading
    }

    static func asking(_ act: CustomerAct, _ typed: FieldSet, _ texts: Texts, now: Int64) -> WorkReading {
        var reading = WorkReading(typed, texts, now: now)
        switch act {
        case .suspend: reading.text("reason")
        case .plan: reading.text("plan")
        case .trial:
            reading.integer("days")
            reading.text("trial_plan", as: "plan")
        case .merge: reading.text("into")
        case .erase: reading.text("confirm")
        case .reactivate, .endTrial, .remove: break
        }
        return reading
    }
}
