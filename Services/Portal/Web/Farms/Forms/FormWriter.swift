/// Makes a page's forms: labels from the catalogue, and where one was just sent, what was typed and what is wrong with it.
struct FormWriter: Sendable {
    let texts: Texts
    let attempt: FormAttempt?

    /// - Parameters:
    ///   - name: of the form on its page; its texts are `form.<name>` and `form.<name>_submit`.
    ///   - once: see `OnceKey`.
    ///   - idSuffix: where there are several of the kind on one page.
    func form(
        _ name: String, action: String, once: String, hidden: [(String, String)] = [], idSuffix: String = "",
        values: [String: String] = [:], fields: [FieldPlan]
    ) -> WorkForm {
        let id = name + idSuffix
        let sent = attempt?.form == id ? attempt : nil
        let shown = fields.map { field($0, of: id, sent, default: values[$0.name] ?? "") }
        // A fault of a field that is not on the form must not be lost.
        let named = Set(fields.map(\.name))
        let others = (sent?.faults ?? [:]).filter { !named.contains($0.key) }.sorted { $0.key < $1.key }
        let problem = ([sent?.problem ?? ""] + others.map { "\($0.key) \($0.value)" }).filter { !$0.isEmpty }
        return WorkForm(
            id: PageText("form-\(id)"), title: PageText(texts["form.\(name)"]), action: PageText(action),
            submit: PageText(texts["form.\(name)_submit"]),
            hidden: ([("once", once)] + hidden).map { .init(name: PageText($0.0), value: PageText($0.1)) },
            fields: shown, problem: PageText(problem.joined(separator: " ")), isOpen: sent != nil)
    }

    private func field(
        _ plan: FieldPlan, of form: String, _ sent: FormAttempt?, default value: String
    ) -> WorkForm.Field {
        let shown = sent.map { $0.typed[plan.name] } ?? value
        let type: StaticString =
            switch plan.kind {
            case .number: "text"
            case .day: "date"
            case .email: "email"
            case .phone: "tel"
            case .text, .area, .choice: "text"
            }
        return WorkForm.Field(
            id: PageText("\(form)-\(plan.name)"), name: PageText(plan.name),
            label: PageText(texts["form.field_\(plan.name)"]), value: PageText(shown),
            hint: PageText(texts.known("form.hint_\(plan.name)") ?? ""),
            fault: PageText(sent?.faults[plan.name] ?? ""), isInput: ![.area, .choice].contains(plan.kind),
            isArea: plan.kind == .area, isChoice: plan.kind == .choice, type: PageText(stringLiteral: type),
            isNumber: plan.kind == .number, isRequired: plan.isRequired, limit: PageText(String(plan.limit)),
            options: plan.options.map {
                .init(value: PageText($0.value), label: PageText($0.label), isChosen: $0.value == shown)
            })
    }
}

/// A field of a form, before it is written.
struct FieldPlan: Sendable {
    let name: String
    let kind: WorkForm.Field.Kind
    let isRequired: Bool
    /// Characters.
    let limit: Int
    let options: [(value: String, label: String)]

    init(_ name: String, _ kind: WorkForm.Field.Kind, isRequired: Bool = false, limit: Int = 120) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.limit = limit
        options = []
    }

    init(_ name: String, of options: [(value: String, label: String)]) {
        self.name = name
        kind = .choice
        isRequired = true
        limit = 128
        self.options = options
    }

    static let day = FieldPlan("day", .day)
    static let note = FieldPlan("note", .area, limit: 1000)
}
