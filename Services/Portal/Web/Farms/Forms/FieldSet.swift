/// What a form was sent with, whatever its fields: what can't be accepted is shown again as it was typed.
struct FieldSet: Decodable, Sendable, Equatable {
    private let values: [String: String]

    init(_ values: [String: String] = [:]) { self.values = values }

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: String].self)
    }

    /// As it was typed; empty where it was not.
    subscript(name: String) -> String { values[name] ?? "" }

    /// Without blanks around it, and with lines that end as everywhere but in forms (WHATWG HTML §4.10.21.4); nil where
    /// nothing was typed.
    func given(_ name: String) -> String? {
        let text = self[name].replacing("\r\n", with: "\n").trimmingSpaces
        return text.isEmpty ? nil : text
    }

    /// The same without one field.
    func without(_ name: String) -> FieldSet { FieldSet(values.filter { $0.key != name }) }

    /// The fields that go along when somebody is asked to confirm.
    func carried(_ names: [String]) -> [WorkForm.Hidden] {
        names.compactMap { name in
            given(name).map { WorkForm.Hidden(name: PageText(name), value: PageText($0)) }
        }
    }
}
