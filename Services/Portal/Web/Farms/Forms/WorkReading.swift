import ServiceKit

/// From what was typed to what is asked of the plant. What can't be read is told beside its field; what it means is judged
/// by the plant alone.
struct WorkReading {
    private let typed: FieldSet
    private let texts: Texts
    private let today: CivilDate
    private(set) var body: [String: PlantValue] = [:]
    private(set) var faults: [String: String] = [:]

    init(_ typed: FieldSet, _ texts: Texts, now: Int64) {
        self.typed = typed
        self.texts = texts
        today = Timestamp(seconds: now).date
    }

    mutating func text(_ name: String, as member: String? = nil) {
        if let text = typed.given(name) { body[member ?? name] = .text(text) }
    }

    /// What is left empty takes away what was there.
    mutating func replacing(_ name: String) { body[name] = typed.given(name).map(PlantValue.text) ?? .null }

    mutating func integer(_ name: String) {
        guard let text = typed.given(name) else { return }
        if let number = Int(text) { body[name] = .integer(number) } else { faults[name] = texts["form.no_integer"] }
    }

    /// With a comma or a full stop, as people write it.
    mutating func decimal(_ name: String) {
        guard let text = typed.given(name) else { return }
        let plain = text.replacing(",", with: ".")
        if plain.utf8.count <= 14, plain.utf8.allSatisfy({ $0 == 0x2E || 0x30...0x39 ~= $0 }),
            let number = Double(plain)
        {
            body[name] = .number(number)
        } else {
            faults[name] = texts["form.no_number"]
        }
    }

    mutating func day(_ name: String) {
        guard let text = typed.given(name) else { return }
        if CivilDate(text) == nil { faults[name] = texts["form.no_day"] } else { body[name] = .text(text) }
    }

    /// When it happened, if that was not just now. A day in the past means its end: whatever else was entered of that day
    /// came before. Days are days in UTC; today begins earlier and ends later elsewhere, so tomorrow is today too.
    mutating func happened() {
        guard let text = typed.given("day") else { return }
        guard let day = CivilDate(text) else {
            faults["day"] = texts["form.no_day"]
            return
        }
        if day < today {
            body["at"] = .text("\(day.text)T23:59:59Z")
        } else if day.daysSinceEpoch > today.daysSinceEpoch + 1 {
            faults["day"] = texts["form.future"]
        }
    }

    mutating func set(_ name: String, _ value: PlantValue) { body[name] = value }
}
