/// Which state of a record somebody has seen, so that nobody's change is overwritten unseen.
enum RecordVersion {
    /// The name of the field that carries it.
    static let field = "version"

    /// `If-Match` for it, as the plant makes its entity tags of versions.
    /// - Parameter typed: of a form; nil for what no page of ours has written.
    static func tag(_ typed: FieldSet) -> String? { Int(typed[field]).map { "\"v\($0)\"" } }

    /// The attempt as it is shown again: where the record has changed meanwhile, what stands there now is told beside each
    /// field that differs from what was typed, and that is what the next attempt goes on from.
    /// - Parameter now: by field, as the form would show it.
    static func comparing(
        _ attempt: FormAttempt?, with now: [String: String], version: Int, _ texts: Texts
    ) -> FormAttempt? {
        guard let attempt, attempt.typed[field] != String(version) else { return attempt }
        return overtaken(attempt, by: now, texts)
    }

    /// The attempt of somebody who has not seen how the record stands now.
    static func overtaken(_ attempt: FormAttempt, by now: [String: String], _ texts: Texts) -> FormAttempt {
        var faults = attempt.faults
        for (name, value) in now where (attempt.typed.given(name) ?? "") != value {
            faults[name] = value.isEmpty ? texts["records.now_empty"] : texts("records.now", ["value": value])
        }
        return FormAttempt(
            form: attempt.form, typed: attempt.typed, problem: overtaken(besideFields: !now.isEmpty, texts),
            faults: faults)
    }

    /// What is said to them, wherever it happens.
    /// - Parameter besideFields: what stands there now is told beside each field, as `overtaken(_:by:_:)` does.
    static func overtaken(besideFields: Bool, _ texts: Texts) -> String {
        texts[besideFields ? "records.changed_meanwhile" : "records.changed_since"]
    }
}
