import PlantKit

extension FieldReader {
    mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64 {
        if let integer = optionalInteger(name, in: range) { return integer }
        fault(name, Self.required)
        return range.lowerBound
    }

    mutating func decimal(_ name: String, places: Int, in range: ClosedRange<Int64>) -> Int64 {
        if let decimal = optionalDecimal(name, places: places, in: range) { return decimal }
        fault(name, Self.required)
        return range.lowerBound
    }

    mutating func id(_ name: String) -> String {
        if let id = optionalID(name) { return id }
        fault(name, Self.required)
        return ""
    }

    mutating func optionalID(_ name: String) -> String? {
        let text = optionalText(name, length: 1...128)
        check(name, text, .identifier)
        return text
    }

    mutating func optionalWord<Word: RawRepresentable & CaseIterable>(_ name: String, of type: Word.Type) -> Word?
    where Word.RawValue == String {
        let text = optionalText(name, length: 0...40)
        note(name, .choice(type).nullable)
        guard let text else { return nil }
        if let word = Word(rawValue: text) { return word }
        fault(name, "must be one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        return nil
    }

    /// - Parameter harmless: stands for what is missing, beside the fault.
    mutating func word<Word: RawRepresentable & CaseIterable>(_ name: String, harmless: Word) -> Word
    where Word.RawValue == String {
        if let word = optionalWord(name, of: Word.self) { return word }
        fault(name, Self.required)
        return harmless
    }

    /// Within the time that figures may be of.
    mutating func optionalFarmDay(_ name: String) -> CivilDate? {
        guard let day = optionalDay(name) else { return nil }
        if day < .first || day > .last { fault(name, "must be from \(CivilDate.first.text) to \(CivilDate.last.text)") }
        return day
    }

    /// An amount and its unit, which come together.
    mutating func optionalArea(_ amount: String, _ unit: String) -> Area? {
        let value = optionalDecimal(amount, places: Area.places, in: Area.amountRange)
        let unitWord = optionalWord(unit, of: Area.Unit.self)
        switch (value, unitWord) {
        case (let value?, let unit?): return Area(amount: value, unit: unit)
        case (nil, _?): fault(amount, "is required with \(unit)")
        case (_?, nil): fault(unit, "is required with \(amount)")
        case (nil, nil): break
        }
        return nil
    }
}
