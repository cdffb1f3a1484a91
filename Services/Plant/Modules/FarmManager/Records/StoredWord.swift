import PlantKit

extension SQLRow {
    /// One of a fixed set of words.
    func word<Word: RawRepresentable>(_ column: String, as type: Word.Type) throws -> Word
    where Word.RawValue == String {
        guard let word = try optionalWord(column, as: type) else {
            throw StorageError.decoding("column \(column) is null")
        }
        return word
    }

    func optionalWord<Word: RawRepresentable>(_ column: String, as type: Word.Type) throws -> Word?
    where Word.RawValue == String {
        guard let text = try optionalText(column) else { return nil }
        guard let word = Word(rawValue: text) else {
            throw StorageError.decoding("column \(column) holds a word that is no \(type)")
        }
        return word
    }

    func optionalDay(_ column: String) throws -> CivilDate? {
        try optionalInteger(column).map(CivilDate.init(daysSinceEpoch:))
    }

    func moment(_ column: String) throws -> Timestamp { Timestamp(seconds: try integer(column)) }

    func optionalMoment(_ column: String) throws -> Timestamp? {
        try optionalInteger(column).map(Timestamp.init(seconds:))
    }
}

extension Area? {
    /// What every table with an area has.
    var columns: [ResourceColumn] {
        [
            ResourceColumn(name: "area_amount", value: .optional(self?.amount)),
            ResourceColumn(name: "area_unit", value: .optional(self?.unit.rawValue)),
            ResourceColumn(name: "area_m2", value: .optional(self?.squareMetres)),
        ]
    }
}
