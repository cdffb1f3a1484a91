/// A form of fields, one below the other (`work-form.mustache`).
struct WorkForm: Sendable {
    struct Option: Sendable {
        let value: PageText
        let label: PageText
        let isChosen: Bool
    }

    struct Hidden: Sendable {
        let name: PageText
        let value: PageText
    }

    struct Field: Sendable {
        enum Kind: Sendable { case text, number, day, email, phone, area, choice }

        let id: PageText
        let name: PageText
        let label: PageText
        let value: PageText
        let hint: PageText
        /// What is wrong with it.
        let fault: PageText
        let isInput: Bool
        let isArea: Bool
        let isChoice: Bool
        /// Of an input.
        let type: PageText
        let isNumber: Bool
        let isRequired: Bool
        let limit: PageText
        let options: [Option]
    }

    let id: PageText
    let title: PageText
    let action: PageText
    let submit: PageText
    let hidden: [Hidden]
    let fields: [Field]
    /// Why it was not accepted as a whole.
    let problem: PageText
    /// Shown open: it was just sent.
    let isOpen: Bool
    /// What it does can't be undone.
    var isDangerous = false
}

/// A form that was sent and not accepted.
struct FormAttempt: Sendable {
    /// Its name on the page.
    let form: String
    let typed: FieldSet
    let problem: String
    /// By field.
    let faults: [String: String]

    init(form: String, typed: FieldSet, problem: String, faults: [String: String] = [:]) {
        self.form = form
        self.typed = typed
        self.problem = problem
        self.faults = faults
    }
}
